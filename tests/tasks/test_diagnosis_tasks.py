"""Finding and diagnosing: every probe's answer, and what a run does where one of them cannot answer."""

from __future__ import annotations

import json
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from functions.adapters.memory.world import Line
from functions.errors import Broken, RunbookError, Transient
from functions.facts import ProbeFact, Reading
from functions.rules.plan import Remedy
from functions.stages import Found
from functions.tasks import (
    classify_heartbeats,
    find_stale,
    probe_connectivity,
    probe_exchange,
    probe_exposure,
    probe_logs,
    probe_service,
)
from tests.rules import facts
from tests.tasks.rig import ALARM, INCIDENT, SETTINGS, Rig

VENUE = "binanceusdm"


@pytest.fixture
def ill(rig: Rig) -> Rig:
    """A crashed service, its strategy stale, the alarm up; everything else answers."""
    rig.alarm()
    rig.strategy("s1", age=300)
    rig.world.put("strategy_config", {"strategy_id": "s1", "exchange": VENUE})
    rig.world.service = facts.crashed()
    rig.opened()
    return rig


def find(rig: Rig, left: int = 3, **run: Any) -> Found:
    answer: Found = rig.work(find_stale, run=rig.run(**run), looks_left=left)
    return answer


# --- find


def test_a_strategy_without_a_config_is_of_no_venue_where_the_settings_know_several(ill: Rig) -> None:
    ill.strategy("s3", age=None)
    venues = {VENUE: "https://one/ping", "bybit": "https://two/ping"}
    connectivity = ill.settings.connectivity.model_copy(update={"exchange": venues})
    ill.settings = ill.settings.model_copy(update={"connectivity": connectivity})
    assert [(s.strategy_id, s.venue) for s in find(ill).stale] == [("s1", VENUE), ("s3", None)]


def test_every_strategy_that_should_beat_and_does_not_is_found_with_its_venue(ill: Rig) -> None:
    ill.strategy("s2", age=120)
    ill.strategy("s3", age=None, status="warmup")
    ill.strategy("s4", last_heartbeat="yesterday", age=None)
    ill.strategy("s5", status="stopped", age=None)
    ill.strategy("s6", status="puzzled", age=None)
    found = find(ill)
    assert [(s.strategy_id, s.venue) for s in found.stale] == [("s1", VENUE), ("s3", VENUE), ("s4", VENUE)]
    assert (found.stale_total, found.beating, found.beating_total, found.unknown_status) == (3, ("s2",), 1, ("s6",))
    assert (found.at, found.details_key, found.besides) == (ill.now, None, ())
    assert found.alarm is not None
    assert (found.alarm.state, found.kill_switch is not None) == ("ALARM", True)
    assert ill.item()["strategy_ids"] == ["s1", "s3", "s4"]
    assert ill.evidence() == [
        (
            "stale heartbeats",
            f"3 stale (s1, s3, s4), 1 beating; 1 with a status that nobody knows (s6: puzzled); "
            f"alarm {ALARM} is ALARM",
        )
    ]


def test_a_run_for_one_strategy_names_the_others_that_are_stale_besides(ill: Rig) -> None:
    ill.strategy("s2", age=300)
    found = find(ill, strategy_id="s1")
    assert ([s.strategy_id for s in found.stale], found.besides) == (["s1"], ("s2",))


def test_nothing_stale_while_the_alarm_is_up_is_looked_at_again_and_then_no_more(rig: Rig) -> None:
    rig.alarm()
    rig.opened()
    looks = [find(rig, left) for left in (3, 2, 1)]
    assert [(look.again, look.looks_left) for look in looks] == [(True, 2), (True, 1), (False, 0)]
    assert rig.evidence()[0][1].startswith("none stale, 0 beating; alarm")


