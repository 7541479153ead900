"""Questions to the service's log that are asked now and answered later, as frozen dataclasses."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal


@dataclass(frozen=True, slots=True)
class LogQuery:
    """`filters` are regular expressions (see functions/rules/log_patterns.py for what they may hold), all of which
    a line must match. The newest `limit` lines of `start` to `end` are read, and every match is counted."""

    filters: tuple[str, ...]
    start: datetime
    end: datetime
    limit: int


@dataclass(frozen=True, slots=True)
class LogRow:
    at: datetime
    message: str


@dataclass(frozen=True, slots=True)
class LogAnswer:
    """`running`: not yet, ask again. `failed`: it ended without an answer, `why` says how. `done`: `matched` counts
    every line that matches, `rows` are the newest of them, newest first."""

    state: Literal["running", "done", "failed"]
    matched: int = 0
    rows: tuple[LogRow, ...] = ()
    why: str = ""
