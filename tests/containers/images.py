"""Which image is the second engine: AWS's own, any other that is named, or one that is built here."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import docker
from docker.errors import DockerException, ImageNotFound

from local.image import archive

AWS_IMAGE = "amazon/aws-stepfunctions-local"
BUILT = "tradai-embedded-engine"
VARIABLE = "STEPFUNCTIONS_IMAGE"


class NoImage(Exception):
    """The named image cannot be had, or none can be built here; the message says why."""


@dataclass(frozen=True)
class Chosen:
    """`built`: it holds the embedded engine. `told`: one line for the report."""

    name: str
    built: bool
    told: str


def choose(client: Any, build: Callable[[Any], int] | None = None) -> Chosen:
    """What STEPFUNCTIONS_IMAGE names; AWS's image where it names none; one built here where that cannot be pulled.

    Args:
        client: a `docker.DockerClient`.
        build: makes the image `BUILT`; its size in bytes.

    Raises:
        NoImage: another image is named and cannot be had, or AWS's cannot and this is no Linux.
    """
    name = os.environ.get(VARIABLE) or AWS_IMAGE
    why = missing(client, name)
    if why is None:
        return Chosen(name, False, f"the second engine is {name}")
    if _parts(name)[0] != AWS_IMAGE:
        raise NoImage(f"{VARIABLE}={name} cannot be had: {why}")
    size = (build or imported)(client)
    return Chosen(BUILT, True, f"{name} cannot be pulled ({why}): built {BUILT}, {size / 1e6:.0f} MB, instead")


def missing(client: Any, name: str) -> str | None:
    """Why the image is neither there nor can be pulled; None where it is there now."""
    try:
        client.images.get(name)
    except ImageNotFound:
        repository, tag = _parts(name)
        try:
            client.images.pull(repository, tag=tag)
        except (DockerException, OSError) as error:
            return " ".join(str(getattr(error, "explanation", None) or error).split())[:200]
    return None


def _parts(name: str) -> tuple[str, str]:
    """Repository and tag; a registry's port is no tag."""
    before, colon, tag = name.rpartition(":")
    return (before, tag) if colon and "/" not in tag else (name, "latest")


def imported(client: docker.DockerClient) -> int:
    """Import the embedded engine as an image; its size in bytes. Raises NoImage where this is no Linux."""
    if sys.platform != "linux":
        raise NoImage("the image holds this machine's Python, so it is built on Linux only")
    with tempfile.TemporaryDirectory(prefix="tradai-image-") as folder:
        path = Path(folder) / "root.tar"
        size = archive.write(path)
        client.api.import_image_from_file(str(path), repository=BUILT, tag="latest", changes=archive.changes())
    return size
