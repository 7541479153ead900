"""Who was asked, who looked, who voted, who decided: from the records of requests that an incident keeps."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from functions.rules.reporting.incident import NONE, at, few, or_none, told


def name_of(record: Mapping[str, Any], person: object) -> str:
    """Whoever was asked by name; an approver of other ways by his id."""
    names = {one.get("person"): one.get("name") for one in record.get("asked") or () if isinstance(one, Mapping)}
    return told(names.get(person) or person or "nobody")


def asked_rows(record: Mapping[str, Any]) -> Iterator[tuple[str, ...]]:
    """Each step of one request: when, who, what, with what words."""
    yield at(record.get("asked_at")), or_none(record.get("requester") or "the run"), "asked", _question(record)
    for one in _maps(record, "asked"):
        how = f"{told(one.get('mail') or 'not told')}{_why(one.get('why'))}"
        yield at(one.get("at")), told(one.get("name") or one.get("person")), "was asked by mail", how
    for one in _maps(record, "seen"):
        yield at(one.get("at")), name_of(record, one.get("person")), "looked at it", _way(one)
    for field, what in (("replaced_votes", "voted, and changed it later"), ("votes", "voted")):
        for one in _maps(record, field):
            choice = option_of(record, one.get("option"))
            note = f": {told(one['note'])}" if one.get("note") else ""
            yield at(one.get("at")), name_of(record, one.get("person")), what, f"{choice}{note} ({_way(one)})"
    yield from _end(record)


def option_of(record: Mapping[str, Any], option: object) -> str:
    """By its label, as people were offered it."""
    labels = {one.get("id"): one.get("label") for one in _maps(record, "options")}
    return told(labels.get(option) or option or "nothing")


def _end(record: Mapping[str, Any]) -> Iterator[tuple[str, ...]]:
    decision = record.get("decision")
    if not isinstance(decision, Mapping):
        standing = told(record.get("standing") or "pending")
        yield (
            at(record.get("lapses_at")),
            NONE,
            f"undecided: {standing}",
            few(map(told, record.get("trouble") or ())),
        )
        return
    by = " and ".join(name_of(record, one) for one in decision.get("by") or ()) or "nobody"
    words = [option_of(record, decision.get("option"))]
    words += [f"note: {told(decision['note'])}"] if decision.get("note") else []
    words += [f"until {at(decision['until'])}"] if decision.get("until") else []
    words += [f"decided alone: {told(decision['why_alone'])}"] if decision.get("why_alone") else []
    yield at(decision.get("at")), by, "decided", "; ".join([*words, f"approval {told(record.get('approval_id'))}"])
    glass = record.get("glass")
    if isinstance(glass, Mapping):
        whom = told(glass["ratified_by"]) if glass.get("ratified_by") else NONE
        stands = "ratified" if glass.get("ratified_by") else "not ratified yet"
        when = glass.get("ratified_at") or glass.get("ratify_by")
        yield at(when), whom, f"decided in an emergency: {stands}", or_none(glass.get("note"))


def _question(record: Mapping[str, Any]) -> str:
    return f"{told(record.get('title') or 'a question')}, answer by {at(record.get('lapses_at'))}"


def _way(one: Mapping[str, Any]) -> str:
    return f"by {told(one.get('via') or 'a link')}"


def _why(why: object) -> str:
    return f" ({told(why)})" if why else ""


def _maps(record: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    return [one for one in record.get(name) or () if isinstance(one, Mapping)]
