"""Symbols that their venue does not trade any more: two reads, a replacement, out of the configs, or a person."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from functions.adapters.memory.venue import a_market
from functions.errors import Transient
from functions.facts import Result
from functions.orders.update_symbol import MOST_READS
from functions.rules.orders.causes import Cause
from functions.venue import Row, Trouble
from tests.tasks.remedy_rig import BTC, ETH, INCIDENT, A, B, RemedyRig

SOL, SOL2, POL = "SOL/USDT:USDT", "SOL2/USDT:USDT", "POL/USDT:USDT"


@pytest.fixture
def rig() -> RemedyRig:
    """`alpha` trades BTC and SOL, which is settling."""
    rig = RemedyRig()
    rig.config(A, symbols=[SOL, BTC])
    settling(rig)
    return rig


def settling(rig: RemedyRig, symbol: str = SOL) -> None:
    rig.venue.markets[symbol] = replace(a_market(symbol), active=False, status="SETTLING")


def group(rig: RemedyRig, *symbols: str, **more: Any) -> Any:
    return rig.group(Cause.INVALID_SYMBOL, symbols=symbols or (SOL,), codes=("-4141",), **more)


def test_a_delisted_symbol_goes_out_of_the_config_after_two_reads(rig: RemedyRig) -> None:
    end = rig.walk(group(rig))
    assert (rig.steps, rig.waited, rig.asked) == (["wait", "act", "end"], [5], [])
    assert (end.ending, end.result) == ("acted", Result.DONE)
    assert rig.stands(A)["symbols"] == [BTC]
    assert rig.stands(A)["change_symbols"]["old"] == [SOL, BTC]
    assert rig.stands(B)["symbols"] == [BTC, ETH]
    assert end.follow_ups == (f"runbooks config undo {INCIDENT} --env local",)


def test_one_that_the_venue_does_not_know_at_all_is_gone_too(rig: RemedyRig) -> None:
    del rig.venue.markets[SOL]
    assert rig.walk(group(rig)).ending == "acted"
    assert rig.stands(A)["symbols"] == [BTC]


def test_one_that_trades_again_on_the_second_read_stays(rig: RemedyRig) -> None:
    end = rig.walk(group(rig), waits=lambda _: rig.venue.markets.update({SOL: a_market(SOL)}))
    assert (end.ending, end.result, rig.writes()) == ("over", Result.DONE, [])
    assert rig.stands(A)["symbols"] == [SOL, BTC]


def test_one_that_went_only_by_the_second_read_is_read_a_third_time(rig: RemedyRig) -> None:
    rig.venue.markets[SOL] = a_market(SOL)
    end = rig.walk(group(rig), waits=lambda _: settling(rig))
    assert (end.ending, rig.waited, rig.stands(A)["symbols"]) == ("acted", [5, 5], [BTC])


def test_a_read_that_fails_is_no_proof_and_is_done_again(rig: RemedyRig) -> None:
    rig.world.trouble["exchange.market"] = Transient("no answer")
    end = rig.walk(group(rig), waits=lambda _: rig.world.trouble.clear() if len(rig.waited) == 2 else None)
    assert (end.ending, len(rig.waited), rig.stands(A)["symbols"]) == ("acted", 3, [BTC])


def test_what_stays_unread_is_told_and_nothing_is_changed(rig: RemedyRig) -> None:
    rig.world.trouble["exchange.market"] = Transient("no answer")
    end = rig.walk(group(rig))
    assert (end.ending, end.result, len(rig.waited), rig.writes()) == ("gave_up", None, MOST_READS, [])
    assert SOL in end.why


def test_the_only_symbol_of_a_strategy_is_asked_about(rig: RemedyRig) -> None:
    rig.config(A, symbols=[SOL])
    assert rig.walk(group(rig), "decline").ending == "declined"
    assert rig.options() == ["take_out", "another_name", "leave_open", "decline"]
    told = next(one.consequence for one in rig.asked[0].options if one.id == "take_out")
    assert "alpha trades nothing then" in told
    end = rig.walk(group(rig), "take_out")
    assert (end.ending, end.decided_by, rig.stands(A)["symbols"]) == ("acted", ("ana",), [])


def test_by_the_log_alone_nothing_is_taken_out_unasked(rig: RemedyRig) -> None:
    assert rig.walk(group(rig, confirmed=False), "decline").ending == "declined"
    assert rig.writes() == []


def test_a_renamed_symbol_is_replaced_where_it_stood_after_a_person_says_so(rig: RemedyRig) -> None:
    del rig.venue.markets[SOL]
    rig.venue.markets[SOL2] = a_market(SOL2)
    rig.config(B, symbols=[ETH, SOL, SOL2])
    end = rig.walk(group(rig), "replace_1")
    assert rig.options() == ["replace_1", "take_out", "another_name", "leave_open", "decline"]
    assert rig.facts()["It may be called now"] == SOL2
    assert (end.ending, end.result) == ("acted", Result.DONE)
    assert (rig.stands(A)["symbols"], rig.stands(B)["symbols"]) == ([SOL2, BTC], [ETH, SOL2])


def test_several_candidates_are_an_option_each(rig: RemedyRig) -> None:
    for symbol in (SOL2, "1000SOL/USDT:USDT", "SOL/USDC:USDC", "SOLX/USDT:USDT"):
        rig.venue.markets[symbol] = a_market(symbol)
    rig.walk(group(rig), "replace_2")
    assert rig.options()[:3] == ["replace_1", "replace_2", "take_out"]
    assert rig.stands(A)["symbols"] == ["1000SOL/USDT:USDT", BTC]


@pytest.mark.parametrize("note", ["POL", "polusdt", " POL/USDT:USDT "])
def test_a_name_that_nobody_could_guess_is_typed_looked_up_and_asked_about(rig: RemedyRig, note: str) -> None:
    rig.config(A, symbols=[SOL])
    rig.venue.markets[POL] = a_market(POL)
    end = rig.walk(group(rig), ("another_name", {"note": note}), "replace_1")
    assert rig.facts(1)["The name that was typed"] == f"{POL}: traded at binanceusdm"
    assert (end.ending, rig.stands(A)["symbols"]) == ("acted", [POL])


@pytest.mark.parametrize(
    ("note", "told"),
    [("MATICX", "MATICX/USDT:USDT: not known to the venue"), ("what?", "what?: no name of a symbol"),
     ("XRP", "XRP/USDT:USDT: not traded (SETTLING)")],
)  # fmt: skip
def test_a_name_that_the_venue_does_not_trade_replaces_nothing_and_is_said(
    rig: RemedyRig, note: str, told: str
) -> None:
    rig.config(A, symbols=[SOL])
    settling(rig, "XRP/USDT:USDT")
    end = rig.walk(group(rig), ("another_name", {"note": note}), "decline")
    assert rig.facts(1)["The name that was typed"].startswith(told)
    assert "replace_1" not in rig.options()
    assert (end.ending, rig.writes()) == ("declined", [])


def test_the_last_question_offers_no_further_name(rig: RemedyRig) -> None:
    rig.config(A, symbols=[SOL])
    typed = ("another_name", {"note": "MATICX"})
    rig.walk(group(rig), typed, typed, "decline")
    assert ["another_name" in [one.id for one in put.options] for put in rig.asked] == [True, True, False]


def test_what_is_taken_out_unasked_is_told_with_the_way_back(rig: RemedyRig) -> None:
    end = rig.walk(group(rig))
    assert any(f"should {SOL} have a new name: `runbooks config undo" in told for told in end.known)


@pytest.mark.parametrize("status", ["open", "closing"])
def test_with_a_position_in_it_a_person_is_told_and_nothing_is_changed(rig: RemedyRig, status: str) -> None:
    rig.position("p1", A, SOL, status=status)
    end = rig.walk(group(rig))
    assert (end.ending, end.result, rig.writes(), rig.asked) == ("gave_up", Result.NOT_DONE, [], [])
    assert "a position is open in it: p1" in end.why


def test_a_position_that_only_the_venue_knows_counts_too(rig: RemedyRig) -> None:
    unit = rig.position("p1", A, SOL)
    rig.world.put("positions", {**(rig.world.item("positions", "p1") or {}), "status": "closed"})
    assert rig.venue.amount(unit)
    end = rig.walk(group(rig))
    assert (end.ending, rig.writes()) == ("gave_up", [])
    assert "holds a position in it" in end.why


def test_a_position_that_was_opened_while_the_question_stood_keeps_the_symbol(rig: RemedyRig) -> None:
    rig.config(A, symbols=[SOL])

    def opened(_: object) -> None:
        rig.position("p1", A, SOL)

    end = rig.walk(group(rig), "take_out", asked=opened)
    assert (end.ending, end.result, rig.writes()) == ("gave_up", Result.NOT_DONE, [])
    assert "a position is open in it: p1" in end.why


def test_a_symbol_that_trades_again_by_the_answer_stays(rig: RemedyRig) -> None:
    rig.config(A, symbols=[SOL])
    end = rig.walk(group(rig), "take_out", asked=lambda _: rig.venue.markets.update({SOL: a_market(SOL)}))
    assert (end.ending, rig.writes(), rig.stands(A)["symbols"]) == ("over", [], [SOL])
    assert any("is traded again since the question was asked" in told for told in end.known)


def test_a_position_in_one_symbol_keeps_no_other_from_being_taken_out(rig: RemedyRig) -> None:
    rig.config(A, symbols=[SOL, BTC, ETH])
    settling(rig, ETH)
    rig.position("p1", A, SOL)
    end = rig.walk(group(rig, SOL, ETH))
    assert (end.ending, end.result) == ("gave_up", Result.NOT_DONE)
    assert "a position is open in it: p1" in end.why
    assert rig.stands(A)["symbols"] == [SOL, BTC]
    assert end.follow_ups


def crowd(rig: RemedyRig, strategies: int, symbols: int) -> Any:
    names = tuple(f"desk/momentum-{number:05}" for number in range(strategies))
    for name in names:
        rig.config(name, symbols=[SOL, *(f"S{number:03}/USDT:USDT" for number in range(symbols))])
    return group(rig, strategy_ids=names)


def test_long_lists_of_many_strategies_are_changed_in_parts_that_fit_into_a_state(rig: RemedyRig) -> None:
    about = crowd(rig, 100, 200)
    end = rig.walk(about)
    assert (end.ending, end.result) == ("acted", Result.DONE)
    assert rig.steps.count("act") > 1
    assert not any(SOL in rig.stands(one)["symbols"] for one in about.strategy_ids)


def test_lists_that_are_too_long_for_one_question_are_a_persons_by_name(rig: RemedyRig) -> None:
    rig.venue.markets[SOL2] = a_market(SOL2)
    end = rig.walk(crowd(rig, 60, 200))
    assert (end.ending, end.result, rig.asked, rig.writes()) == ("gave_up", Result.NOT_DONE, [], [])
    assert "too long for one question" in end.why


@pytest.mark.parametrize("port", ["positions.each_open", "exchange.positions"])
def test_positions_that_cannot_be_read_count_as_open(rig: RemedyRig, port: str) -> None:
    rig.world.trouble[port] = Transient("no answer")
    end = rig.walk(group(rig))
    assert (end.ending, rig.writes()) == ("gave_up", [])
    assert "not readable" in end.why


def test_a_list_that_somebody_changed_meanwhile_is_not_written_over(rig: RemedyRig) -> None:
    end = rig.walk(group(rig), acts=lambda _: rig.someone_sets(A, symbols=[SOL, BTC, ETH]))
    assert (end.ending, end.result, rig.stands(A)["symbols"]) == ("acted", Result.NOT_DONE, [SOL, BTC, ETH])


def test_two_symbols_are_cured_one_after_the_other_and_undone_as_one(rig: RemedyRig) -> None:
    settling(rig, ETH)
    rig.config(A, symbols=[SOL, BTC, ETH])
    end = rig.walk(group(rig, SOL, ETH))
    assert (end.result, rig.stands(A)["symbols"], rig.stands(B)["symbols"]) == (Result.DONE, [BTC], [BTC])
    assert rig.ports().strategy_config.undo(A, "symbols", incident_id=INCIDENT)
    assert rig.stands(A)["symbols"] == [SOL, BTC, ETH]


def test_one_that_nobody_has_in_the_config_any_more_is_over(rig: RemedyRig) -> None:
    rig.config(A, symbols=[BTC])
    end = rig.walk(group(rig))
    assert (end.ending, end.result, rig.writes()) == ("over", Result.DONE, [])


def test_for_paper_the_venue_is_not_asked(rig: RemedyRig) -> None:
    for strategy_id in (A, B):
        rig.someone_sets(strategy_id, mode="paper")
    end = rig.walk(group(rig))
    assert (end.ending, rig.writes()) == ("gave_up", [])
    assert not any(call.startswith("exchange.") for call in rig.world.calls)


def test_a_dry_run_reads_twice_and_says_what_it_would_take_out(rig: RemedyRig) -> None:
    end = rig.walk(group(rig), dry_run=True)
    assert (end.ending, rig.writes(), rig.waited) == ("dry_run", [], [5])
    assert f"symbols without {SOL}: {BTC}" in end.why


def test_the_kill_switch_keeps_the_config(rig: RemedyRig) -> None:
    end = rig.walk(group(rig), waits=lambda _: rig.engage())
    assert (end.ending, rig.writes()) == ("refused", [])


def test_without_the_venues_list_nobody_is_offered_a_new_name(rig: RemedyRig) -> None:
    rig.venue.markets[SOL2] = a_market(SOL2)
    rig.world.trouble["exchange.symbols"] = Transient("no answer")
    rig.config(A, symbols=[SOL])
    rig.walk(group(rig), "decline")
    assert rig.options() == ["take_out", "another_name", "leave_open", "decline"]


def test_while_nobody_knows_the_new_names_nothing_is_taken_out_unasked(rig: RemedyRig) -> None:
    """It may only be called otherwise now."""
    rig.world.trouble["exchange.symbols"] = Transient("no answer")
    assert rig.walk(group(rig), "decline").ending == "declined"
    assert rig.facts()["It may be called now"].startswith("not known")
    assert rig.writes() == []


@pytest.mark.parametrize("status", ["BREAK", "HALT", "PENDING_TRADING", "suspend", "not tradeable", None])
def test_a_symbol_that_is_only_halted_stays_until_a_person_says_otherwise(
    rig: RemedyRig, status: str | None
) -> None:
    rig.venue.markets[SOL] = replace(a_market(SOL), active=False, status=status)
    end = rig.walk(group(rig), "decline")
    assert (end.ending, rig.writes(), rig.stands(A)["symbols"]) == ("declined", [], [SOL, BTC])
    assert "may be halted" in rig.facts()["It may trade again"]


@pytest.mark.parametrize("status", ["PRE_DELIVERING", "DELIVERING", "CLOSE", "Closed", "PRE_SETTLE", "expired"])
def test_a_symbol_that_its_venue_ends_goes_unasked(rig: RemedyRig, status: str) -> None:
    rig.venue.markets[SOL] = replace(a_market(SOL), active=False, status=status)
    assert (rig.walk(group(rig)).ending, rig.stands(A)["symbols"]) == ("acted", [BTC])


@pytest.mark.parametrize("status", ["BREAK", "SETTLING"])
def test_while_a_whole_venue_trades_nothing_no_symbol_goes_unasked(rig: RemedyRig, status: str) -> None:
    for symbol in list(rig.venue.markets):
        rig.venue.markets[symbol] = replace(a_market(symbol), active=False, status=status)
    end = rig.walk(group(rig, SOL, BTC), "decline")
    assert (end.ending, rig.writes()) == ("declined", [])
    assert rig.facts()["It may be called now"].startswith("not known")


def test_a_position_of_which_nobody_can_read_the_symbol_counts_too(rig: RemedyRig) -> None:
    rig.position("p1", A, BTC)
    item = rig.world.item("positions", "p1") or {}
    rig.world.put("positions", {name: value for name, value in item.items() if name != "symbol"})
    end = rig.walk(group(rig))
    assert (end.ending, rig.writes()) == ("gave_up", [])
    assert "a position is open in it: p1" in end.why


def test_a_venue_that_counts_us_is_asked_after_no_other_symbol_before_its_pause_is_over(rig: RemedyRig) -> None:
    rig.config(A, symbols=[SOL, BTC, ETH])
    refused = Transient("429").of(Trouble(Row.RATE_LIMITED, "DDoSProtection", "-1003", "slow down", retry_after=90))
    rig.world.trouble["exchange.market"] = refused
    asked: list[int] = []

    def waits(_: int) -> None:
        asked.append(rig.world.calls.count("exchange.market"))
        rig.world.trouble.clear()

    end = rig.walk(group(rig, SOL, ETH, BTC), waits=waits)
    assert (asked[0], rig.waited[:2]) == (1, [90, 5])
    assert (end.ending, rig.stands(A)["symbols"]) == ("acted", [BTC, ETH])


def test_a_venue_that_is_to_be_left_alone_for_hours_is_not_asked_again(rig: RemedyRig) -> None:
    banned = Transient("418").of(Trouble(Row.RATE_LIMITED, "DDoSProtection", "-1003", "banned", retry_after=7_200))
    rig.world.trouble["exchange.market"] = banned
    end = rig.walk(group(rig))
    assert (end.ending, rig.waited, rig.world.calls.count("exchange.market")) == ("gave_up", [], 1)


def test_symbols_that_are_no_list_are_left_alone(rig: RemedyRig) -> None:
    rig.config(A, symbols=SOL)
    end = rig.walk(group(rig))
    assert (end.ending, rig.writes(), rig.stands(A)["symbols"]) == ("over", [], SOL)
