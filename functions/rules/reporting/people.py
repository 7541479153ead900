"""Who was asked, who looked, who voted, who decided: from the records of requests that an incident keeps."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from functions.rules.reporting.incident import NONE, at, few, or_none, told
from functions.rules.reporting.moments import moment

# How somebody proved who he is.
WAYS: Final = {
    "iam": "by AWS identity",
    "link": "by personal link",
}


def name_of(record: Mapping[str, Any], person: object) -> str:
    """Whoever was asked by name; an approver of other ways by his id."""
    names = {one.get("person"): one.get("name") for one in record.get("asked") or () if isinstance(one, Mapping)}
    return told(names.get(person) or person or "nobody")


def asked_rows(record: Mapping[str, Any]) -> list[tuple[str, ...]]:
    """Each step of one request by time: when, who, what, with what words."""
    return [row for _, row in sorted(_steps(record), key=lambda step: step[0])]


def _steps(record: Mapping[str, Any]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """With the time to sort by, so that what happened in one second keeps its order."""
    for when, who, what, words in _told(record):
        yield str(moment(when) or ""), (at(when), who, what, words)


def _told(record: Mapping[str, Any]) -> Iterator[tuple[Any, str, str, str]]:
    yield record.get("asked_at"), or_none(record.get("requester") or "the run"), "asked", _question(record)
    asked: set[object] = set()
    for one in sorted(_maps(record, "asked"), key=lambda one: str(moment(one.get("at")) or "")):
        how = f"{told(one.get('mail') or 'not told')}{_why(one.get('why'))}"
        yield one.get("at"), told(one.get("name") or one.get("person")), _mail(record, one, asked), how
        asked.add(str(one.get("person")))
    for one in _maps(record, "seen"):
        yield one.get("at"), name_of(record, one.get("person")), "looked at it", _way(one)
    for field, what in (("replaced_votes", "voted, and changed it later"), ("votes", "voted")):
        for one in _maps(record, field):
            choice = option_of(record, one.get("option"))
            note = f": {told(one['note'])}" if one.get("note") else ""
            yield one.get("at"), name_of(record, one.get("person")), what, f"{choice}{note} ({_way(one)})"
    yield from _end(record)


def _mail(record: Mapping[str, Any], one: Mapping[str, Any], asked: set[object]) -> str:
    """What a mail was for: by whether its person had one before, and whether it was over by then."""
    decision, sent = record.get("decision"), moment(one.get("at"))
    decided = isinstance(decision, Mapping)
    over = moment(decision.get("at")) if isinstance(decision, Mapping) else moment(record.get("lapses_at"))
    if sent and over and sent >= over:
        return "was told by mail of the decision" if decided else "was told by mail that nobody decided"
    return "was reminded by mail" if str(one.get("person")) in asked else "was asked by mail"


def option_of(record: Mapping[str, Any], option: object) -> str:
    """By its label, as people were offered it."""
    labels = {one.get("id"): one.get("label") for one in _maps(record, "options")}
    return told(labels.get(option) or option or "nothing")


def _end(record: Mapping[str, Any]) -> Iterator[tuple[Any, str, str, str]]:
    decision = record.get("decision")
    if not isinstance(decision, Mapping):
        standing = told(record.get("standing") or "pending")
        yield (
            record.get("lapses_at"),
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
    yield decision.get("at"), by, "decided", "; ".join([*words, f"approval {told(record.get('approval_id'))}"])
    glass = record.get("glass")
    if isinstance(glass, Mapping):
        whom = told(glass["ratified_by"]) if glass.get("ratified_by") else NONE
        stands = "ratified" if glass.get("ratified_by") else "not ratified yet"
        when = glass.get("ratified_at") or glass.get("ratify_by")
        yield when, whom, f"decided in an emergency: {stands}", or_none(glass.get("note"))


def _question(record: Mapping[str, Any]) -> str:
    return f"{told(record.get('title') or 'a question')}, answer by {at(record.get('lapses_at'))}"


def decided_by(record: Mapping[str, Any]) -> str:
    """Who decided, each with how he proved who he is, where his vote says so."""
    decision = record.get("decision")
    ids = decision.get("by") or () if isinstance(decision, Mapping) else ()
    votes = {one.get("person"): one for one in _maps(record, "votes")}
    found = [
        f"{name_of(record, one)} [{_way(votes[one]).removeprefix('by ')}]" if one in votes else name_of(record, one)
        for one in ids
    ]
    alone = decision.get("why_alone") if isinstance(decision, Mapping) else None
    return f"{' and '.join(found) or 'nobody'}{f', alone: {told(alone)}' if alone else ''}"


def _way(one: Mapping[str, Any]) -> str:
    via = str(one.get("via") or "link")
    return WAYS.get(via, f"by {told(via)}")


def _why(why: object) -> str:
    return f" ({told(why)})" if why else ""


def _maps(record: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    return [one for one in record.get(name) or () if isinstance(one, Mapping)]
