"""How a run ends: report, incident, notification, guard, metric - in that order, none stopping the next."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Final

from functions import measuring, telling
from functions.contracts import ActRecord, Run, RunOutput
from functions.errors import RunbookError
from functions.facts import Evidence, Outcome, Result
from functions.ports import Ports
from functions.reporting import first
from functions.rules.conclude import Ending
from functions.rules.reporting.moments import moment
from functions.rules.reporting.own import Own
from functions.rules.reporting.questions import questions_of
from functions.rules.reporting.redact import clean, cleaned
from functions.settings import Settings

NEEDS: Final = (
    "clock.now",
    "guards.release",
    "incidents.close",
    "incidents.get",
    "incidents.note",
    "measures.put",
    "notifier.publish",
    "reports.console_url",
    "reports.put",
)

ENDS_FAILED: Final = frozenset({Outcome.ESCALATED, Outcome.INVALID_INPUT, Outcome.ABORTED, Outcome.FAILED})
MOST_ACTIONS: Final = 20
TELL_TRIES: Final = 3
# Sentences of each kind that an item keeps of what people were told.
MOST_TOLD: Final = 60
_RESULTS: Final = tuple(Result)

# What a runbook tells of its own in its report.
OwnReport = Callable[[Ending, Mapping[str, Any], Sequence[ActRecord]], Own]


@dataclass(frozen=True, slots=True)
class Ended:
    """`told`: people were notified, now or before."""

    output: RunOutput
    escalated: bool
    cause: str
    told: bool


def end(
    ports: Ports,
    settings: Settings,
    run: Run,
    ending: Ending,
    *,
    guard_id: str | None,
    acts: Sequence[ActRecord] = (),
    report: OwnReport | None = None,
) -> Ended:
    """Ends a run once. Where its end is written already (a retry, the closer), that end stands and is told to
    people if nobody was. `acts`: what the run did besides the acts whose intents stand in its incident. `report`:
    what its report tells besides; where that cannot be made it is named, and the report goes without."""
    problems: list[str] = []
    item = dict(ports.incidents.get(run.incident_id) or {})
    ending = _without_secrets(_as_it_stands(item, ending))
    known = actions_of(item, run)
    acts = known if _over(item) else [*acts, *known]
    own = Own()
    if report is not None and not _over(item):
        made: list[Own] = []
        if _try(problems, "the report of the runbook", lambda: made.append(report(ending, item, acts))):
            own = made[0]
    fields = _fields(ending, item, own, ports)
    stored = _report(ports, settings, run, {**item, **fields}, acts, own, problems)
    url = ports.reports.console_url(stored.key) if stored.key else None
    besides = [act.model_dump(mode="json") for act in acts if act not in known]
    told_of = {"report_key": stored.key, **stored.fields, "actions": besides}
    ports.incidents.close(run.incident_id, {**fields, **told_of})
    told = bool(item.get("notified_at")) or _tell(ports, settings, run, ending, url, problems)
    if guard_id is not None:
        _try(problems, "giving the guard back", lambda: ports.guards.release(guard_id, owner=run.execution_arn))
    _try(problems, "the metric", lambda: measuring.run_ended(ports, run, ending.outcome, item))
    if problems:
        trouble = Evidence("trouble at the end", "functions/ending.py", "; ".join(problems), ports.clock.now())
        _try(problems, "noting the trouble", lambda: ports.incidents.note(run.incident_id, [trouble]))
    output = RunOutput(
        outcome=ending.outcome,
        incident_id=run.incident_id,
        summary=clean("; ".join([ending.summary, *problems])),
        actions=tuple(_without_their_secrets(act) for act in acts[:MOST_ACTIONS]),
        actions_total=max(int(item.get("actions_total") or 0), len(acts)),
        not_proven=ending.not_proven,
        report_url=url,
    )
    cause = telling.message(run, ending, url, problems)
    return Ended(output, ending.outcome in ENDS_FAILED, cause[:4000], told)


def actions_of(item: Mapping[str, Any], run: Run) -> list[ActRecord]:
    """The acts of an incident, open or closed, by time; one whose intent stands without a result is unknown."""
    found = item.get("actions", [])
    acts = [_act(act, run) for act in found if isinstance(act, Mapping)] if isinstance(found, list | tuple) else []
    return sorted(acts, key=lambda act: act.at)


def _act(act: Mapping[str, Any], run: Run) -> ActRecord:
    """What of it cannot be read is unknown, and keeps no run from its end."""
    result = act.get("result")
    return ActRecord(
        action=str(act.get("action")),
        target=str(act.get("target")),
        result=Result(result) if result in _RESULTS else Result.UNKNOWN,
        before=None if act.get("before") is None else str(act["before"]),
        after=None if act.get("after") is None else str(act["after"]),
        by=str(act.get("by") or run.execution_arn),
        at=moment(act.get("at")) or run.opened_at,
    )


def _over(item: Mapping[str, Any]) -> bool:
    """The run's end is written."""
    return bool(item.get("ended_at") or item.get("closed_at"))


