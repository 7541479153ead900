"""A write whose answer got lost is said again by botocore: the second one must find the first one's effect.

And writers that race: nothing is lost, nothing is done twice.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import cache
from typing import Any

import pytest
from botocore.exceptions import ClientError, ReadTimeoutError

from functions.adapters import tables
from functions.adapters.aws import Aws
from functions.adapters.aws_errors import Saying
from functions.adapters.insights import Insights, Query
from functions.adapters.wiring import ADAPTERS, Parts
from functions.approvals import Approval, Delivery, Mail
from functions.errors import Broken, RunbookError, Transient, Uncertain
from functions.facts import Evidence, Result
from functions.ports import AttemptState, Engage, Held, Intent
from tests.adapters.asked import approval, decided
from tests.adapters.aws_rig import AwsRig
from tests.adapters.closing import attempt
from tests.adapters.rigs import BUCKET, IMAGE, MACHINES, SETTINGS, SetClock

NOW = datetime(2026, 1, 31, 3, tzinfo=UTC)
LATER = NOW + timedelta(minutes=1)
INCIDENT, GUARD, OWNER = "inc-1", "service/strategies", "arn:execution:1"
MAIL = Mail("ana@tradai.example", "subject", "text", "<p>text</p>", {})
ACT = Intent("stop/s1", "stop the strategy", "s1", None, OWNER, NOW)

SETTLED = attempt(2, state=AttemptState.DONE, filled=Decimal(0))

Call = Callable[..., Any]


@cache
def clients(rig: AwsRig) -> Callable[[str, Saying], Any]:
    """Made once for all tests: to make them takes longer than most tests, and threads may share them."""
    aws = Aws(SETTINGS.region)
    rig.share_models(aws.session)
    rig.watch(aws.session)
    return aws.client


class Meddled:
    """The real clients, with one operation treated by `treat(call, request)`."""

    def __init__(self, rig: AwsRig) -> None:
        environment = {"REPORTS_BUCKET": BUCKET, "STATE_MACHINE_PREFIX": MACHINES}
        self.rig, self.parts = rig, Parts(SETTINGS, environment, SetClock(NOW))
        self._real = clients(rig)
        self._treated: dict[str, Callable[[Call, dict[str, Any]], Any]] = {}
        self.parts.aws.client = self._client  # type: ignore[method-assign]  # the one seam below the adapters

    def port(self, name: str) -> Any:
        return ADAPTERS[name](self.parts)

    def treat(self, operation: str, treatment: Callable[[Call, dict[str, Any]], Any]) -> None:
        self._treated[operation] = treatment

    def _client(self, service: str, saying: Saying) -> Any:
        real, treated = self._real(service, saying), self._treated

        class Client:
            def __getattr__(self, operation: str) -> Any:
                call = getattr(real, operation)
                if operation not in treated:
                    return call
                return lambda **request: treated[operation](call, request)

        return Client()


@pytest.fixture
def meddled(aws_rig: AwsRig) -> Meddled:
    aws_rig.reset(NOW)
    made = Meddled(aws_rig)
    made.port("incidents").open({"incident_id": INCIDENT})
    made.port("guards").take(GUARD, owner=OWNER, incident_id=INCIDENT, now=NOW)
    made.port("incidents").open({"incident_id": "inc-2"})
    made.port("incidents").close("inc-2", {"outcome": "escalated"})
    made.port("approvals").ask(approval(), "token")
    return made


def twice(call: Call, request: dict[str, Any]) -> Any:
    """The first answer got lost on its way."""
    call(**request)
    return call(**request)


def failing(code: str, answer: dict[str, Any] | None = None) -> Callable[[Call, dict[str, Any]], Any]:
    def treat(_: Call, __: dict[str, Any]) -> Any:
        status = {"ResponseMetadata": {"HTTPStatusCode": 400}}
        response: Any = {"Error": {"Code": code, "Message": "why"}, **status, **(answer or {})}
        raise ClientError(response, "x")

    return treat


def silent(_: Call, __: dict[str, Any]) -> Any:
    raise ReadTimeoutError(endpoint_url="https://x")


REPEATABLE: dict[str, tuple[str, Callable[[Meddled], Any], Any]] = {
    "taking a guard": (
        "put_item",
        lambda it: it.port("guards").take("g2", owner=OWNER, incident_id=INCIDENT, now=NOW),
        None,
    ),
    "taking a guard over": (
        "update_item",
        lambda it: it.port("guards").take_over(
            Held(GUARD, OWNER, INCIDENT, NOW, NOW), owner="arn:2", incident_id="inc-2", now=LATER
        ),
        True,
    ),
    "paying from a budget": (
        "put_item",
        lambda it: it.port("guards").spend("b", limit=1, window_seconds=60, now=NOW, token="a"),
        True,
    ),
    "counting": ("update_item", lambda it: it.port("guards").count("c", token="a", now=NOW), 1),
    "writing an intent": (
        "transact_write_items",
        lambda it: it.port("incidents").intend(INCIDENT, ACT, guard_id=GUARD, act_until=LATER),
        "again",
    ),
    "closing": ("update_item", lambda it: it.port("incidents").close(INCIDENT, {"outcome": "resolved"}), True),
    "stopping": (
        "update_item",
        lambda it: it.port("trading_state").stop("s1", expected_status="running", stopped_by=INCIDENT),
        True,
    ),
    "starting": (
        "transact_write_items",
        lambda it: it.port("trading_state").start("s2", stopped_by=INCIDENT, status="running"),
        True,
    ),
    "overriding": (
        "update_item",
        lambda it: it.port("strategy_config").override(
            "s1", "stake", expected=1, value=2, incident_id=INCIDENT, expires_at=LATER
        ),
        True,
    ),
    "switching": (
        "update_item",
        lambda it: it.port("strategy_config").switch("s3", expected="a", exchange="b", incident_id=INCIDENT),
        True,
    ),
    "pausing": (
        "update_item",
        lambda it: it.port("trading_state").pause(
            "s1", expected_status="running", status="paused", paused_by=INCIDENT
        ),
        True,
    ),
    "unpausing": (
        "transact_write_items",
        lambda it: it.port("trading_state").unpause("s4", paused_by=INCIDENT, paused="paused"),
        True,
    ),
    "handing a pause over": (
        "transact_write_items",
        lambda it: it.port("trading_state").hand_over("s6", paused_by=INCIDENT, paused="paused"),
        "inc-2",
    ),
    "closing a record": (
        "update_item",
        lambda it: it.port("positions").close(
            "p1", amount=Decimal(1), exit_price=None, closed_at=NOW, manually=True, closed_by=INCIDENT
        ),
        True,
    ),
    "preparing an attempt": (
        "transact_write_items",
        lambda it: it.port("closes").prepare(
            attempt(), approval_id=approval().approval_id, guard_id=GUARD, act_until=LATER
        ),
        "again",
    ),
    "sending an attempt": ("update_item", lambda it: it.port("closes").send(attempt(2), NOW), True),
    "settling an attempt": ("update_item", lambda it: it.port("closes").settle(SETTLED), None),
    "beginning a close": ("put_item", lambda it: it.port("closes").begin("s1", INCIDENT, until=LATER), True),
    "ending a close": ("delete_item", lambda it: it.port("closes").over("s5", INCIDENT), None),
    "asking": ("put_item", lambda it: it.port("approvals").ask(approval(2), "token"), True),
    "changing a request": ("update_item", lambda it: it.port("approvals").change(decided(approval())), True),
    "recording an approval": (
        "update_item",
        lambda it: it.port("incidents").record_approval(INCIDENT, {"approval_id": "apr-1"}),
        None,
    ),
    "acknowledging": (
        "update_item",
        lambda it: it.port("incidents").acknowledge("inc-2", by="ana", at=NOW),
        True,
    ),
    "starting a runbook": (
        "start_execution",
        lambda it: it.port("executions").start("stale-heartbeat", "lost-answer", {}),
        None,
    ),
}


@pytest.mark.parametrize("what", sorted(REPEATABLE))
def test_a_write_that_is_said_twice_counts_once(meddled: Meddled, what: str) -> None:
    meddled.rig.put("trading_state", {"strategy_id": "s1", "status": "running"})
    meddled.rig.put("trading_state", {"strategy_id": "s2", "status": "stopped", "stopped_by": INCIDENT})
    paused = {"status": "paused", "paused_by": INCIDENT, "paused_from": "running"}
    meddled.rig.put("trading_state", {"strategy_id": "s4", **paused})
    meddled.rig.put("trading_state", {"strategy_id": "s6", **paused})
    meddled.port("closes").begin("s6", "inc-2", until=LATER)
    meddled.rig.put("positions", {"position_id": "p1", "amount": 1})
    meddled.port("closes").prepare(attempt(2), approval_id=approval().approval_id, guard_id=GUARD, act_until=NOW)
    meddled.port("closes").begin("s5", INCIDENT, until=LATER)
    meddled.rig.put("strategy_config", {"strategy_id": "s1", "stake": 1})
    meddled.rig.put("strategy_config", {"strategy_id": "s3", "exchange": "a", "fallback_exchange": "b"})
    operation, work, answer = REPEATABLE[what]
    meddled.treat(operation, twice)
    assert work(meddled) == answer


def test_a_note_that_is_said_twice_stands_once(meddled: Meddled) -> None:
    meddled.treat("update_item", twice)
    meddled.port("incidents").note(INCIDENT, [Evidence("a", "b", "c", NOW)], cause="deadlock")
    assert len(meddled.port("incidents").get(INCIDENT)["evidence"]) == 1


WORK: dict[str, tuple[str, Callable[[Meddled], Any], type[RunbookError]]] = {
    "stop": ("update_item", REPEATABLE["stopping"][1], Uncertain),
    "start": ("transact_write_items", REPEATABLE["starting"][1], Uncertain),
    "pause": ("update_item", REPEATABLE["pausing"][1], Uncertain),
    "unpause": ("transact_write_items", REPEATABLE["unpausing"][1], Uncertain),
    "close_record": ("update_item", REPEATABLE["closing a record"][1], Transient),
    "prepare": ("transact_write_items", REPEATABLE["preparing an attempt"][1], Transient),
    "send": ("update_item", REPEATABLE["sending an attempt"][1], Transient),
    "override": ("update_item", REPEATABLE["overriding"][1], Uncertain),
    "switch": ("update_item", REPEATABLE["switching"][1], Transient),
    "ask": ("put_item", REPEATABLE["asking"][1], Transient),
    "change": ("update_item", REPEATABLE["changing a request"][1], Transient),
    "acknowledge": ("update_item", REPEATABLE["acknowledging"][1], Transient),
    "mail": ("send_email", lambda it: it.port("mailer").send(MAIL), Uncertain),
    "page": ("publish", lambda it: it.port("notifier").page("s", "m"), Uncertain),
    "register": (
        "register_task_definition",
        lambda it: it.port("task_definitions").register("strategy", cpu=512, memory_mb=2048, mark=INCIDENT),
        Uncertain,
    ),
    "marked": ("list_task_definitions", lambda it: it.port("task_definitions").marked("f", INCIDENT), Transient),
    "publish": ("publish", lambda it: it.port("notifier").publish("s", "m"), Uncertain),
    "measure": ("put_metric_data", lambda it: it.port("measures").put("m", 1.0, {}), Uncertain),
    "take": ("put_item", REPEATABLE["taking a guard"][1], Transient),
    "intend": ("transact_write_items", REPEATABLE["writing an intent"][1], Transient),
    "start_runbook": ("start_execution", REPEATABLE["starting a runbook"][1], Transient),
    "report": ("put_object", lambda it: it.port("reports").put("k", "b", "text/plain"), Transient),
    "digest": ("describe_images", lambda it: it.port("registry").digest(IMAGE), Transient),
}


@pytest.mark.parametrize("what", sorted(WORK))
def test_only_an_act_without_an_answer_is_uncertain(meddled: Meddled, what: str) -> None:
    meddled.rig.make_service(0)
    operation, work, word = WORK[what]
    meddled.treat(operation, silent)
    with pytest.raises(word) as caught:
        work(meddled)
    assert type(caught.value) is word


@pytest.mark.parametrize("what", sorted(WORK))
def test_everything_that_was_turned_away_is_transient_and_named(meddled: Meddled, what: str) -> None:
    meddled.rig.make_service(0)
    operation, work, _ = WORK[what]
    meddled.treat(operation, failing("ThrottlingException"))
    with pytest.raises(Transient, match="ThrottlingException: why"):
        work(meddled)


def reasons(*codes: str) -> dict[str, Any]:
    return {"CancellationReasons": [{"Code": code} for code in codes]}


@pytest.mark.parametrize(
    ("codes", "word"),
    [
        (("None", "TransactionConflict"), Transient),
        (("ProvisionedThroughputExceeded", "None"), Transient),
        (("ValidationError", "None"), Broken),
    ],
)
def test_a_transaction_that_was_cancelled_for_no_condition_has_done_nothing(
    meddled: Meddled, codes: tuple[str, ...], word: type[RunbookError]
) -> None:
    meddled.treat("transact_write_items", failing("TransactionCanceledException", reasons(*codes)))
    with pytest.raises(word, match=codes[0]):
        REPEATABLE["starting"][1](meddled)


def test_a_close_takes_in_what_an_act_settles_in_between(meddled: Meddled) -> None:
    incidents = meddled.port("incidents")
    incidents.intend(INCIDENT, ACT, guard_id=GUARD, act_until=LATER)
    other = Meddled(meddled.rig).port("incidents")
    raced: list[bool] = []

    def racing(call: Call, request: dict[str, Any]) -> Any:
        if not raced:
            raced.append(True)
            other.settle(INCIDENT, ACT.act_id, Result.DONE, "status stopped", NOW)
        return call(**request)

    meddled.treat("update_item", racing)
    assert incidents.close(INCIDENT, {"outcome": "failed"})
    (action,) = incidents.get(INCIDENT)["actions"]
    assert action["result"] == "done"


def test_of_two_who_send_the_same_attempt_one_may(meddled: Meddled) -> None:
    """Each says it twice, for the first answer got lost; whoever came second knows that it was not him."""
    first, second = meddled.port("closes"), Meddled(meddled.rig).port("closes")
    first.prepare(attempt(), approval_id=approval().approval_id, guard_id=GUARD, act_until=LATER)
    raced: list[bool] = []

    def racing(call: Call, request: dict[str, Any]) -> Any:
        raced.append(second.send(attempt(), NOW))
        return twice(call, request)

    meddled.treat("update_item", racing)
    assert not first.send(attempt(), NOW)
    assert raced == [True]


def test_a_guard_that_changes_each_time_prepares_nothing(meddled: Meddled) -> None:
    closes = meddled.port("closes")

    def treat(_: Call, request: dict[str, Any]) -> Any:
        longer = "Update" in request["TransactItems"][2]
        until = {"S": "2026-01-31T03:09:00.000000Z" if longer else "2026-01-31T03:00:00.000000Z"}
        held = {"Code": "ConditionalCheckFailed", "Item": {"incident_id": {"S": INCIDENT}, "act_until": until}}
        told = {"CancellationReasons": [{"Code": "None"}, {"Code": "None"}, held]}
        return failing("TransactionCanceledException", told)(_, request)

    meddled.treat("transact_write_items", treat)
    with pytest.raises(Transient, match="faster than it can be read"):
        closes.prepare(attempt(), approval_id=approval().approval_id, guard_id=GUARD, act_until=LATER)
    assert closes.attempts("p1", INCIDENT) == []


@pytest.mark.parametrize("what", ["an intent", "an attempt"])
def test_a_guard_that_changes_hands_between_two_tries_is_lost_however_long_it_is_held(
    meddled: Meddled, what: str
) -> None:
    """The first try finds it ours, and held for longer by another branch; before the second one it is another's."""
    lock = {**(meddled.rig.item("guards", GUARD) or {}), "act_until": "2026-01-31T09:00:00.000000Z"}
    meddled.rig.put("guards", lock)
    tries: list[int] = []

    def racing(call: Call, request: dict[str, Any]) -> Any:
        tries.append(len(tries))
        if len(tries) == 2:
            meddled.rig.put("guards", {**lock, "incident_id": "inc-2"})
        return call(**request)

    meddled.treat("transact_write_items", racing)
    if what == "an intent":
        said = meddled.port("incidents").intend(INCIDENT, ACT, guard_id=GUARD, act_until=LATER)
    else:
        used = approval().approval_id
        said = meddled.port("closes").prepare(attempt(), approval_id=used, guard_id=GUARD, act_until=LATER)
    assert (said, len(tries)) == ("lost", 2)
    assert not (meddled.rig.item("incidents", INCIDENT) or {})["intents"]
    assert meddled.port("closes").attempts("p1", INCIDENT) == []


