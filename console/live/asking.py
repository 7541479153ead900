"""A state that waits for a person: what it asks, of whom, until when. Never the token, never a key."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from console.approvals import at, clean, lapse, people, title_of


@dataclass(frozen=True, slots=True)
class Asks:
    """`asked` (names) and `lapses_at` are known as soon as the incident's record of the question stands."""

    title: str
    approval_id: str | None = None
    asked: tuple[str, ...] = ()
    lapses_at: datetime | None = None

    def told(self, now: datetime) -> str:
        parts = [f"waits for a person: {self.title}" if self.title else "waits for a person"]
        if self.asked:
            parts.append(f"asked {', '.join(self.asked)}")
        if self.lapses_at:
            parts.append(f"lapses {lapse(self.lapses_at, now)}")
        return ", ".join(parts)

    @property
    def command(self) -> str | None:
        """How to look at it and answer it; None until it can be named."""
        return f"runbooks approvals show {self.approval_id}" if self.approval_id else None


def asks(given: Any) -> Asks:
    """From the input of the waiting state, in which the question stands under that name."""
    question = _question(given)
    return Asks(clean(question.get("title") or "") if question else "")


def known(was: Asks, records: Sequence[Any]) -> Asks:
    """With what the incident's records say; the same where none is of this question."""
    mine = [
        one
        for one in records
        if isinstance(one, Mapping) and one.get("standing") == "pending" and was.title in ("", title_of(one))
    ]
    if not mine:
        return was
    newest = max(mine, key=lambda one: str(one.get("lapses_at")))
    names = tuple(people(newest.get("asked") or ()).values())
    return Asks(title_of(newest), clean(newest.get("approval_id")), names, at(newest.get("lapses_at")))


def _question(given: Any, depth: int = 4) -> Mapping[str, Any] | None:
    """The first question in a state's input; machines keep it beside their plan."""
    if not isinstance(given, Mapping) or depth == 0:
        return None
    found = given.get("question")
    if isinstance(found, Mapping) and found.get("title"):
        return found
    return next((inner for value in given.values() if (inner := _question(value, depth - 1))), None)
