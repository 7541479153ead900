"""The whole way back in memory: stop, resume, and what happens between."""

from __future__ import annotations

from decimal import Decimal

import pytest

from functions.errors import Transient
from functions.facts import Outcome, ProbeFact, Reading
from tests.tasks.resumes import RESUME, STOP, ResumeDesk, names

SECOND = STOP.replace(":s1", ":s2")


def test_everybody_trades_again_as_before_the_stop() -> None:
    desk = ResumeDesk()
    desk.platform(*names(12))
    desk.platform("w1", status="warmup")
    desk.platform("idle", status="stopped")
    desk.stop()
    assert not desk.trading()
    end = desk.resume()
    assert end.output.outcome is Outcome.RESOLVED, end.cause
    assert desk.trading() == {*names(12), "w1"}
    assert desk.statuses() == {**dict.fromkeys(names(12), "running"), "w1": "warmup", "idle": "stopped"}
    assert desk.world.service is not None
    assert desk.world.service.desired == 1
    assert desk.switch()["engaged"] is False
    assert set(end.output.not_proven) == {"positions", "account"}


def test_one_comes_first_and_then_batches() -> None:
    desk = ResumeDesk()
    desk.platform(*names(12))
    desk.stop()
    seen = []
    desk.each = lambda name: seen.append(len(desk.trading())) if name == "bring_back_strategies" else None
    desk.resume()
    assert seen == [1, 6, 11, 12]


STEPS = (
    "plan_resume", "answer", "release_kill_switch", "restore_service", "look_for_service",
    "plan_batch", "bring_back_strategies", "look_at_batch", "promote_batch", "stop_failed",
)  # fmt: skip


@pytest.mark.parametrize("decision", ["trading", "manage_only"])
@pytest.mark.parametrize("turn", [1, 2])
@pytest.mark.parametrize("step", STEPS)
def test_nothing_trades_after_a_second_stop_at_any_step(step: str, turn: int, decision: str) -> None:
    """Neither the strategies nor the service come up after it, and the end says so. A stop before the plan is one
    that people are asked about."""
    desk = ResumeDesk()
    desk.platform(*names(12))
    desk.stop()
    turns: list[str] = []

    def again(name: str) -> None:
        turns.append(name)
        if name == step and turns.count(step) == turn:
            desk.stop(SECOND, reason="once more", requested_by="dora")

    desk.each = again
    end = desk.resume(decision)
    if turns.count(step) < turn:
        assert end.output.outcome is Outcome.RESOLVED, end.cause
        return
    assert not desk.trading()
    # Who managed his exits when everything was stopped again does not trade, and so is left as he is.
    assert set(desk.statuses().values()) <= ({"stopped"} if decision == "trading" else {"stopped", "paused"})
    assert desk.switch()["engaged"] is True
    assert desk.world.service is not None
    assert desk.world.service.desired == 0
    assert end.output.outcome is Outcome.ESCALATED, end.output
    assert "stopped again" in end.cause


def test_what_a_second_stop_left_behind_comes_back_with_the_next_resume() -> None:
    desk = ResumeDesk()
    desk.platform(*names(12))
    desk.stop()
    desk.each = lambda name: desk.stop(SECOND) if name == "stop_failed" and desk.steps.count(name) == 2 else None
    assert desk.resume().output.outcome is Outcome.ESCALATED
    desk.each = lambda _: None
    end = desk.resume(execution=RESUME + "-2")
    assert end.output.outcome is Outcome.RESOLVED, end.cause
    assert desk.trading() == set(names(12))


@pytest.mark.parametrize("when", ["bring_back_strategies", "look_at_batch"])
def test_who_was_stopped_again_in_warmup_trades_as_before_the_first_halt(when: str) -> None:
    desk = ResumeDesk()
    desk.platform(*names(12))
    desk.stop()
    before = SECOND.replace(":s2", ":s3")
    desk.each = lambda name: desk.stop(SECOND) if name == when and desk.steps.count(name) == 2 else None
    assert desk.resume().output.outcome is Outcome.ESCALATED
    desk.each = lambda name: desk.stop(before) if name == when and desk.steps.count(name) == 4 else None
    assert desk.resume(execution=RESUME + "-2").output.outcome is Outcome.ESCALATED
    desk.each = lambda _: None
    assert desk.resume(execution=RESUME + "-3").output.outcome is Outcome.RESOLVED
    assert set(desk.statuses().values()) == {"running"}


def test_a_run_that_was_cut_off_is_gone_on_with_by_the_next_one() -> None:
    desk = ResumeDesk()
    desk.platform(*names(12))
    desk.stop()

    def cut(name: str) -> None:
        if name == "promote_batch":
            raise KeyboardInterrupt

    desk.each = cut
    with pytest.raises(KeyboardInterrupt):
        desk.resume()
    desk.each = lambda _: None
    desk.execution(RESUME, "ABORTED")
    desk.world.advance(minutes=3)
    end = desk.resume(execution=RESUME + "-2")
    assert end.output.outcome is Outcome.RESOLVED, end.cause
    assert desk.trading() == set(names(12))


def test_the_first_that_fails_halts_everything_again() -> None:
    desk = ResumeDesk()
    desk.platform(*names(12))
    desk.broken = {"s00000"}
    desk.stop()
    end = desk.resume()
    assert end.output.outcome is Outcome.ESCALATED
    assert not desk.trading()
    assert desk.switch()["engaged"] is True
    started = [one for one in desk.world.executions.values() if one.runbook == "emergency-stop"]
    assert len(started) == 2
    assert "halted again" in end.cause