def test_a_request_that_was_changed_by_the_same_words_of_another_is_not_ours(meddled: Meddled) -> None:
    """Two who decide alike at the same moment: one of them has decided."""
    other = Meddled(meddled.rig).port("approvals")

    def racing(call: Call, request: dict[str, Any]) -> Any:
        assert other.change(decided(approval()))
        return call(**request)

    meddled.treat("update_item", racing)
    assert not meddled.port("approvals").change(decided(approval()))


def test_a_change_says_remove_only_with_something_to_remove(meddled: Meddled) -> None:
    """DynamoDB refuses a clause without a name; ministack does not."""
    told: list[str] = []

    def listen(call: Call, request: dict[str, Any]) -> Any:
        told.append(request["UpdateExpression"])
        return call(**request)

    meddled.treat("update_item", listen)
    approvals = meddled.port("approvals")
    without = decided(approval())
    assert approvals.change(without)
    everything: dict[str, Any] = {
        field.name: NOW for field in fields(Approval) if getattr(without, field.name) is None
    }
    texts: dict[str, Any] = {
        "requested_by": "ana",
        "requester": "ana",
        "again": {},
        "parent": "p",
        "acknowledged_by": "ana",
    }
    assert approvals.change(replace(without, version=3, **{**everything, **texts}))
    assert " REMOVE #" in told[0]
    assert "REMOVE" not in told[1]
    assert "#task_token" not in "".join(told)


