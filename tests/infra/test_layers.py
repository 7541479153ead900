"""Layers hold the locked wheels of their target and nothing besides, read from the wheels themselves."""

from __future__ import annotations

import email
import json
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from packaging.tags import Tag, parse_tag, sys_tags

from functions.settings import Settings
from infra import paths
from infra.config import load_settings
from infra.layers import LayerError, build_layer
from infra.targets import Target, target_of

AWS_TARGETS = [Target("3.13", "arm64"), Target("3.13", "x86_64"), Target("3.12", "arm64")]
LOCAL = target_of(load_settings("local"))
PLATFORM = {"arm64": "aarch64", "x86_64": "x86_64"}


def wheel_tags(archive: Path) -> dict[str, frozenset[Tag]]:
    """The tags of every distribution in a layer, from its WHEEL file."""
    with zipfile.ZipFile(archive) as layer:
        return {
            name.split("/")[1]: frozenset(
                tag
                for text in email.message_from_bytes(layer.read(name)).get_all("Tag", [])
                for tag in parse_tag(text)
            )
            for name in layer.namelist()
            if name.endswith(".dist-info/WHEEL")
        }


def locked_names(group: str) -> set[str]:
    exported = subprocess.run(
        [Path(sys.executable).with_name("uv"), "export", "--frozen", "--only-group", group, "--no-emit-project",
         "--no-hashes", "--no-header", "--no-annotate"],
        capture_output=True, text=True, check=True, cwd=paths.ROOT,
    )  # fmt: skip
    return {line.partition("==")[0].replace("-", "_") for line in exported.stdout.splitlines() if line}


@pytest.mark.parametrize("group", ["lambda", "web"])
@pytest.mark.parametrize("target", AWS_TARGETS, ids=str)
def test_wheels_of_a_layer_fit_its_python_and_its_architecture(target: Target, group: str) -> None:
    minor = target.python.replace(".", "")
    machine = PLATFORM[target.architecture]
    for name, tags in wheel_tags(build_layer(group, target).path).items():
        fits = [
            tag
            for tag in tags
            if tag == Tag("py3", "none", "any")
            or (
                tag.interpreter == f"cp{minor}" and tag.platform.startswith("manylinux") and machine in tag.platform
            )
        ]
        assert fits, f"{name} was built for {sorted(map(str, tags))}, not for {target}"


@pytest.mark.parametrize("group", ["lambda", "web"])
@pytest.mark.parametrize("target", AWS_TARGETS[:2], ids=str)
def test_compiled_wheels_are_really_among_them(target: Target, group: str) -> None:
    tags = {str(tag) for found in wheel_tags(build_layer(group, target).path).values() for tag in found}
    assert any(PLATFORM[target.architecture] in tag for tag in tags)


def test_wheels_of_the_local_layer_fit_the_running_interpreter() -> None:
    here = set(sys_tags())
    for name, tags in wheel_tags(build_layer("lambda", LOCAL).path).items():
        assert tags & here, f"{name} was built for {sorted(map(str, tags))}, which {sys.executable} does not run"


@pytest.mark.parametrize("group", ["lambda", "web"])
@pytest.mark.parametrize("target", [AWS_TARGETS[0], LOCAL], ids=str)
def test_a_layer_holds_what_the_lock_names_and_no_boto3(target: Target, group: str) -> None:
    distributions = {name.partition("-")[0] for name in wheel_tags(build_layer(group, target).path)}
    assert distributions == locked_names(group)
    assert not {"boto3", "botocore"} & distributions


def test_both_targets_hold_the_same_versions() -> None:
    aws, local = (set(wheel_tags(build_layer("lambda", target).path)) for target in (AWS_TARGETS[0], LOCAL))
    assert aws == local


def test_licences_stay_and_records_and_type_stubs_go() -> None:
    with zipfile.ZipFile(build_layer("lambda", AWS_TARGETS[0]).path) as layer:
        names = layer.namelist()
    for distribution in ("pydantic", "pydantic_core", "aws_lambda_powertools", "jmespath"):
        assert any(distribution in name and "licen" in name.lower() for name in names), distribution
    assert [name for name in names if name.endswith((".pyi", "/RECORD", "/INSTALLER"))] == []
    assert {name.split("/")[0] for name in names} == {"python"}


