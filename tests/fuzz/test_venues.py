"""What a venue answers, or whoever stands between: every method of the port at each of the four venues."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from copy import deepcopy
from functools import cache
from inspect import isfunction
from pathlib import Path
from random import Random
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

import functions.adapters.exchange.venues
from functions.errors import Broken, Refused, RunbookError, Transient, Uncertain
from functions.facts import Reading
from functions.ports import Exchange
from functions.venue import AccountFact, VenueOrder, VenueStatus, Where
from tests.adapters.venues import bybit_payloads as bybit
from tests.adapters.venues import okx_payloads as okx
from tests.fuzz.hostile import mutated
from tests.fuzz.lawful import Unread, fuzzed, lawfully
from tests.fuzz.venues import (
    ANSWERS,
    BODIES,
    OURS,
    Answers,
    K,
    Wire,
    exchange_at,
    spoiler,
    stop_of,
    unit_of,
    uses,
)

VENUES: Final = tuple(ANSWERS)
METHODS: Final = sorted(
    name for name, one in vars(Exchange).items() if isfunction(one) and not name.startswith("_")
)
# Only one venue takes an order that is no close (functions/adapters/exchange/venues).
PROBES: Final = "binanceusdm"
RANDOM: Final = st.randoms(use_true_random=False)


@cache
def use(venue: str, method: str) -> Any:
    return uses(venue, stop_of(venue))[method]


def answered(venue: str, method: str, wire: Wire) -> Any:
    return lawfully(lambda: use(venue, method)(exchange_at(venue, wire)), secrets=OURS)


def test_every_venue_and_every_method_is_fuzzed() -> None:
    folder = Path(str(functions.adapters.exchange.venues.__file__)).parent
    with_api = {file.stem for file in folder.glob("*.py") if "\nAPI: Final" in file.read_text("utf-8")}
    assert with_api == set(VENUES)
    assert sorted(uses(VENUES[0], stop_of(VENUES[0]))) == METHODS


@pytest.mark.parametrize("venue", VENUES)
@pytest.mark.parametrize("method", METHODS)
def test_a_plain_answer_is_read(venue: str, method: str) -> None:
    """Else the searches below would spoil what is no answer in the first place."""
    found = answered(venue, method, Wire(ANSWERS[venue]))
    assert isinstance(found, Unread) == (method == "probe" and venue != PROBES)
    if isinstance(found, AccountFact):
        unknown = ("rights",) if venue == "krakenfutures" else ()
        assert tuple(part.partition(":")[0] for part in found.unread) == unknown


@pytest.mark.parametrize("venue", VENUES)
@pytest.mark.parametrize("method", METHODS)
@fuzzed(12)
@given(rng=RANDOM)
def test_whatever_is_answered_is_a_fact_or_one_of_the_four_words_without_a_key(
    venue: str, method: str, rng: Random
) -> None:
    found = answered(venue, method, Wire(ANSWERS[venue], spoiler(rng)))
    shown = repr(found)
    assert not [one for one in OURS if one in shown], "a fact tells a key"


# --- an order that has left


SENDS: Final = {
    "binanceusdm": ("POST /fapi/v1/order", "POST /fapi/v1/algoOrder"),
    "bybit": ("POST /v5/order/create",),
    "okx": ("POST /api/v5/trade/order", "POST /api/v5/trade/order-algo"),
    "krakenfutures": (f"POST {K}/sendorder",),
}


@pytest.mark.parametrize("venue", VENUES)
@pytest.mark.parametrize("method", ["create", "place_again"])
@fuzzed(25)
@given(rng=RANDOM)
def test_after_an_order_has_left_only_its_own_answer_counts(venue: str, method: str, rng: Random) -> None:
    """A refusal is a code of the venue's list; the junk that stands in an answer here is none."""

    def spoils(what: str, said: Any) -> tuple[int, Any, Mapping[str, str]]:
        if what not in SENDS[venue]:
            return 200, said, {}
        return 200, rng.choice(BODIES) if not rng.randrange(3) else mutated(rng, said), {"Retry-After": "9" * 5_000}

    wire = Wire(ANSWERS[venue], spoils)
    found = answered(venue, method, wire)
    assert [one for one in wire.asked if one in SENDS[venue]], "nothing was sent"
    if isinstance(found, Unread):
        assert type(found.word) is Uncertain
    else:
        assert isinstance(found, VenueOrder)
        assert found.order_id
        assert found.client_order_id == "ours1"


