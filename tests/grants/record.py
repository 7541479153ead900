"""What was shown, by line: tests/grants/shown.json, which docs/grants-shown.md is written from."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

from tests.grants.lines import Line, plain

FILE: Final = Path(__file__).with_name("shown.json")
FIELDS: Final = ("holder", "action", "on", "where", "scenario", "at", "asked", "error", "says_so", "logs_it")
Row = Mapping[str, Any]


def line_of(row: Row) -> Line:
    return Line(row["holder"], row["action"], row["on"], row["where"])


def read() -> dict[Line, Row]:
    return {line_of(row): row for row in json.loads(FILE.read_text("utf-8"))}


def kept(rows: Iterable[Row], granted: Iterable[Line]) -> list[Row]:
    """Sorted, without what is not granted (any more), and without what somebody else's policy let through."""
    able = set(granted)
    shown = {line_of(row): row for row in rows if not row["let_through"] and line_of(row) in able}
    return [_short(shown[line]) for line in sorted(shown)]


def write(rows: Iterable[Row], granted: Iterable[Line]) -> None:
    """One line a row, so that a change of one is a change of one line."""
    lines = [json.dumps(row) for row in kept(rows, granted)]
    FILE.write_text("[\n" + ",\n".join(lines) + "\n]\n", "utf-8")


def _short(row: Row) -> Row:
    asked = [plain(part) for part in row["asked"]]
    return {name: row[name] for name in FIELDS if name != "asked"} | {"asked": asked}