def test_open_requests_that_end_while_they_are_read_are_open_no_more(meddled: Meddled) -> None:
    """The index runs behind the table: what it names is read again, and may be done by then."""
    other = Meddled(meddled.rig).port("approvals")

    def racing(call: Call, request: dict[str, Any]) -> Any:
        assert other.change(decided(approval(), delivery=Delivery.TAKEN))
        return call(**request)

    meddled.treat("batch_get_item", racing)
    assert meddled.port("approvals").open() == []


def test_approvals_that_race_are_both_recorded(meddled: Meddled) -> None:
    other = Meddled(meddled.rig).port("incidents")
    raced: list[bool] = []

    def racing(call: Call, request: dict[str, Any]) -> Any:
        if not raced:
            raced.append(True)
            other.record_approval(INCIDENT, {"approval_id": "apr-theirs"})
        return call(**request)

    meddled.treat("update_item", racing)
    meddled.port("incidents").record_approval(INCIDENT, {"approval_id": "apr-ours"})
    stand = meddled.port("incidents").get(INCIDENT)["approvals"]
    assert [each["approval_id"] for each in stand] == ["apr-theirs", "apr-ours"]


@pytest.mark.parametrize("before", [0, 1])
def test_two_that_pay_at_once_never_overdraw_a_budget(meddled: Meddled, before: int) -> None:
    other, limit = Meddled(meddled.rig).port("guards"), before + 1
    for number in range(before):
        assert other.spend("b", limit=limit, window_seconds=60, now=NOW, token=f"earlier {number}")
    paid: list[bool] = []

    def racing(call: Call, request: dict[str, Any]) -> Any:
        if not paid:
            paid.append(other.spend("b", limit=limit, window_seconds=60, now=NOW, token="theirs"))
        return call(**request)

    meddled.treat("put_item", racing)
    assert not meddled.port("guards").spend("b", limit=limit, window_seconds=60, now=NOW, token="ours")
    assert paid == [True]


