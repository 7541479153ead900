"""A recording with waits as long as on AWS: the embedded AWS shortens them, and nothing else."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from functions.history import StateSpan

_MOMENT: Final = re.compile(
    r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)?(?: UTC)?|(?<![\d:.])\d\d:\d\d:\d\d(?!:?\d)"
)
# Until when an answer counts is told from when it was asked, on any clock.
_SHORTENED: Final = timedelta(minutes=2)
_FROM_ASKED: Final = frozenset({"lapses_at", "opens_at"})


class Stretch:
    """Time as it would have gone: each stretch in which something waited lasts `1 / scale` times as long."""

    def __init__(self, spans: Iterable[StateSpan], scale: float, end: datetime) -> None:
        waits = sorted((span.entered_at, span.left_at or end) for span in spans if span.kind == "Wait" or span.asks)
        self._waits = list(_joined(waits))
        self._longer, self._scale = 1 / scale - 1, scale
        self._begin = min((span.entered_at for span in spans), default=end)

    def at(self, moment: datetime) -> datetime:
        more = sum(((min(moment, end) - start) for start, end in self._waits if start < moment), timedelta())
        return moment + more * self._longer

    def of(self, value: Any) -> Any:
        """The same with every moment in it, also those inside sentences."""
        if isinstance(value, dict):
            changed = {name: self.of(one) for name, one in value.items()}
            asked = value.get("asked_at")
            for name in _FROM_ASKED & set(value) if isinstance(asked, str) else ():
                begun = datetime.fromisoformat(str(asked))
                after = datetime.fromisoformat(str(value[name])) - begun
                after = after / self._scale if after < _SHORTENED else after
                changed[name] = (self.at(begun) + after).isoformat()
            return changed
        if isinstance(value, list):
            return [self.of(one) for one in value]
        return _MOMENT.sub(self._told, value) if isinstance(value, str) else value

    def _told(self, found: re.Match[str]) -> str:
        text, utc = found[0].removesuffix(" UTC"), " UTC" if found[0].endswith(" UTC") else ""
        clock = len(text) == len("00:00:00")
        moment = datetime.fromisoformat(f"{self._begin:%Y-%m-%d}T{text}" if clock else text)
        moved = self.at(moment if moment.tzinfo else moment.replace(tzinfo=UTC))
        if clock:
            return f"{moved:%H:%M:%S}{utc}"
        if " " in text:
            return f"{moved:%Y-%m-%d %H:%M:%S}{utc}"
        shown = moved.isoformat(timespec="milliseconds")
        return shown.replace("+00:00", "Z") if text.endswith("Z") else shown


def _joined(waits: Sequence[tuple[datetime, datetime]]) -> Iterable[tuple[datetime, datetime]]:
    """What overlaps passes at once."""
    start: datetime | None = None
    end = datetime.min.replace(tzinfo=UTC)
    for first, last in waits:
        if start is not None and first <= end:
            end = max(end, last)
            continue
        if start is not None:
            yield start, end
        start, end = first, last
    if start is not None:
        yield start, end