def test_one_of_a_large_batch_that_fails_is_stopped_by_itself() -> None:
    desk = ResumeDesk()
    desk.platform(*names(30))
    desk.broken = {"s00003"}
    desk.stop()
    end = desk.resume()
    assert desk.trading() == set(names(30)) - {"s00003"}
    assert desk.switch()["engaged"] is False
    assert end.output.outcome is Outcome.ESCALATED
    assert "s00003" in end.cause
    desk.broken.clear()
    end = desk.resume(execution=RESUME + "-2", strategy_ids=["s00003"])
    assert end.output.outcome is Outcome.RESOLVED, end.cause
    assert desk.trading() == set(names(30))


def test_more_than_a_fifth_of_a_batch_halts_everything_again() -> None:
    desk = ResumeDesk()
    desk.platform(*names(12))
    desk.broken = {"s00001", "s00002"}
    desk.stop()
    end = desk.resume()
    assert desk.switch()["engaged"] is True
    assert "2 of 5 strategies" in end.cause


def test_an_exchange_that_goes_down_on_the_way_halts_everything_again() -> None:
    desk = ResumeDesk()
    desk.platform(*names(12))
    desk.stop()
    url = desk.settings.connectivity.exchange["binanceusdm"]

    def down(name: str) -> None:
        if name == "stop_failed":
            desk.world.probes[url] = ProbeFact(url, Reading.FAILED, "HTTP 503", desk.now)

    desk.each = down
    end = desk.resume()
    assert desk.switch()["engaged"] is True
    assert "does not answer" in end.cause


def test_exits_only_and_trading_later() -> None:
    desk = ResumeDesk()
    desk.platform(*names(6))
    desk.stop()
    end = desk.resume("manage_only")
    assert end.output.outcome is Outcome.RESOLVED, end.cause
    assert set(desk.statuses().values()) == {"paused"}
    assert desk.switch()["engaged"] is True
    assert "exits managed" in end.output.not_proven
    assert "1 stopped" in str(desk.world.items("incidents"))
    assert "1 paused, managing exits" not in str(desk.world.items("incidents"))
    end = desk.resume(execution=RESUME + "-2")
    assert end.output.outcome is Outcome.RESOLVED, end.cause
    assert desk.trading() == set(names(6))
    assert desk.switch()["engaged"] is False
    assert "1 paused, managing exits" in str(desk.world.items("incidents"))


def test_some_come_back_while_the_rest_stays_halted() -> None:
    desk = ResumeDesk()
    desk.platform(*names(6))
    desk.stop()
    end = desk.resume(strategy_ids=["s00001", "s00002"])
    assert end.output.outcome is Outcome.RESOLVED, end.cause
    assert desk.trading() == {"s00001", "s00002"}
    assert desk.switch()["engaged"] is True
    assert desk.world.service is not None
    assert desk.world.service.desired == 1


def test_a_part_that_was_stopped_alone_comes_back_while_the_others_trade() -> None:
    desk = ResumeDesk()
    desk.platform(*names(6))
    desk.stop(strategy_ids=["s00001"])
    assert len(desk.trading()) == 5
    end = desk.resume()
    assert end.output.outcome is Outcome.RESOLVED, end.cause
    assert desk.trading() == set(names(6))


def test_a_quiet_market_is_named_and_no_failure() -> None:
    desk = ResumeDesk()
    desk.platform(*names(3))
    desk.mute = {"s00001"}
    desk.stop()
    end = desk.resume()
    assert end.output.outcome is Outcome.RESOLVED, end.cause
    assert "signals" in end.output.not_proven


def test_thousands_fit_into_every_state() -> None:
    """The rig holds every answer below 200 kB; the list of all lies in the bucket."""
    desk = ResumeDesk()
    desk.platform(*(f"strategy-with-a-rather-long-name-{name}" for name in names(1_000)))
    desk.stop()
    end = desk.resume()
    assert end.output.outcome is Outcome.RESOLVED, end.cause
    assert len(desk.trading()) == 1_000
    [rows] = [body for key, (body, _) in desk.world.objects.items() if key.endswith("strategies.jsonl")]
    assert len(rows.splitlines()) == 1_000
    assert desk.steps.count("plan_batch") <= desk.settings.limits.resume_batches_most + 1


def test_the_question_tells_the_exposure_as_the_tables_have_it_and_never_takes_unreadable_for_none() -> None:
    desk = ResumeDesk()
    desk.platform(*names(3))
    desk.stop()
    desk.world.put("positions", {
        "position_id": "p1", "strategy_id": names(3)[0], "symbol": "BTC/USDT:USDT", "side": "long",
        "amount": Decimal("0.5"), "status": "open", "exchange": "binanceusdm",
    })  # fmt: skip
    question = desk.planned(desk.opened_resume()).question
    assert question is not None
    told = next(line.value for line in question.facts if line.name == "Open positions")
    assert told == "1 in the table, 1 without a protective order there"
    desk.world.trouble["positions.each_open"] = Transient("throttled")
    question = desk.planned(desk.opened_resume(RESUME + "-2")).question
    assert question is not None
    told = next(line.value for line in question.facts if line.name == "Open positions")
    assert told.startswith("not readable")