def test_notes_that_race_are_all_kept(meddled: Meddled) -> None:
    many = [Evidence(str(n), "b", "c", NOW) for n in range(150)]
    other = Meddled(meddled.rig).port("incidents")
    raced: list[bool] = []

    def racing(call: Call, request: dict[str, Any]) -> Any:
        if not raced:
            raced.append(True)
            other.note(INCIDENT, [Evidence("theirs", "b", "c", NOW)] * 100)
        return call(**request)

    meddled.treat("update_item", racing)
    meddled.port("incidents").note(INCIDENT, many)
    item = meddled.port("incidents").get(INCIDENT)
    assert (len(item["evidence"]), item["evidence_total"]) == (200, 250)


ENDLESS: dict[str, tuple[str, Callable[[Meddled], Any]]] = {
    "note": ("update_item", lambda it: it.port("incidents").note(INCIDENT, [Evidence("a", "b", "c", NOW)])),
    "close": ("update_item", lambda it: it.port("incidents").close(INCIDENT, {"outcome": "failed"})),
    "record": ("update_item", REPEATABLE["recording an approval"][1]),
    "spend": ("put_item", REPEATABLE["paying from a budget"][1]),
    "take": ("put_item", REPEATABLE["taking a guard"][1]),
}


@pytest.mark.parametrize("what", sorted(ENDLESS))
def test_a_race_that_is_lost_again_and_again_ends_as_transient(meddled: Meddled, what: str) -> None:
    operation, work = ENDLESS[what]
    old = {"Item": {"incident_id": {"S": INCIDENT}, "evidence": {"L": []}}} if what in ("note", "close") else {}
    meddled.treat(operation, failing("ConditionalCheckFailedException", old))
    with pytest.raises(Transient):
        work(meddled)