@pytest.mark.parametrize("state", ["OK", "INSUFFICIENT_DATA", None])
def test_nothing_stale_and_no_alarm_is_looked_at_once(rig: Rig, state: str | None) -> None:
    rig.alarm(state)
    rig.opened()
    assert not find(rig).again


def test_a_run_looks_at_the_alarm_that_started_it(ill: Rig) -> None:
    found = find(ill, alarm_name="another")
    assert found.alarm is not None
    assert (found.alarm.name, found.alarm.state) == ("another", None)
    found = find(ill, alarm_name=None)
    assert found.alarm is not None
    assert found.alarm.name == ALARM


@pytest.mark.parametrize("word", [Transient("throttled"), Broken("no grant")])
def test_an_alarm_that_cannot_be_asked_keeps_no_strategy_from_its_cure(ill: Rig, word: RunbookError) -> None:
    ill.world.trouble["alarms.state"] = word
    found = find(ill)
    assert found.alarm is not None
    assert (found.alarm.state, found.alarm.reason) == (None, f"could not be read: {word}")
    assert [s.strategy_id for s in found.stale] == ["s1"]
    assert f"alarm {ALARM} is unreadable" in ill.evidence()[0][1]


def test_a_kill_switch_that_cannot_be_read_is_unknown_and_not_released(ill: Rig) -> None:
    ill.world.trouble["guards.kill_switch"] = Transient("throttled")
    assert find(ill).kill_switch is None


def test_a_table_that_cannot_be_read_is_never_empty(ill: Rig) -> None:
    ill.world.trouble["trading_state.all"] = Transient("page 2 throttled")
    with pytest.raises(Transient):
        find(ill)


def many(rig: Rig, count: int) -> None:
    for n in range(count):
        rig.strategy(f"s{n:05}", age=300)


def test_more_stale_strategies_than_fit_are_counted_named_whole_in_the_bucket_and_in_the_incident(rig: Rig) -> None:
    rig.opened()
    many(rig, 250)
    found = find(rig)
    assert (len(found.stale), found.stale_total) == (100, 250)
    assert found.details_key == f"incidents/{INCIDENT}/stale.jsonl"
    body, kind = rig.world.objects[found.details_key]
    assert [json.loads(line)["strategy_id"] for line in body.splitlines()] == [f"s{n:05}" for n in range(250)]
    assert kind == "application/jsonl"
    item = rig.item()
    assert (len(item["strategy_ids"]), item["strategy_ids_total"], item["details_key"]) == (
        200,
        250,
        found.details_key,
    )
    assert "250 stale (s00000, s00001, s00002, s00003, s00004 and 245 more)" in rig.evidence()[0][1]


def test_a_bucket_that_is_down_keeps_no_strategy_from_its_cure(rig: Rig) -> None:
    rig.opened()
    many(rig, 250)
    rig.world.trouble["reports.put"] = Transient("throttled")
    found = find(rig)
    assert (found.stale_total, found.details_key) == (250, None)


# --- probes


def test_the_service_is_described_as_it_is(ill: Rig) -> None:
    assert ill.work(probe_service, run=ill.run()).fact == ill.world.service
    ill.world.service = None
    with pytest.raises(Broken):
        ill.work(probe_service, run=ill.run())


def log(rig: Rig, age: float, message: str) -> None:
    rig.world.lines.append(Line(rig.now - timedelta(seconds=age), message))


def test_the_log_is_read_from_a_little_before_the_last_good_heartbeat(ill: Rig) -> None:
    log(ill, 500, "ERROR s1 OutOfMemoryError: heap")
    log(ill, 100, "ERROR s1 HTTP 429 Too Many Requests")
    fact = ill.work(probe_logs, run=ill.run(), found=find(ill)).fact
    assert (fact.window_start, fact.window_end) == (ill.now - timedelta(seconds=420), ill.now)
    assert (fact.counts["rate_limited"], fact.counts["out_of_memory"]) == (1, 0)
    assert fact.by_strategy == {"s1": ["rate_limited"]}