def test_the_local_layer_holds_bytecode_that_its_interpreter_takes_without_looking_at_the_source(
    tmp_path: Path,
) -> None:
    with zipfile.ZipFile(build_layer("lambda", LOCAL).path) as layer:
        layer.extractall(tmp_path)
    source = tmp_path / "python" / "pydantic" / "main.py"
    source.write_text("raise SystemExit('read from source')", "utf-8")
    script = (
        "import sys; sys.path.insert(0, sys.argv[1]); import pydantic; print(pydantic.BaseModel, pydantic.__file__)"
    )
    done = subprocess.run(
        [sys.executable, "-S", "-c", script, str(tmp_path / "python")], capture_output=True, text=True, check=True
    )
    assert str(tmp_path) in done.stdout


def test_the_same_lock_and_target_are_built_once(tmp_path: Path) -> None:
    first = build_layer("lambda", LOCAL, tmp_path)
    built = first.path.stat().st_mtime_ns
    again = build_layer("lambda", LOCAL, tmp_path)
    assert (again, again.path.stat().st_mtime_ns) == (first, built)


def test_a_wheel_whose_hash_is_not_the_locks_is_refused_and_leaves_no_layer(tmp_path: Path) -> None:
    project = tmp_path / "project"
    project.mkdir()
    shutil.copy(paths.ROOT / "pyproject.toml", project)
    lock = (paths.ROOT / "uv.lock").read_text("utf-8")
    head, found, tail = lock.partition('name = "annotated-types"')
    digest = r'(?<=hash = "sha256:)[0-9a-f]{8}'
    assert found
    (project / "uv.lock").write_text(head + found + re.sub(digest, "0" * 8, tail, count=2), "utf-8")
    with pytest.raises(LayerError, match=r"(?i)hash"):
        build_layer("lambda", LOCAL, tmp_path / "out", project)
    assert list((tmp_path / "out" / "layers").glob("*")) == []


def test_a_group_that_the_lock_does_not_know_is_told(tmp_path: Path) -> None:
    project = tmp_path / "project"
    project.mkdir()
    with pytest.raises(LayerError, match="uv"):
        build_layer("lambda", LOCAL, tmp_path, project)


def test_the_exchange_layer_is_ccxt_cut_down_to_our_venues(tmp_path: Path) -> None:
    layer = build_layer("exchange", LOCAL)
    with zipfile.ZipFile(layer.path) as archive:
        archive.extractall(tmp_path)
    script = (
        "import sys, json; sys.path.insert(0, sys.argv[1]); import ccxt; e = ccxt.binanceusdm();"
        "e = ccxt.binanceusdm();"  # a second client: another account, or a key that was replaced
        "print(json.dumps([e.id, ccxt.__version__, issubclass(ccxt.RateLimitExceeded, ccxt.NetworkError),"
        " len(ccxt.exchanges), [ccxt.okx().id, ccxt.bybit().id, ccxt.kraken().id, ccxt.krakenfutures().id]]))"
    )
    done = subprocess.run(
        [sys.executable, "-S", "-c", script, str(tmp_path / "python")], capture_output=True, text=True, check=True
    )
    assert json.loads(done.stdout) == [
        "binanceusdm", "4.5.90", True, 6, ["okx", "bybit", "kraken", "krakenfutures"]
    ]  # fmt: skip
    size = sum(path.stat().st_size for path in tmp_path.rglob("*") if path.is_file())
    assert size < 30_000_000, "what a cold start unpacks"
    assert any("licen" in path.name.lower() for path in tmp_path.rglob("ccxt-*/**/*"))


def test_aws_gets_the_settings_runtime_and_local_the_running_interpreter() -> None:
    prod: Settings = load_settings("prod")
    assert target_of(prod) == Target(prod.runtime.python, prod.runtime.architecture)
    assert LOCAL.python == f"{sys.version_info.major}.{sys.version_info.minor}"
    assert LOCAL.native
