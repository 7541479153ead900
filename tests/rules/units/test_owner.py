"""Whose a position is, and who may share its unit."""

from __future__ import annotations

from typing import Any

import pytest

from functions.rules.units.owner import Owner, owner_of, unit_of
from functions.rules.units.siblings import doubt_of, may_share
from functions.settings import Account
from functions.venue import Unit
from tests.rules.units.makers import BTC, LONG, VENUE, position

ACCOUNTS = {"s1": Account(account="third", mode="paper", desk="rates", owner="ana")}
SILENT: dict[str, Any] = {"exchange": None, "account": None, "mode": None}


def test_the_item_says_first() -> None:
    config = {"exchange": "okx", "account": "second", "mode": "paper"}
    found = owner_of(position(), config, ACCOUNTS, "kraken")
    assert found == Owner(VENUE, "main", "live", "rates", "ana")


def test_then_its_strategys_config_and_then_the_settings() -> None:
    config = {"exchange": "okx", "account": "second"}
    found = owner_of(position(**SILENT), config, ACCOUNTS, "kraken")
    assert (found.venue, found.account, found.mode) == ("okx", "second", "paper")
    assert found.paper
    found = owner_of(position(**SILENT), None, ACCOUNTS, "kraken")
    assert (found.venue, found.account, found.mode) == ("kraken", "third", "paper")


def test_what_nobody_says_is_not_known() -> None:
    found = owner_of(position(**SILENT), {"exchange": "", "account": 7, "mode": None}, {}, None)
    assert found.missing() == ("venue", "account", "mode")
    assert not found.live
    assert not found.paper
    assert (found.desk, found.owner) == ("default", None)


def test_a_config_that_was_switched_tells_no_venue_of_a_position_that_names_none() -> None:
    config = {"exchange": "okx", "switched_exchange": {"old": VENUE, "value": "okx", "incident_id": "inc-1"}}
    assert owner_of(position(**SILENT), config, ACCOUNTS, "kraken").venue is None
    assert owner_of(position(), config, ACCOUNTS, "kraken").venue == VENUE


def test_a_mode_is_a_word_whatever_its_case_and_only_live_is_live() -> None:
    assert owner_of(position(mode=" Live "), None, {}, None).live
    assert not owner_of(position(mode="simulated"), None, {}, None).live


def test_a_unit_needs_all_of_it() -> None:
    owner = owner_of(position(), None, {}, None)
    assert unit_of(position(), owner) == LONG
    assert unit_of(position(side="SHORT"), owner) == Unit(VENUE, "main", BTC, "short")
    for lacking in (position(side="buy"), position(symbol=" ")):
        assert unit_of(lacking, owner) is None
    assert unit_of(position(), Owner(None, "main", "live")) is None
    assert unit_of(position(), Owner(VENUE, None, "live")) is None


@pytest.mark.parametrize(
    ("symbol", "shares"),
    [
        (BTC, True),
        ("BTCUSDT", True),
        ("btc-usdt", True),
        ("", True),
        ("ETH/USDT:USDT", False),
        ("BTC/USD:BTC", False),
    ],
)
def test_a_symbol_in_another_notation_may_be_the_same(symbol: str, shares: bool) -> None:
    assert may_share(position(symbol=symbol), LONG) is shares


def test_another_account_or_venue_shares_nothing_and_an_unknown_one_may() -> None:
    other = position(position_id="p2")
    assert not may_share(other, LONG, Owner(VENUE, "second", "live"))
    assert not may_share(other, LONG, Owner("okx", "main", "live"))
    assert may_share(other, LONG, Owner(VENUE, None, "live"))
    assert may_share(other, LONG, Owner(None, "main", "live"))


@pytest.mark.parametrize(
    ("more", "owner", "doubt"),
    [
        ({}, Owner(VENUE, "main", "live"), None),
        ({"side": "short"}, Owner(VENUE, "main", "live"), None),
        ({}, Owner(VENUE, None, None), "its account and mode not known"),
        ({"side": "?"}, Owner(VENUE, "main", "live"), "its side not known"),
        ({}, Owner(VENUE, "main", "shadow"), "its mode is 'shadow'"),
        ({"symbol": "BTCUSDT"}, Owner(VENUE, "main", "live"), "its symbol is 'BTCUSDT'"),
    ],
)
def test_who_is_not_surely_part_of_the_unit_is_a_doubt(
    more: dict[str, Any], owner: Owner, doubt: str | None
) -> None:
    assert doubt_of(position(**more), owner, LONG) == doubt