def test_an_intent_whose_guard_changes_all_the_time_is_transient(meddled: Meddled) -> None:
    held = {"incident_id": {"S": INCIDENT}, "act_until": {"S": "2026-01-31T02:00:00.000000Z"}}
    cancelled = {"CancellationReasons": [{"Code": "ConditionalCheckFailed", "Item": held}, {"Code": "None"}]}
    meddled.treat("transact_write_items", failing("TransactionCanceledException", cancelled))
    with pytest.raises(Transient, match="changes faster"):
        REPEATABLE["writing an intent"][1](meddled)


def test_an_override_that_is_gone_before_it_is_put_back_stays_gone(meddled: Meddled) -> None:
    meddled.rig.put("strategy_config", {"strategy_id": "s1", "stake": 1})
    config, other = meddled.port("strategy_config"), Meddled(meddled.rig).port("strategy_config")
    config.override("s1", "stake", expected=1, value=2, incident_id=INCIDENT, expires_at=LATER)

    def racing(call: Call, request: dict[str, Any]) -> Any:
        assert other.put_back("s1", "stake", incident_id=INCIDENT)
        return call(**request)

    meddled.treat("update_item", racing)
    assert not config.put_back("s1", "stake", incident_id=INCIDENT)
    assert meddled.rig.item("strategy_config", "s1") == {"strategy_id": "s1", "stake": 1}


