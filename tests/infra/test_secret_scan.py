"""What the secret scan finds, and whose word lets a find pass."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from infra import secret_scan

KNOWN: dict[str, Any] = json.loads(secret_scan.BASELINE.read_text("utf-8"))
# Put together here, so that no line of this file holds one.
PLANTED = {
    "AWS Access Key": 'KEY = "AK' + 'IA5XQ2ZJ7WQ3RT6YPL"',
    "Private Key": "-----BEGIN RSA " + "PRIVATE KEY-----",
    "GitHub Token": 'TOKEN = "gh' + "p_" + "a1B2c3D4" * 4 + 'e5F6"',
    "Base64 High Entropy String": 'X = "' + "q7Rz9Lw2Vb4Nn8Xc" + 'T5Ym1Kd6Hs3Jf0Ga"',
    "Secret Keyword": "pass" + 'word = "correct-horse-7"',
}


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(secret_scan, "ROOT", tmp_path)
    return tmp_path


@pytest.mark.parametrize("kind", PLANTED)
def test_a_planted_secret_is_found(root: Path, kind: str) -> None:
    (root / "a.py").write_text(f"{PLANTED[kind]}\n", "utf-8")
    assert kind in {one for _, one, _ in secret_scan._scanned(["a.py"], KNOWN)}


def test_nobody_is_asked_over_the_network_whether_a_key_works() -> None:
    assert not [one for one in KNOWN["filters_used"] if "verification" in one["path"]]


def test_a_find_that_nobody_has_looked_at_fails_and_so_does_one_that_is_a_secret() -> None:
    find = ("a.py", "AWS Access Key", "hash")
    assert list(secret_scan.troubles({find: 7}, {find: False})) == []
    for said in ({}, {find: None}, {find: True}, {("b.py", *find[1:]): False}):
        (told,) = secret_scan.troubles({find: 7}, said)
        assert told.startswith("a.py:7: AWS Access Key")


def test_each_find_of_the_baseline_was_called_harmless_by_a_person() -> None:
    assert set(secret_scan.verdicts(KNOWN).values()) == {False}


def test_a_word_beside_the_word_password_is_no_find_in_a_test_and_one_everywhere_else(root: Path) -> None:
    for folder in ("tests", "functions"):
        (root / folder).mkdir()
        (root / folder / "a.py").write_text(f"{PLANTED['Secret Keyword']}\n", "utf-8")
    names = ["tests/a.py", "functions/a.py"]
    assert {name for name, _, _ in secret_scan._scanned(names, KNOWN)} == {"functions/a.py"}


def test_what_was_judged_stays_judged_when_the_baseline_is_written_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(secret_scan, "BASELINE", tmp_path / "baseline")
    old, new = ("a.py", "Private Key", "1"), ("a.py", "Private Key", "2")
    secret_scan._write({"results": {}}, {old: 3, new: 9}, {old: False})
    written = json.loads((tmp_path / "baseline").read_text("utf-8"))
    assert secret_scan.verdicts(written) == {old: False, new: None}
