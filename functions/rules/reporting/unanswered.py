"""What whoever takes over needs: the facts of the question that nobody answered."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from functions.rules.reporting.document import Section, Table
from functions.rules.reporting.incident import Incident, at, or_none, sentence, told
from functions.rules.reporting.moments import moment

TITLE: Final = "What was asked, and nobody answered"
_UNANSWERED: Final = frozenset({"lapsed", "unreached", "pending"})


def unanswered(it: Incident) -> Section | None:
    """The newest question without a decision, with the facts that stood beside it; None where none is open."""
    record = _newest(it)
    if record is None:
        return None
    rows = tuple((told(one.get("name")), or_none(one.get("value"))) for one in _maps(record, "facts"))
    choices = "; ".join(told(one.get("label") or one.get("id")) for one in _maps(record, "options"))
    lines = [sentence(f"{told(record.get('title') or 'A question')}, asked at {at(record.get('asked_at'))}")]
    lines += [sentence(f"To choose from were: {choices}")] if choices else []
    lines += ["The facts are those of that moment: look again before you act."] if rows else []
    return Section(TITLE, tuple(lines), (Table(("what", "value"), rows),) if rows else ())


def _newest(it: Incident) -> Mapping[str, Any] | None:
    """The last one asked; an older one that lapsed before somebody answered the next is over."""
    asked = sorted(it.maps("approvals"), key=lambda one: str(moment(one.get("asked_at")) or ""))
    last = asked[-1] if asked else None
    if last is None or isinstance(last.get("decision"), Mapping):
        return None
    return last if str(last.get("standing")) in _UNANSWERED else None


def _maps(record: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    found = record.get(name)
    return [one for one in found if isinstance(one, Mapping)] if isinstance(found, (list, tuple)) else []
