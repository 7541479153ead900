"""Every law is shown to fail once, on a soak that was forged for it; and none fails on one that is well."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from tests.e2e.platform import Mail
from tests.soak import laws
from tests.soak.record import Begun, Halt, Heard, Notes, Soaked, Struck
from tests.soak.samples import Sample
from tests.sweep import laws as of_runs
from tests.sweep import test_laws as of_one_run
from tests.sweep.test_laws import RUN, run

AT = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
ALARM_AT = "2026-01-02T03:04:05.000+0000"
ALARM = "tradai-local-heartbeat-stale"
TOLD = Mail("[tradai local] RESOLVED stale-heartbeat", "Incident: inc-1\n", "now")
WELL = replace(of_one_run.WELL, mails=(TOLD,))


def samples(**grows: float) -> list[Sample]:
    """20 of them; what is named grows by so much from each to the next."""
    flat = Sample(at=0, engine_mb=200, workers_mb=1000, workers=100, files=500, threads=50, executions=0)
    grows["at"] = 15
    return [
        replace(flat, **{name: getattr(flat, name) + nth * step for name, step in grows.items()})
        for nth in range(20)
    ]


def grown(**grows: float) -> Soaked:
    return soaked(lambda notes: notes.samples.__setitem__(slice(None), samples(**grows)))


def soaked(change: Callable[[Notes], object] = lambda _notes: None, **changes: Any) -> Soaked:
    notes = Notes(
        struck=[Struck("service-crashed", None, "stale-heartbeat", AT)],
        heard=[Heard(ALARM, ALARM_AT)],
        halts=[Halt(RUN, AT, AT + timedelta(minutes=1), all=True, entered=())],
        samples=samples(executions=10, engine_mb=5),
    )
    change(notes)
    begun = {RUN: Begun("stale-heartbeat", {"alarm_name": ALARM, "alarm_at": ALARM_AT}, AT, AT)}
    seen = replace(WELL, now=AT)
    given: dict[str, Any] = {"seen": seen, "begun": begun, "letters": {"q": 0}, "wrong": (), "kept": {}}
    return Soaked(**{**given, "notes": notes, "told": {}, "said": {}, **changes})


HARM = ({"fault": "exchange-down", "remedy": "redeploy", "at": AT.isoformat(), "harm": True},)
DUPLICATE = replace(run(output={"outcome": "duplicate", "summary": "inc-unknown is at work"}))
FORGED: list[tuple[str, Soaked, str]] = [
    (
        "every_execution_has_ended",
        soaked(seen=replace(WELL, executions=(run(status="RUNNING"),))),
        "stale-heartbeat still runs",
    ),
    (
        "every_run_leaves_an_incident_and_a_notification",
        soaked(seen=replace(WELL, mails=())),
        "stale-heartbeat",
    ),
    ("every_alarm_has_a_run", soaked(begun={}), "no run knows of it"),
    (
        "every_alarm_has_a_run",
        soaked(lambda notes: notes.heard.append(Heard("another", ALARM_AT))),
        "another went into ALARM",
    ),
    (
        "a_duplicate_names_who_is_at_work",
        soaked(seen=replace(WELL, executions=(DUPLICATE,))),
        "names no run: inc-unknown is at work",
    ),
    ("nothing_is_a_dead_letter", soaked(letters={"q": 2}), "2 messages in q"),
    ("nothing_grows_but_what_is_kept", grown(files=20), "open files of the engine"),
    ("nothing_grows_but_what_is_kept", grown(threads=10), "threads of the engine"),
    ("nothing_grows_but_what_is_kept", grown(workers=9), "Lambda workers"),
    ("nothing_grows_but_what_is_kept", grown(workers_mb=50), "MB of one Lambda worker"),
    (
        "nothing_grows_but_what_is_kept",
        grown(engine_mb=50, executions=10),
        "the engine keeps 5.00 MB of each execution",
    ),
    (
        "nobody_trades_while_halted",
        soaked(lambda notes: notes.halts.append(Halt(RUN, AT, AT, all=False, entered=("a", "b")))),
        "2 strategies entered after",
    ),
    ("no_two_copies_at_once", soaked(seen=replace(WELL, two_copies=3)), "at 3 moments"),
    ("no_remedy_does_harm", soaked(wrong=HARM), "redeploy under exchange-down"),
    (
        "nothing_is_closed_twice",
        soaked(seen=replace(WELL, closed={"BTCUSDT": Decimal("0.010")})),
        "0.010 of 0 BTCUSDT were closed",
    ),
    (
        "nothing_is_closed_twice",
        soaked(seen=replace(WELL, held={"BTCUSDT": Decimal("-0.010")})),
        "nobody went short",
    ),
    ("the_soak_itself_worked", soaked(lambda notes: notes.trouble.append("hands at 3 s: it broke")), "it broke"),
]


@pytest.mark.parametrize(("law", "forged", "said"), FORGED)
def test_a_law_says_what_is_wrong(law: str, forged: Soaked, said: str) -> None:
    found = laws.broken(forged)[law]
    assert any(said in sentence for sentence in found), found


def test_no_law_is_broken_by_a_soak_that_is_well() -> None:
    assert {law: told for law, told in laws.broken(soaked()).items() if told} == {}


def test_every_law_of_this_folder_is_shown_to_fail() -> None:
    of_others = {law.__name__ for law in of_runs.LAWS}
    own = {law.__name__ for law in laws.LAWS} - of_others
    assert own <= {law for law, _, _ in FORGED}


@pytest.mark.parametrize(
    "change",
    [
        lambda notes: notes.struck.append(Struck("exchange-down", None, "stale-heartbeat", AT)),
        lambda notes: notes.tidied.append((AT, "service started")),
        lambda notes: notes.struck.clear(),
    ],
    ids=["two troubles at once", "somebody put right by hand", "no trouble of ours"],
)
def test_harm_is_judged_only_where_one_trouble_stood_alone(change: Callable[[Notes], object]) -> None:
    assert laws.broken(soaked(change, wrong=HARM))["no_remedy_does_harm"] == []


def test_who_halts_or_resumes_starts_the_service_whatever_is_broken() -> None:
    begun = {RUN: Begun("resume-trading", {"alarm_name": ALARM, "alarm_at": ALARM_AT}, AT, None)}
    assert laws.broken(soaked(wrong=HARM, begun=begun))["no_remedy_does_harm"] == []


def test_a_position_that_is_stuck_is_no_second_trouble() -> None:
    forged = soaked(lambda notes: notes.struck.append(Struck("position", "p", "stuck-position", AT)), wrong=HARM)
    assert laws.broken(forged)["no_remedy_does_harm"]


def test_what_grows_during_the_warm_up_is_no_leak() -> None:
    found = samples()
    found[0] = replace(found[0], files=10, threads=1, workers=1)
    forged = soaked(lambda notes: notes.samples.__setitem__(slice(None), found))
    assert laws.broken(forged)["nothing_grows_but_what_is_kept"] == []
