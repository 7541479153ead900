"""The first section: for whoever has a minute. What, why, who decided, the money, what is proven, what is left."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from functions.rules.reporting.document import Section, Table
from functions.rules.reporting.incident import Incident, at, few, in_words, told
from functions.rules.reporting.moments import lasted, moment
from functions.rules.reporting.people import name_of, option_of
from functions.rules.reporting.unanswered import next_steps

_UNDECIDED: Final = {
    "lapsed": "nobody answered in time",
    "unreached": "nobody could be reached",
    "revoked": "withdrawn unanswered",
    "pending": "nobody has answered yet",
}
_DRILL: Final = (
    "DRILL: this was practised. Nothing of the platform was changed; what follows is what would have been done."
)
_DRY_RUN: Final = "Dry run: nothing of the platform was changed; what follows is what would have been done."


def title_of(it: Incident) -> str:
    """What it is about and how it ended, before anything else that it is no real cure."""
    outcome = it.text("outcome") or "not over yet"
    about = told(it.own.title) or f"{it.text('runbook') or 'A run'} in {it.place.env}"
    mark = "DRILL: " if it.drill else "Dry run: " if it.dry else ""
    return f"{mark}{about}: {outcome}"


def short(it: Incident) -> Section:
    lines = [line for line, holds in ((_DRILL, it.drill), (_DRY_RUN, it.dry and not it.drill)) if holds]
    lines.append(f"Incident {it.text('incident_id')}, report written at {at(it.written_at)}.")
    if not it.final:
        lines.append("First edition, by the run itself; the one with the timeline follows within minutes.")
    rows = dict(_rows(it))
    own = {told(what): told(value) for what, value in it.own.short}
    # Its own rows behind the first one; those that have a place here stay in it.
    first = next(iter(rows))
    whole = {first: rows[first], **{name: own[name] for name in own if name not in rows}}
    whole |= {name: own.get(name, value) for name, value in rows.items()}
    return Section("In short", tuple(lines), (Table(("what", "value"), tuple(whole.items())),))


def _rows(it: Incident) -> Iterator[tuple[str, str]]:
    yield "what became of it", it.text("summary") or "the run has not ended"
    yield "why", in_words(it.text("root_cause") or it.text("cause")) or "not found"
    yield "who decided", who_decided(it)
    yield "money", it.text("pnl_impact") or "not measured"
    yield "proven", _proven(it)
    yield "not proven", few(it.texts("not_proven")) or _unproven(it)
    yield (
        "left to a person",
        few(it.left) or ("see the open questions" if it.texts("open_questions") else "nothing"),
    )
    if steps := next_steps(it):
        yield "next step", few(steps)
    yield "strategies, positions", _about(it)
    yield "when", _when(it)
    yield "started by", started_by(it)


def who_decided(it: Incident) -> str:
    return few(_decided(one) for one in it.maps("approvals")) or "nobody was asked"


def _decided(record: Mapping[str, Any]) -> str:
    title = told(record.get("title") or "a question")
    decision = record.get("decision")
    if not isinstance(decision, Mapping):
        return (
            f"{title}: {_UNDECIDED.get(str(record.get('standing')), told(record.get('standing') or 'not decided'))}"
        )
    by = " and ".join(name_of(record, one) for one in decision.get("by") or ()) or "nobody"
    return f"{title}: {option_of(record, decision.get('option'))} by {by}"


def _proven(it: Incident) -> str:
    """By the checklist's names where it was walked: what each of them found stands in its table."""
    checks = it.maps("checklist")
    good = [in_words(told(one.get("id") or one.get("question"))) for one in checks if one.get("result") == "pass"]
    if checks:
        names = f" ({', '.join(good)})" if good else ""
        return f"{len(good)} of {len(checks)} checks pass{names}"
    return few(it.said("done")) or "nothing"


def _unproven(it: Incident) -> str:
    """Only what was looked at can be left unproven or not."""
    if any(one.get("result") != "pass" for one in it.maps("checklist")):
        return "see the checklist"
    if it.maps("checklist") or it.said("done"):
        return "nothing is left unproven"
    over = it.item.get("ended_at") or it.item.get("closed_at")
    return f"nothing was proven: {'the run ended before it could' if over else 'the run has not ended'}"


def _about(it: Incident) -> str:
    ids = [*it.texts("strategy_ids"), *it.texts("position_ids")]
    whole = sum(
        int(it.item.get(f"{name}_total") or len(it.texts(name))) for name in ("strategy_ids", "position_ids")
    )
    more = f" and {whole - 12} more" if whole > 12 else ""
    return f"{', '.join(ids[:12])}{more}" if ids else "none"


def _when(it: Incident) -> str:
    opened, ended = it.item.get("opened_at"), it.item.get("ended_at") or it.item.get("closed_at")
    start, end = moment(opened), moment(ended)
    took = f" (took {lasted(end - start)})" if start and end else ""
    return f"{at(opened)} to {at(ended) if ended else 'now'}{took}"


def started_by(it: Incident) -> str:
    alarm, person = it.text("alarm_name"), it.text("requested_by")
    if alarm:
        return f"the alarm {alarm}"
    return f"{person} (as the input claims)" if person else "nobody named"