@pytest.mark.parametrize("age", [None, -3600, 7200])
def test_the_window_of_the_log_is_whole_where_no_heartbeat_says_when_all_was_well(
    ill: Rig, age: float | None
) -> None:
    ill.strategy("s2", age=age)
    fact = ill.work(probe_logs, run=ill.run(), found=find(ill)).fact
    assert fact.window_start == ill.now - timedelta(seconds=900)


def test_a_line_that_names_a_healthy_strategy_is_laid_at_its_own_door(ill: Rig) -> None:
    ill.strategy("s2", age=5)
    log(ill, 10, "ERROR s2 HTTP 429 Too Many Requests")
    fact = ill.work(probe_logs, run=ill.run(), found=find(ill)).fact
    assert fact.by_strategy == {"s2": ["rate_limited"]}


def test_only_venues_of_stale_strategies_are_asked_and_only_known_ones(ill: Rig) -> None:
    ill.world.put("strategy_config", {"strategy_id": "s2", "exchange": "kraken"})
    ill.strategy("s2", age=300)
    ill.strategy("s3", age=300)
    url = SETTINGS.connectivity.exchange[VENUE]
    ill.world.probes[url] = ProbeFact(url, Reading.FAILED, "HTTP 503", ill.now, http_status=503)
    fact = ill.work(probe_exchange, run=ill.run(), stale=find(ill).stale).fact
    assert {venue: probe.reading for venue, probe in fact.items()} == {VENUE: Reading.FAILED}
    assert ill.work(probe_exchange, run=ill.run(), stale=[]).fact == {}


@pytest.mark.parametrize("what", ["database", "network"])
def test_database_and_network_are_asked_at_their_own_address(ill: Rig, what: Any) -> None:
    fact = ill.work(probe_connectivity, run=ill.run(), what=what).fact
    assert (fact.target, fact.reading) == (getattr(SETTINGS.connectivity, what), Reading.OK)


# --- exposure


def hold(rig: Rig, position_id: str, strategy_id: str = "s1", **more: Any) -> None:
    given = {"position_id": position_id, "strategy_id": strategy_id, "symbol": "BTC/USDT:USDT", "side": "long"}
    rig.world.put("positions", {**given, "amount": Decimal("0.5"), "status": "open", **more})


def order(rig: Rig, position_id: str, order_id: str, kind: str = "stop_market") -> None:
    given = {"position_id": position_id, "order_id": order_id, "side": "sell", "type": kind, "status": "open"}
    rig.world.put("orders", {**given, "reduce_only": True})


def test_what_would_be_interrupted_is_written_down_for_the_healthy_too(ill: Rig) -> None:
    ill.strategy("s2", age=5)
    hold(ill, "p1")
    hold(ill, "p2", "s2", exit_signal_at="2026-03-01T02:59:00Z")
    hold(ill, "p3", "s9")
    order(ill, "p1", "o1")
    order(ill, "p1", "o2", "limit")
    fact = ill.work(probe_exposure, run=ill.run(), found=find(ill)).fact
    assert [p.position_id for p in fact.positions] == ["p1", "p2"]
    assert fact.positions[0].amount == Decimal("0.5")
    assert [o.order_id for o in fact.orders] == ["o1", "o2"]
    assert fact.exits_in_flight == ("p1", "p2")
    assert ill.item()["position_ids"] == ["p1", "p2"]
    assert ill.evidence()[-1] == (
        "exposure before any act",
        "2 open positions, 2 working orders (1 protective), 2 exits in flight",
    )


@pytest.mark.parametrize(
    ("port", "told"),
    [
        ("positions.open_of", ("positions: throttled", "orders: not asked without positions")),
        ("orders.working", ("orders: throttled",)),
    ],
)
def test_what_cannot_be_read_is_named_and_never_empty(ill: Rig, port: str, told: tuple[str, ...]) -> None:
    ill.world.trouble[port] = Transient("throttled")
    fact = ill.work(probe_exposure, run=ill.run(), found=find(ill)).fact
    assert fact.unreadable == told
    assert "not readable: " in ill.evidence()[-1][1]


