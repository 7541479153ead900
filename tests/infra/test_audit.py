"""What the audit of dependencies says where somebody answers, where holes are known, and where nobody answers."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from infra import audit

NOWHERE = "http://127.0.0.1:1"
ADVISORY = {
    "id": "GHSA-0000-0000-0000",
    "modified": "2026-01-01T00:00:00Z",
    "published": "2026-01-01T00:00:00Z",
    "summary": "a hole",
    "affected": [{"package": {"ecosystem": "PyPI", "name": "left-pad"}, "versions": ["1.0.0"]}],
}
LOCK = """version = 1
revision = 3
requires-python = ">=3.11"

[[package]]
name = "app"
version = "0.1.0"
source = { virtual = "." }
dependencies = [{ name = "left-pad" }]

[package.metadata]
requires-dist = [{ name = "left-pad", specifier = "==1.0.0" }]

[[package]]
name = "left-pad"
version = "1.0.0"
source = { registry = "https://pypi.org/simple" }
sdist = { url = "https://files.pythonhosted.org/left_pad-1.0.0.tar.gz", hash = "sha256:HASH" }
"""
PROJECT = (
    '[project]\nname = "app"\nversion = "0.1.0"\nrequires-python = ">=3.11"\ndependencies = ["left-pad==1.0.0"]\n'
)
NPM = {
    "name": "app",
    "lockfileVersion": 3,
    "requires": True,
    "packages": {
        "": {"name": "app", "dependencies": {"left-pad": "1.0.0"}},
        "node_modules/left-pad": {"version": "1.0.0", "resolved": "https://registry.npmjs.org/left-pad-1.0.0.tgz"},
    },
}


@dataclass
class Service:
    """OSV and a registry in one; `holes`: whether they know of one."""

    url: str = ""
    holes: bool = False
    asked: list[str] = field(default_factory=list)

    def says(self, path: str, given: Any) -> Any:
        self.asked.append(path)
        if path.endswith("/querybatch"):
            known = {"vulns": [{"id": ADVISORY["id"], "modified": ADVISORY["modified"]}]} if self.holes else {}
            return {"results": [known for _ in given["queries"]]}
        if "/vulns/" in path:
            return ADVISORY
        if path.endswith("/advisories/bulk"):
            hole = {"id": 1, "url": "https://x.example", "title": "a hole", "severity": "high"}
            return {"left-pad": [{**hole, "vulnerable_versions": "<2.0.0"}]} if self.holes else {}
        return {
            "name": "left-pad",
            "versions": {"1.0.0": {"name": "left-pad", "version": "1.0.0"}},
            "dist-tags": {},
        }


@pytest.fixture
def service() -> Iterator[Service]:
    told = Service()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            try:
                given = json.loads(body)
            except ValueError:
                given = None  # npm's is compressed, and nothing of it is needed
            said = json.dumps(told.says(self.path, given)).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

        do_GET = do_POST

        def log_message(self, format: str, *args: Any) -> None:
            """Nothing: a test's output is its own."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    told.url = f"http://127.0.0.1:{server.server_port}"
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    yield told
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "pyproject.toml").write_text(PROJECT, "utf-8")
    (tmp_path / "uv.lock").write_text(LOCK.replace("HASH", "0" * 64), "utf-8")
    (tmp_path / "package.json").write_text(
        json.dumps({"name": "app", "dependencies": {"left-pad": "1.0.0"}}), "utf-8"
    )
    (tmp_path / "package-lock.json").write_text(json.dumps(NPM), "utf-8")
    return tmp_path


needs_npm = pytest.mark.skipif(shutil.which("npm") is None, reason="npm is not on PATH")


def test_a_known_hole_in_a_python_package_is_found(project: Path, service: Service) -> None:
    service.holes = True
    found = audit.python(project, service.url)
    assert found.verdict == "holes", found
    assert "GHSA-0000-0000-0000" in found.told


def test_python_packages_without_a_known_hole_are_clean_where_somebody_was_asked(
    project: Path, service: Service
) -> None:
    assert audit.python(project, service.url).verdict == "clean"
    assert service.asked


def test_where_osv_does_not_answer_nothing_is_known_and_nothing_is_called_clean(project: Path) -> None:
    found = audit.python(project, NOWHERE)
    assert found.verdict == "unknown"
    assert found.line().startswith("dependency audit, Python: unknown (")


@needs_npm
def test_a_known_hole_in_a_node_package_is_found(project: Path, service: Service) -> None:
    service.holes = True
    found = audit.node(project, service.url)
    assert (found.verdict, found.told) == ("holes", "left-pad: high")


@needs_npm
def test_node_packages_without_a_known_hole_are_clean_where_somebody_was_asked(
    project: Path, service: Service
) -> None:
    assert audit.node(project, service.url).verdict == "clean"
    assert service.asked


@needs_npm
def test_where_the_registry_does_not_answer_nothing_is_known(project: Path) -> None:
    assert audit.node(project, NOWHERE).verdict == "unknown"


@pytest.mark.parametrize(
    ("python", "node", "arguments", "status"),
    [
        ("clean", "clean", (), 0),
        ("unknown", "unknown", (), 0),
        ("unknown", "clean", ("--strict",), 1),
        ("holes", "clean", (), 1),
        ("clean", "holes", (), 1),
        ("unknown", "holes", (), 1),
    ],
)
def test_holes_fail_and_what_is_unknown_is_said(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    python: Any,
    node: Any,
    arguments: tuple[str, ...],
    status: int,
) -> None:
    monkeypatch.setattr(audit, "python", lambda: audit.Answer("Python", python, "why"))
    monkeypatch.setattr(audit, "node", lambda: audit.Answer("Node", node))
    assert audit.main(arguments) == status
    assert capsys.readouterr().out.splitlines() == [
        f"dependency audit, Python: {python} (why)",
        f"dependency audit, Node: {node}",
    ]
