"""The code asset: nothing but Python, pages and settings, and the same hash for the same content."""

from __future__ import annotations

import os
import zipfile
from pathlib import Path

import pytest

from functions.settings import Settings
from infra import paths
from infra.assets import build_code
from infra.config import load_settings
from tests.infra.stacks import TINY


def entries(path: Path) -> list[str]:
    with zipfile.ZipFile(path) as archive:
        return archive.namelist()


def copied(folder: Path) -> Path:
    tasks = folder / "functions" / "tasks"
    tasks.mkdir(parents=True)
    for path in sorted((TINY / "functions" / "tasks").glob("*.py"), reverse=True):
        (tasks / path.name).write_bytes(path.read_bytes())
    return folder


def test_holds_python_pages_and_settings_and_nothing_else(tmp_path: Path) -> None:
    names = entries(build_code(load_settings("dev"), out=tmp_path).path)
    ours = (".py", ".pyc", ".j2", ".css", ".html")
    sources = [name for name in names if name.startswith("functions/") and name.endswith(ours)]
    assert sorted(set(names) - set(sources)) == ["settings.json"]
    assert "functions/tasks/find_stale.py" in names


@pytest.mark.parametrize("kind", ["j2", "css", "html"])
def test_what_the_pages_are_made_of_goes_along_and_changes_the_hash(kind: str, tmp_path: Path) -> None:
    root = copied(tmp_path / "copy")
    before = build_code(load_settings("dev"), root, tmp_path)
    page = root / "functions" / "web" / f"page.{kind}"
    page.parent.mkdir()
    page.write_text("one", "utf-8")
    (page.parent / "notes.txt").write_text("left at home", "utf-8")
    first = build_code(load_settings("dev"), root, tmp_path)
    assert set(entries(first.path)) - set(entries(before.path)) == {f"functions/web/page.{kind}"}
    page.write_text("two", "utf-8")
    assert len({before.digest, first.digest, build_code(load_settings("dev"), root, tmp_path).digest}) == 3


def test_every_page_and_style_of_the_project_is_in_it(tmp_path: Path) -> None:
    names = entries(build_code(load_settings("dev"), out=tmp_path).path)
    web = paths.FUNCTIONS / "web"
    pages = [path for path in web.rglob("*") if path.suffix in {".j2", ".css", ".html"}]
    assert pages
    assert {path.relative_to(paths.ROOT).as_posix() for path in pages} <= set(names)


def test_every_source_of_the_local_asset_has_bytecode_that_is_never_compiled_again(tmp_path: Path) -> None:
    with zipfile.ZipFile(build_code(load_settings("local"), out=tmp_path).path) as archive:
        sources = {name for name in archive.namelist() if name.endswith(".py")}
        compiled = {name: archive.read(name) for name in archive.namelist() if name.endswith(".pyc")}
    assert len(compiled) == len(sources) > 0
    # Flags of PEP 552: hash-based, and the source is not looked at.
    assert {int.from_bytes(data[4:8], "little") for data in compiled.values()} == {0b01}


def test_the_settings_inside_are_the_environments_own(tmp_path: Path) -> None:
    with zipfile.ZipFile(build_code(load_settings("staging"), TINY, tmp_path).path) as archive:
        inside = Settings.model_validate_json(archive.read("settings.json"))
    assert inside == load_settings("staging")


def test_the_same_content_gives_the_same_bytes_whatever_the_files_times_and_caches(tmp_path: Path) -> None:
    first = build_code(load_settings("dev"), TINY, tmp_path / "first")
    again = copied(tmp_path / "copy")
    for path in again.rglob("*.py"):
        os.utime(path, (1, 1))
    (again / "functions" / "tasks" / "__pycache__").mkdir()
    (again / "functions" / "tasks" / "__pycache__" / "closer.cpython-311.pyc").write_bytes(b"x")
    second = build_code(load_settings("dev"), again, tmp_path / "second")
    assert second.digest == first.digest
    assert second.path.read_bytes() == first.path.read_bytes()


@pytest.mark.parametrize("change", ["content", "name", "settings"])
def test_another_content_has_another_hash(change: str, tmp_path: Path) -> None:
    first = build_code(load_settings("dev"), TINY, tmp_path)
    again = copied(tmp_path / "copy")
    task = again / "functions" / "tasks" / "closer.py"
    if change == "content":
        task.write_text(f"{task.read_text('utf-8')}\n", "utf-8")
    elif change == "name":
        task.rename(task.with_name("other.py"))
    env = "staging" if change == "settings" else "dev"
    assert build_code(load_settings(env), again, tmp_path).digest != first.digest