def test_more_positions_than_fit_lie_whole_in_the_bucket_and_count_as_not_judged(ill: Rig) -> None:
    for n in range(201):
        hold(ill, f"p{n:03}")
        order(ill, f"p{n:03}", "o1")
    fact = ill.work(probe_exposure, run=ill.run(), found=find(ill)).fact
    assert (len(fact.positions), len(fact.orders)) == (150, 150)
    assert fact.unreadable == (
        "positions: 201 are more than the 150 that can be judged one by one",
        "orders: 201 are more than the 150 that can be judged one by one",
    )
    for name in ("positions", "orders"):
        body, _ = ill.world.objects[f"incidents/{INCIDENT}/{name}.jsonl"]
        assert len(body.splitlines()) == 201
    assert ill.evidence()[-2:] == [
        ("positions, whole", f"incidents/{INCIDENT}/positions.jsonl"),
        ("orders, whole", f"incidents/{INCIDENT}/orders.jsonl"),
    ]
    assert ill.item()["position_ids_total"] == 201


def test_positions_that_cannot_be_stored_whole_are_said_not_to_be(ill: Rig) -> None:
    for n in range(201):
        hold(ill, f"p{n:03}")
    found = find(ill)
    ill.world.trouble["reports.put"] = Transient("throttled")
    ill.work(probe_exposure, run=ill.run(), found=found)
    assert ill.evidence()[-1] == ("positions, whole", "could not be stored")


# --- the verdict


def diagnosed(rig: Rig, found: Found, **unknown: Any) -> dict[str, Any]:
    run = rig.run()
    read = {
        "service": rig.work(probe_service, run=run),
        "logs": rig.work(probe_logs, run=run, found=found),
        "exchange": rig.work(probe_exchange, run=run, stale=found.stale),
        "database": rig.work(probe_connectivity, run=run, what="database"),
        "network": rig.work(probe_connectivity, run=run, what="network"),
        "exposure": rig.work(probe_exposure, run=run, found=found),
    }
    return {**read, **unknown}


def classify(rig: Rig, found: Found, **unknown: Any) -> classify_heartbeats.Response:
    answer: classify_heartbeats.Response = rig.work(
        classify_heartbeats, run=rig.run(), found=found, facts=diagnosed(rig, found, **unknown)
    )
    return answer


def test_the_verdict_and_its_evidence_stand_in_the_incident(ill: Rig) -> None:
    answer = classify(ill, find(ill))
    [group] = answer.groups
    assert (answer.verdict, group.cause, group.remedy, answer.strategy_ids) == (
        "act",
        "service_crashed",
        Remedy.REDEPLOY,
        ("s1",),
    )
    assert ill.item()["cause"] == "service_crashed"
    assert ill.evidence()[-1] == ("verdict", f"act: {answer.reason}")
    assert len(ill.evidence()) > 5


def test_probes_that_all_failed_are_facts_and_restart_nothing(ill: Rig) -> None:
    nothing = {"fact": None, "why": "throttled"}
    names = ("service", "logs", "exchange", "database", "network", "exposure")
    answer = classify(ill, find(ill), **dict.fromkeys(names, nothing))
    assert all(group.remedy is Remedy.NONE for group in answer.groups)
    assert answer.verdict == "escalate"


def test_no_cause_is_written_where_nothing_is_wrong(rig: Rig) -> None:
    rig.alarm("OK")
    rig.world.service = facts.service()
    rig.opened()
    answer = classify(rig, find(rig))
    assert (answer.verdict, answer.groups, answer.strategy_ids) == ("nothing_to_do", (), ())
    assert "cause" not in rig.item()
