from __future__ import annotations

import io
import json
import tempfile
import zipfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from local.engine.fixes.lambda_unpacking import SharedZip
from tests.local.engine.lab import Lab

WHERE = "import shared\nreturn {'at': os.path.realpath(shared.__file__), 'says': shared.SAYS}"


def with_layer(lab: Lab, *says: str) -> list[dict[str, Any]]:
    """What functions see of a layer that says this; one function for each text."""
    found = []
    for text in says:
        archive = io.BytesIO()
        with zipfile.ZipFile(archive, "w") as zipped:
            # Always the same date: layers with the same content are the same bytes.
            zipped.writestr(zipfile.ZipInfo("python/shared.py"), f"SAYS = {text!r}\n")
        layer = lab.client("lambda").publish_layer_version(
            LayerName=lab.name("layer"), Content={"ZipFile": archive.getvalue()}
        )["LayerVersionArn"]
        function = lab.function(WHERE)
        lab.client("lambda").update_function_configuration(FunctionName=function, Layers=[layer])
        found.append(json.load(lab.client("lambda").invoke(FunctionName=function)["Payload"]))
    return found


def test_functions_share_what_has_the_same_content(lab: Lab) -> None:
    one, same, other = with_layer(lab, "a", "a", "b")
    assert (one["says"], same["says"], other["says"]) == ("a", "a", "b")
    assert one["at"] == same["at"]
    assert one["at"] != other["at"]


def test_ministack_alone_unpacks_for_every_process(lab_without: Callable[[str], Lab]) -> None:
    one, same = with_layer(lab_without("lambda-unpacking"), "a", "a")
    assert one["says"] == same["says"] == "a"
    assert one["at"] != same["at"]


def test_cold_starts_at_the_same_moment_unpack_one_after_the_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    archive = tmp_path / "layer.zip"
    with zipfile.ZipFile(archive, "w") as made:
        for number in range(300):
            made.writestr(f"python/{number}.py", f"n = {number}\n")
    places = [tmp_path / f"place-{number}" for number in range(16)]
    for place in places:
        place.mkdir()

    def unpack(place: Path) -> int:
        with SharedZip(archive) as zipped:
            zipped.extractall(place)
        return len(list((place / "python").iterdir()))

    with ThreadPoolExecutor(len(places)) as pool:
        assert set(pool.map(unpack, places)) == {300}


def test_names_are_looked_at_until_they_are_unpacked_and_wherever_they_are_unpacked_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ministack asks for the names to see that none leads out of the folder."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    archive = tmp_path / "layer.zip"
    with zipfile.ZipFile(archive, "w") as made:
        made.writestr("python/shared.py", "")
    seen = []
    for name in ("first", "second"):
        place = tmp_path / name
        place.mkdir()
        with SharedZip(archive) as zipped:
            seen.append(zipped.namelist())
            zipped.extractall(place)
        assert (place / "python" / "shared.py").exists()
    assert seen == [["python/shared.py"], []]
    holds_more = tmp_path / "holds-more"
    (holds_more / "other").mkdir(parents=True)
    with SharedZip(archive) as zipped:
        zipped.extractall(holds_more)
    assert (holds_more / "python" / "shared.py").exists()
