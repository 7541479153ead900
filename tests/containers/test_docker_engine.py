"""Where no Docker engine can be had, the reason is one line."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.containers.docker_engine import NoDocker, command, docker_engine, refusal, startable


def test_a_socket_that_is_not_there_is_named(tmp_path: Path) -> None:
    assert refusal(f"unix://{tmp_path}/docker.sock") == f"there is no {tmp_path}/docker.sock"


def test_a_socket_without_an_engine_says_why_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "docker.sock").touch()
    why = refusal(f"unix://{tmp_path}/docker.sock")
    assert why
    assert "\n" not in why
    assert len(why) <= 200


def test_an_address_that_is_none_says_why() -> None:
    assert refusal("nonsense://")


def test_a_machine_without_dockerd_is_told_apart(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path}/docker.sock")
    with (
        pytest.raises(NoDocker, match=r"no Docker engine answers \(.+\) and there is no dockerd to start"),
        docker_engine(),
    ):
        pass


def test_a_dockerd_that_ends_at_once_says_its_last_line(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    program = tmp_path / "dockerd"
    program.write_text("#!/bin/sh\necho first\necho 'failed to mount'\nexit 1\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin:/usr/bin")
    monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path}/docker.sock")
    monkeypatch.setattr("os.geteuid", lambda: 0)
    with pytest.raises(NoDocker, match="dockerd does not start here: failed to mount"), docker_engine():
        pass


def test_only_root_may_start_one(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    program = tmp_path / "dockerd"
    program.touch(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    with pytest.raises(NoDocker, match="only root on Linux"):
        startable("refused")


def test_an_engine_of_our_own_leaves_the_network_alone(tmp_path: Path) -> None:
    words = command("dockerd", tmp_path)
    assert {"--iptables=false", "--ip6tables=false", "--ip-forward=false", "--ip-masq=false"} <= set(words)
    assert words[words.index("--ip") + 1] == "127.0.0.1"
    assert all(str(tmp_path) in words[words.index(name) + 1] for name in ("--data-root", "--exec-root", "-H"))
