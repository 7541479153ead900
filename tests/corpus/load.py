"""Reads the corpus of order errors: one JSON object a line, the first of which is a note to the reader."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

HERE: Final = Path(__file__).parent
OPEN: Final = HERE / "open.jsonl"
HELD_OUT: Final = HERE / "held_out.jsonl"
VENUES: Final = ("binanceusdm", "bybit", "krakenfutures", "okx")
CAUSES: Final = (
    "insufficient_balance",
    "invalid_price",
    "rate_limited",
    "maintenance",
    "invalid_symbol",
    "account_frozen",
    "permission",
    "clock_skew",
)
# `unknown`: a real error that is none of the causes. `none`: nothing is wrong.
LABELS: Final = (*CAUSES, "unknown", "none")


@dataclass(frozen=True, slots=True)
class Answer:
    """What a venue answered, and what the pinned ccxt makes of it.

    `ccxt_class` is the name of the exception and `text` its message; `code` is the venue's own code as text,
    None where the body holds none.
    """

    http_status: int
    headers: Mapping[str, str]
    body: str
    ccxt_class: str
    code: str | None
    text: str


@dataclass(frozen=True, slots=True)
class Case:
    """One labelled event: a log line (`line`) or an answer (`answer`), never both."""

    id: str
    venue: str
    kind: str
    language: str
    labels: frozenset[str]
    source: str
    why: str
    line: str | None = None
    answer: Answer | None = None

    @property
    def said(self) -> str:
        """The words that were seen, whichever kind it is."""
        return self.line if self.line is not None else f"{self.answer}"


def cases(path: Path) -> tuple[Case, ...]:
    lines = path.read_text("utf-8").splitlines()
    return tuple(_case(json.loads(line)) for line in lines[1:])


def note(path: Path) -> str:
    """The header: what the file may and may not be used for."""
    found: str = json.loads(path.read_text("utf-8").splitlines()[0])["note"]
    return found


def _case(stored: dict[str, Any]) -> Case:
    fields = dict(stored)
    labels = frozenset[str](fields.pop("labels"))
    answer = fields.pop("answer", None)
    return Case(**fields, labels=labels, answer=None if answer is None else Answer(**answer))
