"""The table of grants against what the adapters really say to AWS: not one action less, not one more."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from types import FunctionType
from typing import Any, get_type_hints

import pytest
from botocore.exceptions import ReadTimeoutError

from functions.adapters.aws_errors import Saying
from functions.approvals import Mail
from functions.errors import Refused, RunbookError, Transient, Uncertain
from functions.facts import Evidence, OrderCorrection, OrderFact, Result, ScalingFact, ServiceRecord, StoppedRecord
from functions.grants import GRANTS
from functions.log_queries import LogQuery
from functions.ports import AttemptState, Engage, FollowUp, Held, Intent, Ports, Stop
from functions.rules.reporting.timeline import Timeline
from functions.venue import NewOrder, ProbeOrder
from tests.adapters.asked import approval, decided
from tests.adapters.aws_rig import AwsRig
from tests.adapters.closing import UNIT, attempt, result, stop_order
from tests.adapters.recording import Recording
from tests.adapters.rigs import IMAGE, MACHINES, SetClock

NOW = datetime.now(UTC).replace(microsecond=0)
LATER, LATEST = NOW + timedelta(minutes=1), NOW + timedelta(minutes=2)
INCIDENT, GUARD, OWNER = "inc-1", "service/strategies", "arn:execution:1"
ACT = Intent("stop/s1", "stop the strategy", "s1", None, OWNER, NOW)
ANSWER = {"decision": "approve"}
MAIL = Mail("ana@tradai.example", "subject", "text", "<p>text</p>", {"approval_id": "apr-1"})
RECORD = {"approval_id": "apr-1", "standing": "pending"}
ROLES = {
    "taskRoleArn": "arn:aws:iam::000000000000:role/tradai-strategy-task-local",
    "executionRoleArn": "arn:aws:iam::000000000000:role/tradai-strategy-execution-local",
}
STOP = Engage(INCIDENT, "arn:2", "drill", "ana", NOW, ("s2",))
LOST = Held(GUARD, "arn:execution:0", "inc-0", NOW, NOW)


def intend(port: Any) -> None:
    """New, again, and while another branch of the run acts longer."""
    said = [port.intend(INCIDENT, ACT, guard_id=GUARD, act_until=until) for until in (LATEST, LATEST, LATER)]
    assert said == ["new", "again", "again"]


def stop(port: Any) -> None:
    assert port.stop("s1", expected_status="running", stopped_by=INCIDENT)


def override(port: Any) -> None:
    assert port.override("s1", "stake", expected=1, value=2, incident_id=INCIDENT, expires_at=NOW)


def change(port: Any) -> None:
    assert port.change("s1", "stake", expected=1, value=2, incident_id=INCIDENT, at=NOW)


def undo(port: Any) -> None:
    change(port)
    assert port.undo("s1", "stake", incident_id=INCIDENT)


def correct(port: Any) -> None:
    seen = OrderFact("p9", "o9", None, "buy", "limit", "pending", protective=False)
    assert port.correct(seen, OrderCorrection("filled", Decimal(1)), corrected_by=INCIDENT, at=NOW)


def switch(port: Any) -> None:
    assert port.switch("s3", expected="binanceusdm", exchange="okx", incident_id=INCIDENT)


def register(port: Any) -> None:
    assert port.register("sized", cpu=512, memory_mb=2048, mark=INCIDENT)


def acknowledge(port: Any) -> None:
    """One of a run that ended, and one that there is not."""
    assert port.acknowledge("inc-3", by="ana", at=NOW)
    with pytest.raises(Refused):
        port.acknowledge("inc-0", by="ana", at=NOW)


def over(port: Any) -> None:
    """One that another close outlives, and one that none does."""
    port.over("s2", INCIDENT)
    port.over("s3", INCIDENT)


def stop_many(port: Any) -> None:
    """One whose answer gets lost, so that it is looked for."""
    events = port._aws.client("dynamodb", Saying.ACT).meta.events
    lost = "before-send.dynamodb.BatchExecuteStatement"

    def lose(**_: Any) -> None:
        raise ReadTimeoutError(endpoint_url="https://x")

    events.register(lost, lose)
    try:
        (stopped,) = port.stop_many([Stop("s1", "running")], stopped_by=INCIDENT, until=NOW)
    finally:
        events.unregister(lost, lose)
    assert stopped.result is Result.UNKNOWN


def bring_back(port: Any) -> None:
    assert port.stop("s1", expected_status="running", stopped_by=INCIDENT)
    assert not port.bring_back("s1", halt_id="halt-1", expected=["stopped"], status="running", managing=True)


def record(port: Any) -> None:
    assert port.record(INCIDENT, [StoppedRecord("s1", "running", None, NOW)], until=NOW) == {}


def release(port: Any) -> None:
    assert port.release("halt-1", stops=["arn:1"], strategy_ids=["s1"], by="ana", at=NOW)


def prepare(port: Any) -> None:
    """New, again, and while another branch of the run acts longer."""
    asked = {"approval_id": approval().approval_id, "guard_id": GUARD}
    said = [port.prepare(attempt(), **asked, act_until=until) for until in (LATEST, LATEST, LATER)]
    assert said == ["new", "again", "again"]


def close_record(port: Any) -> None:
    closed = {"exit_price": None, "closed_at": NOW, "manually": True, "closed_by": INCIDENT}
    assert port.close("p1", amount=Decimal(1), **closed)


def histories(port: Any) -> None:
    with pytest.raises(Refused, match="no execution"):
        port.of(f"{MACHINES.replace('stateMachine', 'execution')}stale-heartbeat:gone")


def says(method: str, *given: Any) -> Callable[[Any], None]:
    """The venue, or the bot, has nobody at its address, and what is said to AWS before is what counts."""

    def use(port: Any) -> None:
        with pytest.raises(RunbookError) as caught:
            getattr(port, method)(*given)
        assert type(caught.value) in (Transient, Uncertain)

    return use


WHERE, SYMBOL = UNIT.where, UNIT.symbol
A_PROBE = ProbeOrder("c1", UNIT.symbol, "buy", Decimal("0.001"), Decimal(58000), hedged=False)
AN_ORDER = NewOrder("c1", UNIT, Decimal("0.05"), Decimal(60000), hedged=False)
A_QUERY = LogQuery(("timed out",), NOW - timedelta(minutes=15), NOW, 10)
# The queries that the fixture has started.
STARTED: list[str] = []


# One use of every method that walks each of its ways to AWS.
USES: dict[str, Callable[[Any], object]] = {
    "clock.now": lambda port: port.now(),
    "trading_state.all": lambda port: port.all(),
    "trading_state.get": lambda port: port.get("s1"),
    "trading_state.stop": stop,
    "trading_state.start": lambda port: port.start("s1", stopped_by=INCIDENT, status="running"),
    "trading_state.segment": lambda port: port.segment(0, 8, None),
    "trading_state.stop_many": stop_many,
    "trading_state.bring_back": bring_back,
    "trading_state.pause": lambda port: port.pause(
        "s1", expected_status="running", status="paused", paused_by=INCIDENT
    ),
    "trading_state.unpause": lambda port: port.unpause("s1", paused_by=INCIDENT, paused="paused"),
    "trading_state.hand_over": lambda port: port.hand_over("s2", paused_by=INCIDENT, paused="paused"),
    "strategy_config.get": lambda port: port.get("s1"),
    "strategy_config.venues": lambda port: port.venues(["s1"]),
    "strategy_config.traded": lambda port: port.traded(),
    "strategy_config.override": override,
    "strategy_config.put_back": lambda port: port.put_back("s2", "stake", incident_id=INCIDENT),
    "strategy_config.switch": switch,
    "strategy_config.overrides": lambda port: port.overrides(),
    "strategy_config.change": change,
    "strategy_config.undo": undo,
    "strategy_config.changes": lambda port: port.changes(),
    "strategy_api.bot": says("bot", "s1"),
    "strategy_api.pairs": says("pairs", "s1"),
    "strategy_api.candles": says("candles", "s1", SYMBOL, "5m", 10),
    "positions.each_open": lambda port: port.each_open(),
    "positions.every_open": lambda port: port.every_open(),
    "positions.open_of": lambda port: port.open_of(["s1"]),
    "positions.by_id": lambda port: port.by_id(["p1"]),
    "positions.close": close_record,
    "orders.of": lambda port: port.of("p1"),
    "orders.working": lambda port: port.working(["p1"]),
    "orders.every_working": lambda port: port.every_working(),
    "orders.correct": correct,
    "service.describe": lambda port: port.describe(),
    "service.scale": lambda port: port.scale(1),
    "service.redeploy": lambda port: port.redeploy(1),
    "task_definitions.describe": lambda port: port.describe("sized"),
    "task_definitions.marked": lambda port: port.marked("sized", INCIDENT),
    "task_definitions.register": register,
    "registry.digest": lambda port: port.digest(IMAGE),
    "logs.read": lambda port: port.read(NOW - timedelta(minutes=15), NOW, ["s1"]),
    "logs.signals": lambda port: port.signals(NOW - timedelta(minutes=15), ["s1"]),
    "logs.first_said": lambda port: port.first_said("exit", NOW - timedelta(minutes=15), "s1"),
    "log_queries.start": lambda port: port.start([A_QUERY]),
    "log_queries.fetch": lambda port: port.fetch(STARTED),
    "alarms.state": lambda port: port.state("tradai-local-a"),
    "alarms.in_alarm": lambda port: port.in_alarm("tradai-local-"),
    "alarms.breach": lambda port: port.breach("drawdown"),
    "alarms.newest": lambda port: port.newest("drawdown", NOW),
    "probes.look": lambda port: port.look("tcp://127.0.0.1:1"),
    "exchange.status": lambda port: port.status("binanceusdm"),
    "exchange.account": lambda port: port.account(WHERE),
    "exchange.market": says("market", WHERE, SYMBOL),
    "exchange.symbols": says("symbols", WHERE),
    "exchange.book": says("book", WHERE, SYMBOL),
    "exchange.position": says("position", UNIT),
    "exchange.positions": says("positions", WHERE),
    "exchange.orders": says("orders", WHERE, None),
    "exchange.order": says("order", WHERE, SYMBOL, "c1"),
    "exchange.fills": says("fills", WHERE, SYMBOL, NOW),
    "exchange.funding": says("funding", WHERE, SYMBOL, NOW),
    "exchange.rate": says("rate", WHERE, "BNB", "USDT", NOW),
    "exchange.create": says("create", WHERE, AN_ORDER),
    "exchange.validate": says("validate", WHERE, A_PROBE),
    "exchange.probe": says("probe", WHERE, A_PROBE),
    "exchange.place_again": says("place_again", WHERE, stop_order(), "c2"),
    "exchange.cancel": says("cancel", WHERE, stop_order()),
    "closes.prepare": prepare,
    "closes.send": lambda port: port.send(attempt(5), NOW),
    "closes.settle": lambda port: port.settle(attempt(5, state=AttemptState.DONE)),
    "closes.attempts": lambda port: port.attempts("p1", INCIDENT),
    "closes.incidents": lambda port: port.incidents("p1"),
    "closes.write_down": lambda port: port.write_down("p1", INCIDENT, [stop_order()]),
    "closes.write_down_anew": lambda port: port.write_down_anew(
        "p1", INCIDENT, [stop_order("2")], instead_of=[stop_order()]
    ),
    "closes.written_down": lambda port: port.written_down("p1", INCIDENT),
    "closes.approval_used_by": lambda port: port.approval_used_by(approval().approval_id),
    "closes.begin": lambda port: port.begin("s1", INCIDENT, until=LATER),
    "closes.over": over,
    "closes.conclude": lambda port: port.conclude("p1", INCIDENT, result()),
    "closes.result": lambda port: port.result("p1", INCIDENT),
    "incidents.open": lambda port: port.open({"incident_id": "inc-2"}),
    "incidents.get": lambda port: port.get(INCIDENT),
    "incidents.note": lambda port: port.note(INCIDENT, [Evidence("a", "b", "c", NOW)], cause="x"),
    "incidents.intend": intend,
    "incidents.settle": lambda port: port.settle(INCIDENT, "act", Result.DONE, None, NOW),
    "incidents.close": lambda port: port.close(INCIDENT, {"outcome": "resolved"}),
    "incidents.record_approval": lambda port: port.record_approval(INCIDENT, RECORD),
    "incidents.follow_up": lambda port: port.follow_up(INCIDENT, FollowUp("note", "x", "ana", NOW)),
    "incidents.acknowledge": acknowledge,
    "guards.take": lambda port: port.take(GUARD, owner="arn:2", incident_id="inc-2", now=NOW),
    "guards.take_over": lambda port: port.take_over(LOST, owner="arn:2", incident_id="inc-2", now=NOW),
    "guards.held": lambda port: port.held(GUARD),
    "guards.release": lambda port: port.release(GUARD, owner=OWNER),
    "guards.kill_switch": lambda port: port.kill_switch(),
    "guards.payments": lambda port: port.payments("b", window_seconds=60, now=NOW),
    "guards.spend": lambda port: port.spend("b", limit=1, window_seconds=60, now=NOW, token="a"),
    "guards.count": lambda port: port.count("c", token="a", now=NOW),
    "guards.remember_remedy": lambda port: port.remember_remedy(["s1"], incident_id=INCIDENT, now=NOW),
    "guards.remedies": lambda port: port.remedies(["s1"]),
    "halts.engage": lambda port: port.engage(STOP),
    "halts.record": record,
    "halts.records": lambda port: port.records(INCIDENT),
    "halts.records_of": lambda port: port.records_of(INCIDENT, ["s1"]),
    "halts.record_service": lambda port: port.record_service(INCIDENT, ServiceRecord(1, None, NOW)),
    "halts.service_record": lambda port: port.service_record(INCIDENT),
    "halts.allow_managing": lambda port: port.allow_managing("halt-1", stops=["arn:1"], by="ana", at=NOW),
    "halts.allow_service": lambda port: port.allow_service("halt-1", stops=["arn:1"]),
    "halts.release": release,
    "halts.told": lambda port: port.told(INCIDENT),
    "halts.tell": lambda port: port.tell(INCIDENT, "s1 came back"),
    "scaling.describe": lambda port: port.describe(),
    "scaling.suspend": lambda port: port.suspend(),
    "scaling.restore": lambda port: port.restore(ScalingFact(1, 4, False, False, False)),
    "status_page.post": lambda port: port.post(name="Trading is stopped", body="since 03:00"),
    "status_page.update": lambda port: port.update("page-1", status="resolved", body="it trades again"),
    "executions.status": lambda port: port.status("arn:aws:states:eu-central-1:000000000000:execution:m:n"),
    "executions.start_stop": lambda port: port.start_stop(f"grants-{NOW.timestamp():.0f}", {}),
    "executions.start_verification": lambda port: port.start_verification(f"verify-{NOW.timestamp():.0f}", {}),
    "executions.start_withdrawal": lambda port: port.start_withdrawal(f"withdraw-{NOW.timestamp():.0f}", {}),
    "executions.start": lambda port: port.start("stale-heartbeat", f"grants-{NOW.timestamp():.0f}", {}),
    "histories.of": histories,
    "pictures.timeline": lambda port: port.timeline(Timeline(NOW, LATER, (), ())),
    "approvals.ask": lambda port: port.ask(approval(2), "token"),
    "approvals.get": lambda port: port.get(approval().approval_id),
    "approvals.open": lambda port: port.open(),
    "approvals.change": lambda port: port.change(decided(approval())),
    "approvals.token": lambda port: port.token(approval().approval_id),
    "callbacks.succeed": lambda port: port.succeed("nobody's", ANSWER),
    "mailer.send": lambda port: port.send(MAIL),
    "notifier.page": lambda port: port.page("subject", "message"),
    "notifier.publish": lambda port: port.publish("subject", "message"),
    "reports.put": lambda port: port.put("key", "body", "text/plain"),
    "reports.get": lambda port: port.get("stored"),
    "reports.console_url": lambda port: port.console_url("key"),
    "announcements.changed": lambda port: port.changed("inc-1"),
    "measures.put": lambda port: port.put("Escalated", 1.0, {}),
}


def methods() -> set[str]:
    """Every `port.method` of functions/ports."""
    return {
        f"{port}.{name}"
        for port, protocol in get_type_hints(Ports).items()
        for name, member in vars(protocol).items()
        if isinstance(member, FunctionType) and not name.startswith("_")
    }


@pytest.fixture(scope="module")
def recording(aws_rig: AwsRig) -> Recording:
    return Recording(aws_rig, SetClock(NOW))


@pytest.fixture
def world(aws_rig: AwsRig, recording: Recording, monkeypatch: pytest.MonkeyPatch) -> Recording:
    """Something for every method to find; made anew once anything but reading was asked of it."""
    monkeypatch.setenv("EXCHANGE_API_URLS", '{"binanceusdm": "http://127.0.0.1:1"}')
    if not recording.only_read:
        furnish(aws_rig, recording)
        recording.only_read = True
    return recording


def furnish(aws_rig: AwsRig, recording: Recording) -> None:
    aws_rig.reset(NOW)
    aws_rig.put("trading_state", {"strategy_id": "s1", "status": "running"})
    aws_rig.put("positions", {"position_id": "p1", "amount": 1})
    aws_rig.put("strategy_config", {"strategy_id": "s1", "stake": 1})
    aws_rig.put("strategy_config", {"strategy_id": "s2", "stake": 1})
    aws_rig.put("orders", {"position_id": "p9", "order_id": "o9", "status": "pending"})
    aws_rig.put("strategy_config", {"strategy_id": "s3", "exchange": "binanceusdm", "fallback_exchange": "okx"})
    aws_rig.make_service(1)
    aws_rig.register({"family": "sized", **ROLES, "containerDefinitions": [{"name": "a", "image": IMAGE}]}, {})
    aws_rig.scale_by_itself(1, 4, suspended=False)
    aws_rig.judged_alarm("drawdown", {1: 0.1})
    halted = {"guard_id": "kill-switch", "engaged": True, "halt_id": "halt-1", "stops": {"arn:1"}}
    aws_rig.put("guards", {**halted, "strategy_ids": {"s1", "s2"}})
    recording.port("approvals").ask(approval(), "token")
    closes = recording.port("closes")
    recording.port("guards").take(GUARD, owner=OWNER, incident_id=INCIDENT, now=NOW)
    for strategy_id, incident_id in (("s2", INCIDENT), ("s2", "inc-3"), ("s3", INCIDENT)):
        closes.begin(strategy_id, incident_id, until=LATER)
    closes.prepare(attempt(5), approval_id=approval().approval_id, guard_id=GUARD, act_until=NOW)
    aws_rig.push_image()
    aws_rig.log(NOW - timedelta(minutes=1), "s1 request timed out")
    STARTED[:] = recording.port("log_queries").start([A_QUERY])
    recording.port("strategy_config").override(
        "s2", "stake", expected=1, value=2, incident_id=INCIDENT, expires_at=NOW
    )
    recording.port("reports").put("stored", "body", "text/plain")
    incidents = recording.port("incidents")
    incidents.open({"incident_id": INCIDENT})
    incidents.open({"incident_id": "inc-3"})
    incidents.close("inc-3", {"outcome": "escalated"})
    incidents.intend(INCIDENT, Intent("act", "a", "t", None, OWNER, NOW), guard_id=GUARD, act_until=LATER)


def test_every_method_has_its_grants_and_its_use() -> None:
    assert set(GRANTS) == methods()
    assert set(USES) == methods()


@pytest.mark.parametrize("need", sorted(USES))
def test_asks_aws_for_exactly_what_is_granted(world: Recording, need: str) -> None:
    port = world.port(need.partition(".")[0])
    asked = world.during(lambda: USES[need](port))
    granted = {(action, grant.resource) for grant in GRANTS[need] for action in grant.actions}
    assert asked == granted


def test_an_action_that_nobody_foresaw_is_noticed(world: Recording) -> None:
    client: Any = world.session.create_client("ecs")
    with pytest.raises(KeyError, match="ListClusters"):
        world.during(client.list_clusters)
