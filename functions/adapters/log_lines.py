"""Lines of the service's log, as the adapters name them: the rules' own (functions/rules/log_lines.py)."""

from __future__ import annotations

from functions.rules.log_lines import (
    IDS_CHARACTERS,
    MOST_SAMPLES,
    SAMPLE_CHARACTERS,
    Names,
    chunks,
    escaped,
    insights_regex,
    sample,
)

__all__ = [
    "IDS_CHARACTERS",
    "MOST_SAMPLES",
    "SAMPLE_CHARACTERS",
    "Names",
    "chunks",
    "escaped",
    "insights_regex",
    "sample",
]
