"""Read a CDK cloud assembly: which stack, which template, which file assets."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from local.engine.environment import ACCOUNT_ID, REGION


class BadAssembly(Exception):
    """The folder is no cloud assembly, or holds no such stack."""


@dataclass(frozen=True)
class Asset:
    """A file or folder to upload: `zipped` folders become one archive."""

    source: Path
    zipped: bool
    bucket: str
    key: str


@dataclass(frozen=True)
class Stack:
    """A stack of the assembly, its template's file and every asset it names."""

    name: str
    template: Path
    assets: tuple[Asset, ...]


def read_stack(cdk_out: Path, stack_name: str) -> Stack:
    """The stack with this name (or artifact id) and its assets.

    Raises:
        BadAssembly: no manifest, no such stack, or an asset whose source is missing.
    """
    try:
        artifacts = json.loads((cdk_out / "manifest.json").read_text())["artifacts"]
    except (OSError, ValueError, KeyError) as error:
        raise BadAssembly(f"{cdk_out} is no CDK cloud assembly: {error}") from error
    stacks = {
        str(entry.get("properties", {}).get("stackName", artifact_id)): (artifact_id, entry)
        for artifact_id, entry in artifacts.items()
        if entry["type"] == "aws:cloudformation:stack"
    }
    by_id = {artifact_id: (artifact_id, entry) for artifact_id, entry in stacks.values()}
    chosen = stacks.get(stack_name) or by_id.get(stack_name)
    if chosen is None:
        raise BadAssembly(f"{cdk_out} holds no stack {stack_name!r}, only {', '.join(sorted(stacks)) or 'none'}")
    _, entry = chosen
    manifests = [
        cdk_out / artifacts[name]["properties"]["file"]
        for name in entry.get("dependencies", [])
        if artifacts[name]["type"] == "cdk:asset-manifest"
    ]
    assets = tuple(asset for manifest in manifests for asset in _assets(cdk_out, manifest))
    return Stack(stack_name, cdk_out / entry["properties"]["templateFile"], assets)


def _assets(cdk_out: Path, manifest: Path) -> list[Asset]:
    files: Mapping[str, Any] = json.loads(manifest.read_text()).get("files", {})
    found: list[Asset] = []
    for entry in files.values():
        source = cdk_out / entry["source"]["path"]
        if not source.exists():
            raise BadAssembly(f"{manifest.name} names {source}, which does not exist")
        zipped = entry["source"].get("packaging") == "zip"
        found.extend(
            Asset(source, zipped, _here(place["bucketName"]), _here(place["objectKey"]))
            for place in entry["destinations"].values()
        )
    return found


def _here(text: str) -> str:
    placeholders = {"AWS::AccountId": ACCOUNT_ID, "AWS::Region": REGION, "AWS::Partition": "aws"}
    for name, value in placeholders.items():
        text = text.replace(f"${{{name}}}", value)
    return text