# --- nothing that cannot be read is flat, restricted or well


HELD: Final = {
    "binanceusdm": ("GET /fapi/v3/positionRisk", (0,), ("positionAmt", "positionSide", "symbol")),
    "bybit": ("GET /v5/position/list", ("result", "list", 0), ("size", "side", "positionIdx", "symbol")),
    "okx": ("GET /api/v5/account/positions", ("data", 0), ("pos", "posSide", "instId")),
    "krakenfutures": (f"GET {K}/openpositions", ("openPositions", 0), ("size", "side")),
}
JUNK: Final[tuple[Any, ...]] = (
    None,
    "",
    [],
    {},
    "NaN",
    "abc",
    float("nan"),
    {"a": 1},
    ["0"],
    "-",
    "²",
    "ETHUSDT",
    "other",
    10**400,
)


def with_junk(answer: Any, path: tuple[Any, ...], name: Any, junk: Any) -> Any:
    spoiled = deepcopy(answer)
    place = spoiled
    for key in path:
        place = place[key]
    place[name] = junk
    return spoiled


@pytest.mark.parametrize("venue", VENUES)
@pytest.mark.parametrize("junk", JUNK, ids=repr)
def test_a_position_that_cannot_be_read_is_not_flat(venue: str, junk: Any) -> None:
    asked, path, names = HELD[venue]
    held = exchange_at(venue, Wire(ANSWERS[venue])).position(unit_of(venue))
    assert held.amount > 0
    for name in names:
        said: Answers = {**ANSWERS[venue], asked: [with_junk(ANSWERS[venue][asked][0], path, name, junk)]}
        found = answered(venue, "position", Wire(said))
        assert isinstance(found, Unread) or found.amount == held.amount, (name, found)


@pytest.mark.parametrize("junk", [None, "", [], {}, 5, True])
def test_a_position_of_kraken_without_its_symbol_may_be_ours_and_hides_none(junk: Any) -> None:
    asked, path, _ = HELD["krakenfutures"]
    plain = ANSWERS["krakenfutures"]
    said = {**plain, asked: [with_junk(plain[asked][0], path, "symbol", junk)]}
    assert isinstance(answered("krakenfutures", "position", Wire(said)), Unread)


ABOUT: Final = [
    ("binanceusdm", "position", "GET /fapi/v3/positionRisk", (0,), "symbol", "ETHUSDT"),
    ("binanceusdm", "fills", "GET /fapi/v1/userTrades", (0,), "symbol", "ETHUSDT"),
    ("binanceusdm", "order", "GET /fapi/v1/order", (), "symbol", "ETHUSDT"),
    ("bybit", "position", "GET /v5/position/list", ("result", "list", 0), "symbol", "ETHUSDT"),
    ("bybit", "fills", "GET /v5/execution/list", ("result", "list", 0), "symbol", "ETHUSDT"),
    ("okx", "position", "GET /api/v5/account/positions", ("data", 0), "instId", "ETH-USDT-SWAP"),
    ("okx", "fills", "GET /api/v5/trade/fills", ("data", 0), "instId", "ETH-USDT-SWAP"),
    ("okx", "order", "GET /api/v5/trade/order", ("data", 0), "instId", "ETH-USDT-SWAP"),
    ("okx", "order", "GET /api/v5/trade/order", ("data", 0), "clOrdId", "another"),
]


@pytest.mark.parametrize(("venue", "method", "asked", "path", "name", "other"), ABOUT)
def test_an_answer_about_another_symbol_or_order_is_no_answer(
    venue: str, method: str, asked: str, path: tuple[Any, ...], name: str, other: str
) -> None:
    said = {**ANSWERS[venue], asked: [with_junk(ANSWERS[venue][asked][0], path, name, other)]}
    found = answered(venue, method, Wire(said))
    assert isinstance(found, Unread)
    assert type(found.word) is Transient


