"""The image holds what the embedded engine needs to start, and not the stand-in platform."""

from __future__ import annotations

import os
import tarfile
from pathlib import Path, PurePosixPath

import pytest

from local.image import archive, contents, libraries


@pytest.fixture(scope="module")
def files() -> dict[Path, Path]:
    return contents.files()


@pytest.mark.parametrize(
    "path",
    [
        "/app/local/engine/__main__.py",
        "/app/local/engine/fixes/catalogue.py",
        "/app/local/image/serve.py",
        "/app/packages/ministack/app.py",
        "/app/packages/hypercorn/__init__.py",
        "/app/packages/botocore/data/endpoints.json",
    ],
)
def test_engine_and_packages_are_in_it(files: dict[Path, Path], path: str) -> None:
    assert files[Path(path)].is_file()


def test_interpreter_and_standard_library_stand_where_the_interpreter_looks_for_them(
    files: dict[Path, Path],
) -> None:
    assert contents.command()[0] == str(contents.interpreter())
    assert contents.interpreter() in files
    assert Path(os.__file__).resolve() in {path.resolve() for path in files}
    assert Path(contents.environment()["PYTHONHOME"]) in Path(os.__file__).parents


def test_every_library_that_something_in_it_wants_is_in_it(files: dict[Path, Path]) -> None:
    compiled = [path for path in files.values() if path.suffix == ".so" or ".so." in path.name]
    wanted = libraries.of([contents.interpreter(), *compiled])
    assert any(path.name.startswith("ld-") for path in wanted)
    assert wanted <= files.keys()


def test_no_stand_in_platform_no_tests_and_no_window_system_are_in_it(files: dict[Path, Path]) -> None:
    names = [str(path) for path in files]
    for part in ("/local/platform/", "/site-packages/", "/idlelib/", "_tkinter", "libX11", "/aws_cdk/"):
        assert not [name for name in names if part in name], part


def test_the_archive_keeps_times_and_belongs_to_root(tmp_path: Path) -> None:
    source = tmp_path / "program"
    source.write_text("#!/bin/sh\n")
    source.chmod(0o750)
    os.utime(source, (1_600_000_000, 1_600_000_000))
    size = archive.write(tmp_path / "root.tar", {Path("/usr/bin/program"): source})
    assert size == (tmp_path / "root.tar").stat().st_size
    with tarfile.open(tmp_path / "root.tar") as found:
        assert [one.name for one in found] == ["tmp", "usr/bin/program"]
        one = found.getmember("usr/bin/program")
        assert (one.mtime, one.mode, one.uid, one.gid) == (1_600_000_000, 0o755, 0, 0)
        assert found.getmember("tmp").mode == 0o1777


def test_the_image_starts_the_engine_and_says_its_port() -> None:
    changes = archive.changes()
    entry = next(one for one in changes if one.startswith("ENTRYPOINT"))
    assert entry.endswith('"-m", "local.image.serve"]')
    assert "EXPOSE 8083" in changes
    assert f"WORKDIR {PurePosixPath('/app')}" in changes
