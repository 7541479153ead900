"""What a report is made from: the incident's item, and what was found besides."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from functions.history import History
from functions.rules.reporting.document import plain
from functions.rules.reporting.moments import moment
from functions.rules.reporting.own import Own
from functions.rules.reporting.redact import redacted
from functions.rules.reporting.timeline import Timeline

NONE: Final = "none"
_NAME: Final = re.compile(r"[a-z0-9]+(?:_[a-z0-9]+)+")


@dataclass(frozen=True, slots=True)
class Place:
    """Where it happened, as links need it. `alarms` by name; `details`: the console address of the whole lists."""

    env: str
    region: str
    log_group: str
    alarms: tuple[str, ...] = ()
    details: str | None = None


@dataclass(frozen=True, slots=True)
class Incident:
    """`item` as the table holds it (CONTRACT.md 5), its end included. `final`: with the histories; the first
    edition, which a run writes at its own end, has none. `unread`: what could not be read for it."""

    item: Mapping[str, Any]
    place: Place
    written_at: datetime
    own: Own = field(default_factory=Own)
    history: History | None = None
    timeline: Timeline | None = None
    picture: str = ""
    final: bool = False
    unread: tuple[str, ...] = ()

    def text(self, name: str) -> str:
        """A field as people read it; empty where it is not there."""
        value = self.item.get(name)
        return "" if value is None else told(value)

    def maps(self, name: str) -> list[Mapping[str, Any]]:
        return [one for one in self.item.get(name) or () if isinstance(one, Mapping)]

    def texts(self, name: str) -> tuple[str, ...]:
        found = self.item.get(name) or ()
        return tuple(map(told, found)) if isinstance(found, (list, tuple)) else (told(found),)

    def said(self, name: str) -> tuple[str, ...]:
        """A list of what the run's end told people: known, done, not_done, unknown, exposure."""
        ends = self.item.get("told")
        return tuple(map(told, ends.get(name) or ())) if isinstance(ends, Mapping) else ()

    @property
    def left(self) -> tuple[str, ...]:
        return (*self.said("not_done"), *(f"not known: {one}" for one in self.said("unknown")))

    @property
    def dry(self) -> bool:
        return bool(self.item.get("dry_run"))

    @property
    def drill(self) -> bool:
        return bool(self.item.get("drill"))


def told(value: object) -> str:
    """One line without secrets and without anything that could turn the page around."""
    return plain(redacted(str(value)))


def or_none(value: object) -> str:
    return NONE if value is None or value == "" else told(value)


def in_words(text: str) -> str:
    """A name of the runbooks (`service_crashed`) as the console tells it; any other text as it is."""
    return text.replace("_", " ") if _NAME.fullmatch(text) else text


def sentence(text: str) -> str:
    """With one full stop at its end."""
    return text if text.endswith((".", "!", "?")) else f"{text}."


def capital(text: str) -> str:
    """As a line begins; what is a name in small letters with digits or dashes stays one."""
    first = text.partition(" ")[0].rstrip(":,.")
    return text if not first.isalpha() else f"{text[0].upper()}{text[1:]}"


def at(value: object) -> str:
    """A moment to the second, UTC; what is none is shown as it is."""
    found = moment(value)
    return or_none(value) if found is None else f"{found:%Y-%m-%d %H:%M:%S} UTC"


def few(lines: Iterable[str], most: int = 12) -> str:
    """Some of them in one cell, and how many more there are."""
    shown = [line.rstrip(".") for line in lines]
    more = f"; and {len(shown) - most} more" if len(shown) > most else ""
    return f"{'; '.join(shown[:most])}{more}"