def _as_it_stands(item: Mapping[str, Any], ending: Ending) -> Ending:
    if not _over(item):
        return ending
    return replace(
        ending,
        outcome=Outcome(item.get("outcome", ending.outcome)),
        summary=item.get("summary", ending.summary),
        severity=item.get("severity", ending.severity),
        not_proven=tuple(item.get("not_proven", ending.not_proven)),
    )


def _without_their_secrets(act: ActRecord) -> ActRecord:
    """An output stands in the execution's history, where whoever may look at the run reads it."""
    return ActRecord.model_validate(cleaned(act.model_dump()))


def _without_secrets(ending: Ending) -> Ending:
    """Its words come from tables, logs and venues too; they go to a mailbox, an item and an output."""
    lists = ("headline", "known", "done", "not_done", "unknown", "not_proven", "exposure")
    told: dict[str, Any] = {name: tuple(map(clean, getattr(ending, name))) for name in lists}
    return replace(ending, summary=clean(ending.summary), **told)


def _report(
    ports: Ports,
    settings: Settings,
    run: Run,
    item: Mapping[str, Any],
    acts: Sequence[ActRecord],
    own: Own,
    problems: list[str],
) -> first.Stored:
    """One that was written when the incident was closed, or when its execution ended, is not written over: the
    final edition follows it, with what the runbook tells of its own."""
    stands: str | None = item.get("report_key")
    if stands:
        about = {**item, "incident_id": run.incident_id}
        return first.Stored(stands, first.keep(ports, about, own, partial(_try, problems)))
    begun = {**run.model_dump(mode="json"), "ended_at": ports.clock.now()}
    whole = {**begun, **item, "actions": [act.model_dump(mode="json") for act in acts]}
    return first.write(ports, settings, whole, own, partial(_try, problems))


def _fields(ending: Ending, item: Mapping[str, Any], own: Own, ports: Ports) -> dict[str, Any]:
    """What the end writes; where it is written already, what stands there is what the report tells."""
    if _over(item):
        return {}
    told = {
        "known": ending.known,
        "done": ending.done,
        "not_done": ending.not_done,
        "unknown": ending.unknown,
        "exposure": ending.exposure,
    }
    cause = item.get("root_cause") or item.get("cause")
    asked = questions_of(
        ending.outcome,
        cause,
        runbook=str(item.get("runbook") or ""),
        own=own.questions,
        not_done=ending.not_done,
        unknown=ending.unknown,
    )
    return {
        "outcome": str(ending.outcome),
        "severity": "critical" if ending.stays_open else ending.severity,
        "summary": ending.summary,
        "not_proven": list(ending.not_proven),
        # Every field of CONTRACT.md 5 stands in a closed incident; what nobody found out says so.
        "cause": item.get("cause") or "none found",
        "root_cause": item.get("root_cause") or item.get("cause") or "not determined",
        "pnl_impact": item.get("pnl_impact") or "not measured",
        "told": {kind: list(lines[:MOST_TOLD]) for kind, lines in told.items()},
        "open_questions": list(asked),
        "left_open_until": ending.until,
        # An incident that nobody answered stays open after its run, until somebody acknowledges it.
        "closed_at": None if ending.stays_open else ports.clock.now(),
    }


def _tell(ports: Ports, settings: Settings, run: Run, ending: Ending, url: str | None, problems: list[str]) -> bool:
    """A message that is sent twice does no harm, one that is lost does."""
    head = telling.subject(settings.env, run.runbook, ending)
    body = telling.message(run, ending, url, problems)
    tried: list[str] = []
    while not _try(tried, "the notification", lambda: ports.notifier.publish(head, body)):
        if len(tried) == TELL_TRIES:
            problems.append(tried[-1])
            return False
    now = ports.clock.now()
    _try(problems, "noting it", lambda: ports.incidents.note(run.incident_id, [], notified_at=now))
    return True


def _try(problems: list[str], what: str, act: Callable[[], object]) -> bool:
    """A failing notification never stops a cure: the trouble is named and the run goes on."""
    try:
        act()
    except RunbookError as error:
        problems.append(f"{what} failed: {error}")
        return False
    return True