SICK: Final[dict[str, Answers]] = {
    "binanceusdm": {
        "GET /sapi/v1/account/apiRestrictions": [
            {"ipRestrict": False, "enableWithdrawals": True, "enableFutures": False}
        ],
        "GET /sapi/v1/account/status": [{"data": "Locked"}],
        "GET /sapi/v1/account/apiTradingStatus": [{"data": {"isLocked": True}}],
        "GET /fapi/v1/accountConfig": [{"canTrade": False}],
    },
    "bybit": {
        "GET /v5/user/query-api": [
            bybit.ok({"readOnly": 0, "ips": ["*"], "permissions": {"ContractTrade": [], "Wallet": ["Withdraw"]}})
        ]
    },
    "okx": {"GET /api/v5/account/config": [okx.config(perm="read_only,withdraw", ip="")]},
}


def leaves(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], Any]]:
    """Every place that holds a value: the path to what holds it, and its key there."""
    keys = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in keys:
        if not isinstance(inner, dict | list):
            yield path, key
        yield from leaves(inner, (*path, key))


@pytest.mark.parametrize("venue", SICK)
@pytest.mark.parametrize("junk", JUNK, ids=repr)
def test_a_key_or_an_account_that_is_not_well_does_not_get_well_by_junk(venue: str, junk: Any) -> None:
    base: Answers = {**ANSWERS[venue], **SICK[venue]}
    for asked, (answer,) in SICK[venue].items():
        for path, name in leaves(answer):
            found = answered(venue, "account", Wire({**base, asked: [with_junk(answer, path, name, junk)]}))
            assert (found.can_withdraw, found.can_trade) != (False, True), (asked, path, name)
            assert found.can_withdraw is not False, (asked, path, name)
            assert not found.can_trade, (asked, path, name)
            assert not found.ip_restricted, (asked, path, name)
            assert found.frozen is not False or venue != "binanceusdm", (asked, path, name)


@pytest.mark.parametrize("venue", VENUES)
@pytest.mark.parametrize("body", BODIES, ids=lambda body: repr(body[:20]))
def test_a_venue_that_answers_no_answer_does_not_serve(venue: str, body: bytes) -> None:
    found = answered(venue, "status", Wire(ANSWERS[venue], lambda what, said: (200, body, {})))
    assert isinstance(found, VenueStatus)
    quiet = venue == "binanceusdm" and body in (b"{}", b"[]", b"null")
    assert found.reading is Reading.FAILED or quiet


# --- what the search has found, as it was found


@pytest.mark.parametrize("venue", VENUES)
@pytest.mark.parametrize("header", ["9" * 5_000, "²", "-1", "", "1e3"])
def test_a_retry_after_that_is_no_number_of_seconds_loses_no_order(venue: str, header: str) -> None:
    """`int` refuses thousands of digits by a `ValueError`, which was none of the four words."""
    wire = Wire(
        ANSWERS[venue], lambda what, said: (503 if what in SENDS[venue] else 200, said, {"Retry-After": header})
    )
    found = answered(venue, "create", wire)
    assert isinstance(found, Unread)
    assert type(found.word) is Uncertain
    assert found.word.trouble is not None
    assert found.word.trouble.retry_after is None


@pytest.mark.parametrize("text", ["[" * 9_999, "{", "", "null", '{"apiKey": 1}', '{"apiKey": "only"}'])
def test_a_secret_that_is_no_key_is_broken_and_not_told(text: str) -> None:
    exchange = exchange_at("okx", Wire(ANSWERS["okx"]))
    exchange._clients._aws.get_secret_value = lambda SecretId: {"SecretString": text}  # type: ignore[attr-defined]  # the fake
    with pytest.raises(RunbookError) as told:
        exchange.symbols(Where("okx", "main"))
    assert type(told.value) in (Broken, Refused)
    assert "only" not in str(told.value)
