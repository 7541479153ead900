"""The layer that draws: cut down to what the SVG backend imports, and enough to draw with."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from infra import paths
from infra.config import load_settings
from infra.layers import build_layer
from infra.targets import Target, target_of

LOCAL = target_of(load_settings("local"))
AWS = [Target("3.13", "arm64"), Target("3.13", "x86_64"), Target("3.12", "arm64")]
# Lambda unpacks at most 250 MB of a function and its layers.
LAMBDA_MOST = 250_000_000
DRAW = """
import json, sys
from pathlib import Path
sys.path[:0] = sys.argv[1:3]
from datetime import UTC, datetime, timedelta
from functions.adapters.pictures import MatplotlibPictures
from functions.rules.reporting.timeline import timeline_of
at = datetime(2026, 3, 1, 2, 0, tzinfo=UTC)
item = {
    "opened_at": at.isoformat(), "closed_at": (at + timedelta(minutes=9)).isoformat(), "outcome": "resolved",
    "approvals": [{"title": "Close?", "asked_at": (at + timedelta(minutes=1)).isoformat(), "standing": "pending"}],
    "actions": [{"action": "close", "target": "p1", "result": "unknown", "at": at.isoformat()}],
}
svg = MatplotlibPictures().timeline(timeline_of(item, None, end=at + timedelta(hours=1)))
import matplotlib, numpy
print(json.dumps({
    "svg": svg[:4], "texts": svg.count("<text"), "numpy": numpy.__file__, "matplotlib": matplotlib.__file__,
    "status": Path("/proc/self/status").read_text() if Path("/proc/self/status").exists() else "",
}))
"""


def names_and_sizes(target: Target) -> dict[str, int]:
    with zipfile.ZipFile(build_layer("report", target).path) as layer:
        return {entry.filename: entry.file_size for entry in layer.infolist()}


def test_what_is_left_draws_in_a_process_that_has_nothing_else(tmp_path: Path) -> None:
    with zipfile.ZipFile(build_layer("report", LOCAL).path) as layer:
        layer.extractall(tmp_path / "layer")
    done = subprocess.run(
        [sys.executable, "-S", "-E", "-c", DRAW, str(tmp_path / "layer" / "python"), str(paths.ROOT)],
        capture_output=True, text=True, check=True, env={"TMPDIR": str(tmp_path), "HOME": "/nonexistent"},
    )  # fmt: skip
    told = json.loads(done.stdout)
    assert told["svg"] == "<svg"
    assert told["texts"] > 10
    assert str(tmp_path) in told["numpy"]
    assert str(tmp_path) in told["matplotlib"]
    # The memory of this process alone; `getrusage` counts the one that it was forked from.
    if peak := re.search(r"VmHWM:\s+(\d+) kB", told["status"]):
        assert int(peak[1]) < 128 * 1024
    assert (tmp_path / "tradai-matplotlib").is_dir(), "its list of fonts is kept where Lambda may write"


@pytest.mark.parametrize("target", AWS, ids=str)
def test_it_fits_beside_the_other_layer_of_its_task(target: Target) -> None:
    with zipfile.ZipFile(build_layer("lambda", target).path) as layer:
        other = sum(entry.file_size for entry in layer.infolist())
    size = sum(names_and_sizes(target).values())
    assert size < 70_000_000, "what a cold start unpacks"
    assert size + other < LAMBDA_MOST / 2, "the function's own code and bytecode come besides"


@pytest.mark.parametrize("target", [LOCAL, *AWS], ids=str)
def test_every_library_that_a_kept_one_is_linked_with_is_kept(target: Target) -> None:
    """Libraries inside a wheel have a hash in their names, by which whoever needs them names them; one that was
    packed twice has a second one behind it."""
    with zipfile.ZipFile(build_layer("report", target).path) as layer:
        libraries = {name.rpartition("/")[2] for name in layer.namelist() if ".libs/" in name}
        missing = {
            (name, needed.decode())
            for name in layer.namelist()
            if re.search(r"\.so(\.|$)", name)
            for needed in re.findall(rb"\x00(lib[\w+.-]+?-[0-9a-f]{8}\.so[.\d]*)\x00", layer.read(name))
            if not any(kept.startswith(needed.decode().partition(".so")[0]) for kept in libraries)
        }
    assert not missing
    assert libraries


@pytest.mark.parametrize("target", [LOCAL, AWS[0]], ids=str)
def test_tests_samples_fonts_and_other_backends_are_gone_and_licences_stay(target: Target) -> None:
    names = names_and_sizes(target)
    for gone in (
        "fontTools/",
        "contourpy/",
        "/tests/",
        "sample_data",
        "numpy/f2py/",
        "python/numpy/random/",
        "DejaVuSerif",
        ".pyi",
    ):
        assert not [name for name in names if gone in name], gone
    for kept in ("matplotlib", "numpy", "pillow", "kiwisolver", "pyparsing"):
        assert any(kept in name.lower() and "licen" in name.lower() for name in names), kept
