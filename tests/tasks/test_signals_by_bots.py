"""Bots that are asked: whether they process their signals, and whether one of these made an exit due."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from functions.adapters.memory.bots import MemoryBot
from functions.adapters.memory.world import Line
from functions.errors import Refused, RunbookError, Transient
from functions.facts import AlarmFact, Check, ChecklistItem
from functions.rules.stuck.overdue import BY_BOT
from functions.rules.units.why_stuck import Why
from functions.settings import Settings
from functions.strategy_bot import BotFact, CandlesFact, SignalCandle
from functions.stuck import found
from functions.stuck.model import Job, begin
from functions.tasks import assess_position, check_positions, check_signals, delegate_positions, detect_stuck
from functions.verifying import Scope
from tests.tasks.rig import SETTINGS, Rig
from tests.tasks.stuck_rig import BTC, POSITION, STRATEGY, StuckRig, text

CANDLE = timedelta(minutes=5)
WITH_API = Settings.model_validate({**SETTINGS.model_dump(), "strategy_api": {"url": "http://bots/{strategy_id}"}})
ONE_BOT = Settings.model_validate({**SETTINGS.model_dump(), "strategy_api": {"urls": {"s1": "http://bots/s1"}}})
ALARM = SETTINGS.position_stuck_alarm


def bot(rig: Rig, strategy_id: str, *, analyzed: float = 5, opened: float = 300, **more: Any) -> MemoryBot:
    """One whose last candle opened so many seconds ago, with 240 candles."""
    fact: dict[str, Any] = {"strategy_id": strategy_id, "state": "running", "timeframe": "5m", "candle": CANDLE}
    fact |= {"strategy": "S", "bot_name": strategy_id, "exchange": "binance", "dry_run": False, "version": "2026.9"}
    last = rig.now - timedelta(seconds=opened)
    held = tuple(SignalCandle(last - back * CANDLE) for back in reversed(range(240)))
    at = rig.now - timedelta(seconds=analyzed)
    made = MemoryBot(BotFact(**{**fact, **more}), {BTC: CandlesFact(BTC, "5m", CANDLE, at, held)})
    rig.world.bots[strategy_id] = made
    return made


def signal(made: MemoryBot, back: int, name: str = "exit_long") -> datetime:
    """On the candle that many before the newest; when it closed."""
    whole = made.candles[BTC]
    held = list(whole.candles)
    held[-1 - back] = SignalCandle(held[-1 - back].opened_at, **{name: True})
    made.candles[BTC] = CandlesFact(BTC, "5m", CANDLE, whole.analyzed_at, tuple(held))
    return held[-1 - back].opened_at + CANDLE


# --- the checklist's line


@pytest.fixture
def rig() -> Rig:
    rig = Rig(WITH_API)
    rig.strategy("s1")
    return rig


def signals(rig: Rig, *strategy_ids: str) -> ChecklistItem:
    scope = Scope(child=True, strategy_ids=strategy_ids or None, since=rig.now - timedelta(seconds=600))
    item: ChecklistItem = rig.work(check_signals, run=rig.run(), scope=scope)
    return item


def test_bots_that_process_pass_by_their_api_alone(rig: Rig) -> None:
    bot(rig, "s1")
    item = signals(rig)
    assert (item.result, item.source) == (Check.PASS, "freqtrade's REST API")
    assert item.value == f"1 of 1 bots process ({BTC}: last analysed 5 s ago)"
    assert "POST /pair_candles" in item.query
    assert "1.5 timeframes and 30 s" in item.query
    assert "logs.signals" not in rig.world.calls


def test_a_log_that_cannot_be_read_hides_no_bot_that_stands_still() -> None:
    rig = Rig(ONE_BOT)
    rig.strategy("s1")
    rig.strategy("s2")
    rig.world.trouble["logs.signals"] = Transient("throttled")
    bot(rig, "s1", analyzed=1800)
    item = signals(rig)
    assert (item.result, item.about) == (Check.FAIL, ("s1",))
    assert "none seen from s2" in item.value
    bot(rig, "s1")
    with pytest.raises(Transient):
        signals(rig)


def test_a_bot_that_stands_still_fails_though_its_log_goes_on(rig: Rig) -> None:
    bot(rig, "s1", analyzed=1800)
    rig.world.lines = [Line(rig.now, "s1 signal processed")]
    item = signals(rig)
    assert (item.result, item.about) == (Check.FAIL, ("s1",))
    assert item.began_at == rig.now - timedelta(seconds=1800)
    assert "s1: BTC/USDT:USDT: last analysed 1800 s ago, 480 s are allowed" in item.value


@pytest.mark.parametrize("method", ["bot", "pairs", "candles"])
@pytest.mark.parametrize("error", [Transient("freqtrade of s1: HTTP 502"), Refused("freqtrade of s1: HTTP 401")])
def test_a_bot_that_cannot_be_read_is_unknown_whatever_its_log_says(
    rig: Rig, method: str, error: RunbookError
) -> None:
    bot(rig, "s1")
    rig.world.trouble[f"strategy_api.{method}"] = error
    rig.world.lines = [Line(rig.now, "s1 signal processed")]
    item = signals(rig)
    assert item.result is Check.UNKNOWN
    assert str(error) in item.value


def test_one_unreadable_bot_keeps_the_others_from_passing_and_none_from_failing(rig: Rig) -> None:
    rig.strategy("s2")
    bot(rig, "s2")
    assert signals(rig).result is Check.UNKNOWN
    assert signals(rig, "s2").result is Check.PASS
    bot(rig, "s2", opened=1800)
    item = signals(rig)
    assert (item.result, item.about) == (Check.FAIL, ("s2",))
    assert "s1: freqtrade of s1" in item.value


def test_an_empty_whitelist_is_no_proof(rig: Rig) -> None:
    bot(rig, "s1").candles.clear()
    assert signals(rig).result is Check.UNKNOWN


def test_a_strategy_without_an_api_is_told_by_its_log() -> None:
    one = {"s1": "http://bots/s1"}
    rig = Rig(Settings.model_validate({**SETTINGS.model_dump(), "strategy_api": {"urls": one}}))
    rig.strategy("s1")
    rig.strategy("s2")
    bot(rig, "s1")
    assert signals(rig).result is Check.UNKNOWN
    rig.world.lines = [Line(rig.now, "s2 signal processed")]
    item = signals(rig)
    assert item.result is Check.PASS
    assert item.source == f"freqtrade's REST API and {SETTINGS.platform.log_group}"
    assert item.value == (
        f"1 of 1 bots process ({BTC}: last analysed 5 s ago); 1 of 1 processed a signal since 02:50:00"
    )


def test_bots_for_which_no_time_is_left_are_unknown(rig: Rig) -> None:
    bot(rig, "s1")

    def late() -> None:
        rig.world.advance(seconds=40)

    rig.world.meanwhile["strategy_api.pairs"] = late
    item = signals(rig)
    assert item.result is Check.UNKNOWN
    assert "no time was left" in item.value


def test_while_everything_is_halted_nobody_is_asked(rig: Rig) -> None:
    rig.strategy("s1", status="stopped")
    rig.world.put("guards", {"guard_id": "kill-switch", "engaged": True})
    item = signals(rig)
    assert (item.result, "kill switch is engaged" in item.value) == (Check.SKIPPED, True)
    assert not any(call.startswith("strategy_api.") for call in rig.world.calls)


# --- an exit that only the bot tells of


@pytest.fixture
def stuck() -> StuckRig:
    """A position of which neither record nor orders tell an exit, and which is younger than it may be."""
    rig = StuckRig(WITH_API)
    rig.position(POSITION, STRATEGY, exit_signal_at=None)
    return rig


def look(rig: StuckRig) -> found.Found:
    return found.find(rig.ports(), rig.settings)


def detected(rig: StuckRig) -> detect_stuck.Response:
    answer: detect_stuck.Response = rig.work(detect_stuck)
    return answer


def test_an_exit_signal_makes_it_stuck_since_its_candle_closed(stuck: StuckRig) -> None:
    closed = signal(bot(stuck, STRATEGY), 3)
    (one,) = look(stuck).stuck
    assert (one.overdue.due_at, one.overdue.source) == (closed, BY_BOT)
    assert BY_BOT in one.overdue.told
    stuck.world.alarms[ALARM] = AlarmFact(ALARM, "ALARM", since=stuck.now)
    answer = detected(stuck)
    assert (answer.stuck, answer.unknown, len(answer.started)) == (1, 0, 1)


def test_without_a_signal_or_with_one_that_is_new_it_is_not_stuck(stuck: StuckRig) -> None:
    made = bot(stuck, STRATEGY)
    assert look(stuck) == found.Found((), (), 1)
    signal(made, 0)
    assert look(stuck) == found.Found((), (), 1)
    signal(made, 20, "exit_short")
    assert look(stuck) == found.Found((), (), 1)


def test_a_bot_is_not_asked_where_something_else_tells_of_the_exit(stuck: StuckRig) -> None:
    bot(stuck, STRATEGY)
    stuck.position(POSITION, STRATEGY, exit_signal_at=text(stuck.now - timedelta(seconds=10)))
    assert look(stuck).stuck == ()
    stuck.position(POSITION, STRATEGY, exit_signal_at=None, opened_at=text(stuck.now - timedelta(days=9)))
    assert len(look(stuck).stuck) == 1
    assert not any(call.startswith("strategy_api.") for call in stuck.world.calls)


def test_a_bot_that_does_not_answer_is_named_and_raises_no_alarm(stuck: StuckRig) -> None:
    seen = look(stuck)
    assert (seen.stuck, seen.unknown) == ((), ())
    assert seen.unsignalled[0].startswith(f"{POSITION}: freqtrade of {STRATEGY}")
    answer = detected(stuck)
    assert (answer.stuck, answer.unknown) == (0, 1)
    assert [value for _, value, _ in stuck.world.measures] == [0]


def test_candles_that_end_early_are_not_taken_for_no_signal(stuck: StuckRig) -> None:
    bot(stuck, STRATEGY, opened=1800)
    assert "whether an exit is due is not known" in look(stuck).unsignalled[0]


def test_a_position_without_any_time_counts_where_its_bot_does_not_answer(stuck: StuckRig) -> None:
    stuck.position(POSITION, STRATEGY, exit_signal_at=None, opened_at=None)
    assert len(look(stuck).unknown) == 1
    signal(bot(stuck, STRATEGY), 0)
    stuck.world.advance(seconds=300)
    assert len(look(stuck).stuck) == 1


def test_the_bot_of_a_strategy_that_manages_nothing_is_not_asked(stuck: StuckRig) -> None:
    stuck.strategy(STRATEGY, status="stopped")
    signal(bot(stuck, STRATEGY), 3)
    assert look(stuck) == found.Found((), (), 1)
    stuck.strategy(STRATEGY, status="paused")
    assert len(look(stuck).stuck) == 1


def test_a_thousand_positions_of_bots_that_hang_end_in_time_and_by_name(stuck: StuckRig) -> None:
    lock = threading.Lock()

    def hang(strategy_id: str) -> None:
        with lock:
            stuck.world.advance(milliseconds=400)
        raise Transient(f"freqtrade of {strategy_id}: no answer")

    ports = stuck.ports()

    class Hanging:
        def bot(self, strategy_id: str) -> None:
            stuck.world.calls.append("strategy_api.bot")
            hang(strategy_id)

    for number in range(999):
        strategy_id = f"s{number % 250}"
        stuck.strategy(strategy_id)
        stuck.position(f"p{number}", strategy_id, exit_signal_at=None)
    hanging: Any = Hanging()
    begun = stuck.now
    seen = found.find(replace(ports, strategy_api=hanging), stuck.settings, until=begun + timedelta(seconds=40))
    assert len(seen.unsignalled) == 1_000
    assert stuck.now - begun < found.BOTS_FOR + timedelta(seconds=0.4 * found.BOTS_AT_ONCE + 1)
    # Each bot once at most, however many positions it holds.
    assert stuck.world.calls.count("strategy_api.bot") <= 40


def test_the_run_of_the_position_knows_when_its_exit_was_due(stuck: StuckRig) -> None:
    closed = signal(bot(stuck, STRATEGY), 3)
    stuck.venue.rates["BTC", "USDT"] = Decimal(60_000)
    job = Job(run=stuck.the_run, position_id=POSITION, guard_id=stuck.unit.guard_id, reason=None)
    asked = stuck.work(assess_position, look=begin(job))
    assert asked.verdict == "ask"
    assert asked.question is not None
    told = str(asked.question)
    assert f"{closed:%Y-%m-%d %H:%M:%S} UTC by {BY_BOT}" in told
    why = asked.memo.stuck_by
    assert (why.why, why.due_at) == (Why.NEVER_SUBMITTED, closed)
    assert f"(by {BY_BOT}), and no exit order was ever sent" in why.detail
    del stuck.world.bots[STRATEGY]
    assert stuck.work(assess_position, look=begin(job)).verdict == "end"


def test_what_the_detector_saw_by_a_bot_that_is_silent_to_the_run_is_asked_about(stuck: StuckRig) -> None:
    """A run of its name is started but once while the alarm is up."""
    run = stuck.the_run.model_copy(update={"alarm_at": text(stuck.now)})
    job = Job(run=run, position_id=POSITION, guard_id=stuck.unit.guard_id, reason=None)
    asked = stuck.work(assess_position, look=begin(job))
    assert asked.verdict == "ask"
    assert "no exit is due by record and orders, and beyond them: freqtrade" in str(asked.question)
    bot(stuck, STRATEGY)
    assert stuck.work(assess_position, look=begin(job)).verdict == "end"


def test_the_checklist_does_not_pass_a_position_whose_bot_cannot_be_asked(stuck: StuckRig) -> None:
    def item() -> ChecklistItem:
        scope = Scope(child=True, strategy_ids=(STRATEGY,), since=stuck.now)
        answer: ChecklistItem = stuck.work(check_positions, run=stuck.the_run, scope=scope)
        return answer

    assert item().result is Check.UNKNOWN
    made = bot(stuck, STRATEGY)
    assert item().result is Check.PASS
    signal(made, 3)
    assert item().result is Check.FAIL


def test_the_run_of_all_names_the_positions_whose_bots_were_not_asked(stuck: StuckRig) -> None:
    stuck.work(delegate_positions, run=stuck.the_run)
    evidence = stuck.item(stuck.the_run.incident_id)["evidence"]
    assert [one["what"] for one in evidence] == ["not asked"]