def test_keys_that_dynamodb_leaves_over_are_asked_for_again(meddled: Meddled) -> None:
    for number in range(10):
        meddled.rig.put("strategy_config", {"strategy_id": f"s{number}", "exchange": "okx"})
    table = SETTINGS.platform.strategy_config_table

    def half(call: Call, request: dict[str, Any]) -> Any:
        keys = request["RequestItems"][table]["Keys"]
        now, left = keys[: (len(keys) + 1) // 2], keys[(len(keys) + 1) // 2 :]
        answer = call(RequestItems={table: {"Keys": now, "ConsistentRead": True}})
        return {**answer, "UnprocessedKeys": {table: {"Keys": left}} if left else {}}

    meddled.treat("batch_get_item", half)
    found = meddled.port("strategy_config").venues([f"s{number}" for number in range(10)])
    assert set(found.values()) == {"okx"}


def test_keys_that_stay_left_over_are_transient_and_never_taken_for_missing(meddled: Meddled) -> None:
    def none(_: Call, request: dict[str, Any]) -> Any:
        return {"Responses": {}, "UnprocessedKeys": request["RequestItems"]}

    meddled.treat("batch_get_item", none)
    with pytest.raises(Transient, match="1 keys stayed unprocessed"):
        meddled.port("strategy_config").venues(["s1"])
    assert tables.BATCH_TRIES > 1


def insights(meddled: Meddled, *statuses: str) -> Insights:
    left = list(statuses)

    def answer(call: Call, request: dict[str, Any]) -> Any:
        real = call(**request)
        return {**real, "status": left.pop(0)} if left else real

    meddled.treat("get_query_results", answer)
    return Insights(meddled.parts.aws, SETTINGS.platform.log_group, sleep=lambda _: None)


QUERY = Query(("x",), NOW, LATER, 10)


def test_a_log_query_is_waited_for(meddled: Meddled) -> None:
    (answer,) = insights(meddled, "Scheduled", "Running", "Unknown").ask([QUERY], float("inf"))
    assert (answer.matched, answer.rows) == (0, ())


def test_a_log_query_that_does_not_end_in_time_is_transient(meddled: Meddled) -> None:
    with pytest.raises(Transient, match="1 queries still run"):
        insights(meddled, "Running", "Running").ask([QUERY], 0.0)


@pytest.mark.parametrize("status", ["Failed", "Cancelled", "Timeout"])
def test_a_log_query_that_ends_badly_is_transient_and_says_how(meddled: Meddled, status: str) -> None:
    with pytest.raises(Transient, match=status):
        insights(meddled, status).ask([QUERY], float("inf"))


def test_too_many_strategies_for_the_time_are_told_and_never_called_silent(
    meddled: Meddled, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("functions.adapters.logs.DEADLINE_SECONDS", -1.0)
    with pytest.raises(Transient, match="in time"):
        meddled.port("logs").signals(NOW, ["s1"])


def test_an_answer_of_the_log_that_names_nobody_ends_the_search(meddled: Meddled) -> None:
    cells = [{"field": "@timestamp", "value": "2026-01-31 03:00:00.000"}, {"field": "@message", "value": "x"}]
    answer = {"status": "Complete", "results": [cells], "statistics": {"recordsMatched": 5.0}}
    meddled.treat("get_query_results", lambda *_: answer)
    with pytest.raises(Transient, match="names none"):
        meddled.port("logs").signals(NOW, ["s1"])


def test_an_update_whose_answer_names_no_primary_deployment_may_have_happened(meddled: Meddled) -> None:
    meddled.treat("update_service", lambda *_: {"service": {"deployments": [{"status": "ACTIVE"}]}})
    with pytest.raises(Uncertain, match="no primary deployment"):
        meddled.port("service").redeploy(1)


def test_a_stop_of_some_between_whose_sentences_the_switch_is_released_halts_them_alone(meddled: Meddled) -> None:
    rig, said = meddled.rig, list[str]()
    rig.ports.halts.engage(Engage("inc-0", "arn:0", "first", "ben", NOW))

    def release_before_the_third(call: Call, request: dict[str, Any]) -> Any:
        said.append(request["UpdateExpression"])
        if len(said) == 3:
            assert rig.ports.halts.release("inc-0", stops=["arn:0"], strategy_ids=None, by="ben", at=NOW)
        return call(**request)

    meddled.treat("update_item", release_before_the_third)
    switch = meddled.port("halts").engage(Engage("inc-1", "arn:1", "second", "ana", NOW, ("s1",)))
    assert len(said) == 4
    assert (switch.engaged, switch.halt_id, switch.strategy_ids) == (True, "inc-1", ("s1",))
