"""The codes' meaning for an order beside what the adapters make of the same codes."""

from __future__ import annotations

import importlib
from collections.abc import Mapping

import pytest

from functions.rules.orders.causes import Cause
from functions.rules.orders.codes import (
    BINANCE,
    BY_TEXT,
    BY_VENUE,
    BYBIT,
    KRAKEN,
    NO_CODES,
    OKX,
    cause_of,
    codes_of,
)
from functions.venue import Row

ADAPTERS = {BINANCE: "binance_codes", BYBIT: "bybit_codes", OKX: "okx_codes", KRAKEN: "krakenfutures_codes"}
SAME = {
    Row.INSUFFICIENT_BALANCE: Cause.INSUFFICIENT_BALANCE,
    Row.INVALID_PRICE: Cause.INVALID_PRICE,
    Row.RATE_LIMITED: Cause.RATE_LIMITED,
    Row.MAINTENANCE: Cause.MAINTENANCE,
    Row.INVALID_SYMBOL: Cause.INVALID_SYMBOL,
    Row.KEY: Cause.PERMISSION,
    Row.FROZEN: Cause.ACCOUNT_FROZEN,
    Row.CLOCK: Cause.CLOCK_SKEW,
}
# Where a code means less for the remedy than for the request, and why.
BEYOND_THE_REQUEST: Mapping[tuple[str, str], str] = {
    (OKX, "50026"): "an internal error: the venue serves, so there is no end of a maintenance to wait for",
    (OKX, "51029"): "the contract is being settled, which passes by itself",
    (OKX, "51030"): "funding is being settled, which passes by itself",
    (BYBIT, "110063"): "the contract is being settled, which passes by itself",
    (KRAKEN, "marketisPostOnly".lower()): "post-only for a while: the venue serves, and the symbol is alive",
    (KRAKEN, "marketsuspended"): "this market is not open: its venue is, so nothing is to be waited for there",
    (KRAKEN, "marketunavailable"): "this market is not open: its venue is, so nothing is to be waited for there",
}


def rows(venue: str) -> Mapping[str, Row]:
    module = importlib.import_module(f"functions.adapters.exchange.venues.{ADAPTERS[venue]}")
    found: Mapping[str, Row] = module.CODES.rows
    return found


@pytest.mark.parametrize("venue", sorted(ADAPTERS))
def test_both_tables_say_the_same_of_a_code_or_it_is_said_why_not(venue: str) -> None:
    for code, row in rows(venue).items():
        cause = cause_of(code, venue)
        if code in BY_TEXT or cause is None:
            continue
        if (venue, code.lower()) in BEYOND_THE_REQUEST:
            assert cause is not SAME[row], f"{venue} {code} needs no exception"
        elif row is Row.INVALID_PRICE:
            # An amount, a notional, a trigger: refused like a price, and no wider offset is its remedy.
            assert cause in (Cause.INVALID_PRICE, Cause.UNKNOWN), f"{venue} {code}"
        else:
            assert cause is SAME.get(row, Cause.UNKNOWN), f"{venue} {code}: {cause} is not {row}"


@pytest.mark.parametrize("venue", sorted(ADAPTERS))
def test_every_code_that_an_adapter_lays_at_a_row_is_known_here(venue: str) -> None:
    missing = [code for code in rows(venue) if cause_of(code, venue) is None and code not in BY_TEXT]
    assert [code for code in missing if rows(venue)[code] in SAME] == []


def test_no_code_is_of_two_causes() -> None:
    for venue in ADAPTERS:
        codes = [code for cause in Cause for code in codes_of(cause, venue)]
        assert len(codes) == len(set(codes)), venue


def test_no_code_of_one_venue_is_anothers() -> None:
    every = [code for table in BY_VENUE.values() for code in table]
    assert len(every) == len(set(every))


@pytest.mark.parametrize(
    ("code", "venue", "cause"),
    [
        ("-2019", BINANCE, Cause.INSUFFICIENT_BALANCE),
        ("-2019", None, Cause.INSUFFICIENT_BALANCE),
        ("-2019", "another", Cause.INSUFFICIENT_BALANCE),
        ("10006", BYBIT, Cause.RATE_LIMITED),
        ("10006", OKX, None),
        ("apiLimitExceeded", KRAKEN, Cause.RATE_LIMITED),
        ("apilimitexceeded", None, Cause.RATE_LIMITED),
        ("-9999", BINANCE, None),
    ],
)
def test_a_code_means_what_its_own_venue_says(code: str, venue: str | None, cause: Cause | None) -> None:
    assert cause_of(code, venue) is cause


@pytest.mark.parametrize(
    "code",
    ["-1111", "-4003", "-4004", "-4005", "-4023", "-4164", "-2022", "-4116", "-4118", "-2024", "-4210", "-5021"],
)
def test_amounts_and_rules_are_no_row_whose_remedy_would_be_wrong(code: str) -> None:
    assert cause_of(code, BINANCE) is Cause.UNKNOWN


def test_a_code_of_success_is_none() -> None:
    assert not {code for table in BY_VENUE.values() for code in table} & NO_CODES
