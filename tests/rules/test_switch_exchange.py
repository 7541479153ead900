"""Who may trade at the fallback exchange: only those with nothing open, everything else stays and is named."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.approvals import Risk
from functions.facts import Evidence, ExposureFact, KillSwitchFact, OrderFact, PositionFact, ProbeFact, Reading
from functions.rules.asking.phrase import distinct, matches, normal
from functions.rules.switch_exchange import (
    MOST_LOOKS,
    MOST_SECONDS,
    Config,
    Kept,
    Seen,
    Switch,
    divide,
    longer,
    way_back,
)
from functions.rules.switch_question import KEEP_WAITING, LEAVE, SWITCH, Asking, question

NOW = datetime(2026, 3, 1, 3, tzinfo=UTC)
VENUE = "binanceusdm"
RELEASED = KillSwitchFact(engaged=False)


def position(strategy_id: str, status: str = "open") -> PositionFact:
    return PositionFact(f"p-{strategy_id}", strategy_id, "BTC/USDT:USDT", "long", Decimal(1), status)


def order(position_id: str, strategy_id: str | None, *, protective: bool = False) -> OrderFact:
    return OrderFact(position_id, "o-1", strategy_id, "sell", "limit", "open", protective)


def probe(reading: Reading = Reading.OK) -> ProbeFact:
    return ProbeFact(
        "https://bybit.example/ping", reading, "HTTP 200" if reading is Reading.OK else "timed out", NOW
    )


def seen(**more: Any) -> Seen:
    found: dict[str, Any] = {"exposure": ExposureFact(), "kill_switch": RELEASED, "fallbacks": {"bybit": probe()}}
    return Seen(**{**found, **more})


def config(strategy_id: str = "a", exchange: str | None = VENUE, fallback: str | None = "bybit") -> Config:
    return Config(strategy_id, exchange, fallback)


def why(it: Config, what: Seen) -> str:
    switches, kept = divide([it], VENUE, what)
    assert switches == ()
    return kept[0].why


def test_a_strategy_with_nothing_open_and_a_fallback_that_answers_may_be_switched() -> None:
    assert divide([config()], VENUE, seen()) == ((Switch("a", "bybit"),), ())


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"exposure": ExposureFact(positions=(position("a"),))}, "it has open positions there: p-a"),
        ({"exposure": ExposureFact(positions=(position("a", "closing"),))}, "closing positions there: p-a"),
        ({"exposure": ExposureFact(orders=(order("p-x", "a"),))}, "working orders there: o-1"),
        ({"exposure": ExposureFact(orders=(order("p-x", "a", protective=True),))}, "working orders there: o-1"),
        ({"exposure": ExposureFact(orders=(order("p-x", None),))}, "working orders there: o-1"),
        ({"exposure": ExposureFact(unreadable=("orders: denied",))}, "could not be read"),
        ({"exposure": None}, "could not be read"),
        ({"kill_switch": None}, "the kill switch could not be read"),
        ({"kill_switch": KillSwitchFact(engaged=True, reason="drill")}, "the kill switch is engaged: drill"),
        ({"kill_switch": KillSwitchFact(engaged=True, strategy_ids=("a",))}, "the kill switch is engaged for a"),
        ({"fallbacks": {"bybit": probe(Reading.FAILED)}}, "bybit cannot be reached: timed out"),
        ({"fallbacks": {"bybit": probe(Reading.UNKNOWN)}}, "bybit cannot be reached"),
        ({"fallbacks": {}}, "the settings know no address of bybit"),
    ],
)
def test_what_forbids_a_switch_is_told(more: dict[str, Any], says: str) -> None:
    assert says in why(config(), seen(**more))


@pytest.mark.parametrize(
    ("it", "says"),
    [
        (config(exchange="kraken"), "its config says kraken, not binanceusdm"),
        (config(exchange=None), "its config says no exchange, not binanceusdm"),
        (config(fallback=None), "names no fallback exchange"),
        (config(fallback=VENUE), "its fallback exchange is binanceusdm too"),
    ],
)
def test_a_config_that_names_no_way_out_keeps_the_strategy(it: Config, says: str) -> None:
    assert says in why(it, seen())


def test_what_others_have_open_keeps_nobody_else() -> None:
    held = ExposureFact(positions=(position("a"),), orders=(order("p-a", None),))
    switches, kept = divide([config("a"), config("b")], VENUE, seen(exposure=held))
    assert [one.strategy_id for one in switches] == ["b"]
    assert [one.strategy_id for one in kept] == ["a"]


def test_a_kill_switch_for_others_keeps_nobody_else() -> None:
    engaged = KillSwitchFact(engaged=True, strategy_ids=("other",))
    assert divide([config()], VENUE, seen(kill_switch=engaged))[0] == (Switch("a", "bybit"),)


names = st.sampled_from(["a", "b", "c"])
venues = st.sampled_from([VENUE, "bybit", "okx", None])
exposures = st.one_of(
    st.none(),
    st.builds(
        ExposureFact,
        positions=st.lists(st.builds(position, names, st.sampled_from(["open", "closing"])), max_size=3).map(tuple),
        orders=st.lists(st.builds(order, st.just("p-x"), st.none() | names), max_size=2).map(tuple),
        unreadable=st.sampled_from([(), ("orders: denied",)]),
    ),
)
probes = st.dictionaries(st.sampled_from(["bybit", "okx"]), st.sampled_from(list(Reading)).map(probe))


@given(st.lists(st.builds(Config, names, venues, venues), max_size=4), exposures, probes)
def test_all_are_shared_out_and_nobody_with_anything_open_moves(
    configs: list[Config], exposure: ExposureFact | None, fallbacks: Mapping[str, ProbeFact]
) -> None:
    switches, kept = divide(configs, VENUE, Seen(exposure, RELEASED, fallbacks))
    assert sorted(c.strategy_id for c in configs) == sorted(
        [s.strategy_id for s in switches] + [k.strategy_id for k in kept]
    )
    for one in switches:
        assert exposure is not None
        assert not exposure.unreadable
        assert one.strategy_id not in {p.strategy_id for p in exposure.positions}
        assert one.strategy_id not in {o.strategy_id for o in exposure.orders}
        assert fallbacks[one.fallback].reading is Reading.OK
        assert one.fallback != VENUE
    assert all(one.why for one in kept)


@given(st.floats(-10, 1e9), st.integers(1, 100_000))
def test_a_longer_wait_stays_inside_the_loops_bound(seconds: float, look_every: int) -> None:
    every, looks = longer(seconds, look_every)
    assert 1 <= every <= MOST_SECONDS
    assert 1 <= looks <= MOST_LOOKS


@pytest.mark.parametrize(
    ("minutes", "wanted"), [(15, (30, 30)), (30, (30, 60)), (240, (240, 60)), (0, (30, 1)), (1, (30, 2))]
)
def test_a_longer_wait_looks_as_often_as_its_bound_allows(minutes: int, wanted: tuple[int, int]) -> None:
    assert longer(minutes * 60, 30) == wanted


def test_the_way_back_is_a_command_that_touches_only_what_was_switched() -> None:
    command = way_back("tradai-strategy-config-dev", Switch("grid-eth", "bybit"), VENUE)
    assert command.startswith("aws dynamodb update-item --table-name tradai-strategy-config-dev ")
    assert '{"strategy_id":{"S":"grid-eth"}}' in command
    assert "--condition-expression '#exchange = :new'" in command
    assert '{":old":{"S":"binanceusdm"},":new":{"S":"bybit"}}' in command


# --- the question


def asking(**more: Any) -> Asking:
    given: dict[str, Any] = {
        "venue": VENUE, "switches": (Switch("a", "bybit"), Switch("b", "bybit")),
        "kept": (Kept("c", "has positions"),),
        "exposure": ExposureFact(positions=(position("c"),)), "waited": "15 min", "round": 1, "rounds": 3,
        "keep_waiting_minutes": 240, "desk": "default", "needed": 2,
        "evidence": (Evidence("probe failed", "https://x", "timed out", NOW),), **more,
    }  # fmt: skip
    return Asking(**given)


def test_offers_to_wait_to_switch_with_a_declaration_and_to_leave() -> None:
    asked = question(asking())
    assert [(o.id, o.risk, o.needed, o.until_at_most_minutes) for o in asked.options] == [
        (KEEP_WAITING, Risk.NONE, 1, 240),
        (SWITCH, Risk.ADDS, 2, None),
        (LEAVE, Risk.NONE, 1, 1440),
    ]
    assert asked.options[1].statement == f"no position or order of these strategies is open at {VENUE}"
    assert (asked.kind, asked.cause, asked.venue) == ("change", "exchange_down", VENUE)


def test_names_who_cannot_be_switched_and_why() -> None:
    facts = {line.name: line.value for line in question(asking()).facts}
    assert facts["Cannot be switched: c"] == "has positions"
    assert facts["Can be switched"].startswith("a to bybit, b to bybit")
    assert "positions: 1, working orders: 0, by the tables" in facts["Open there"]
    assert "c stay as they are" in question(asking()).options[1].consequence


def test_what_could_not_be_read_is_not_told_as_nothing() -> None:
    facts = {line.name: line.value for line in question(asking(exposure=None)).facts}
    assert facts["Open there"].startswith("not known")


def test_switching_is_not_offered_where_nobody_may_be_switched() -> None:
    asked = question(asking(switches=()))
    assert [o.id for o in asked.options] == [KEEP_WAITING, LEAVE]
    assert "nothing can be switched" in asked.title
    assert normal(asked.target) == "BINANCEUSDM"


def test_who_switches_types_that_the_strategies_are_flat_at_the_venue_that_is_down() -> None:
    asked = distinct(question(asking()))
    phrases = {option.id: f"{option.act} {asked.target}" for option in asked.options}
    assert phrases == {
        KEEP_WAITING: "WAIT BINANCEUSDM",
        SWITCH: "FLAT BINANCEUSDM",
        LEAVE: "LEAVE BINANCEUSDM",
    }
    assert matches("flat binanceusdm", asked.options[1], asked)
    assert not matches("flat bybit", asked.options[1], asked)


def test_a_phrase_that_stands_whole_in_the_text_gets_a_suffix() -> None:
    asked = distinct(question(asking(switches=(Switch(f"flat-{VENUE}", "bybit"),))))
    option = asked.options[1]
    assert matches(f"flat {asked.target}", option, asked)
    assert not matches("flat binanceusdm", option, asked)


def test_many_left_out_do_not_fill_the_page() -> None:
    kept = tuple(Kept(f"s{n}", "has positions") for n in range(40))
    facts = question(asking(kept=kept)).facts
    assert len(facts) <= 14
    assert facts[-1].value == "30 more, named in the incident"
