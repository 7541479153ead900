"""Where the bots' API may be: an address without a password, and ids that lead nowhere else."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from functions.strategy_api_settings import StrategyApiSettings
from tests.tasks.rig import SETTINGS


@pytest.mark.parametrize(
    "url",
    [
        "http://{strategy_id}.bots.internal:8080",
        "https://bots.internal/{strategy_id}",
        "http://10.0.0.7:8080/{env}/{strategy_id}/",
        "http://[fd00::7]:8080",
    ],
)
def test_a_base_address_may_hold_the_environment_and_the_strategy(url: str) -> None:
    assert StrategyApiSettings.model_validate({"url": url}).url == url.rstrip("/")


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("ftp://bots.internal", "http://host:port"),
        ("bots.internal:8080", "http://host:port"),
        ("http://", "http://host:port"),
        ("http://bots.internal:99999", "http://host:port"),
        ("http://bots internal", "http://host:port"),
        ("http://{strategy}.internal", "http://host:port"),
        ("http://bots.internal/\nx", "http://host:port"),
        ("http://user:word@bots.internal", "belong in the secret"),
        ("http://user@bots.internal", "belong in the secret"),
        ("http://bots.internal/?id={strategy_id}", "a query"),
        ("http://bots.internal/#x", "a query"),
    ],
)
@pytest.mark.parametrize("single", [False, True])
def test_every_other_address_is_refused(url: str, told: str, single: bool) -> None:
    given: dict[str, Any] = {"urls": {"s1": url}} if single else {"url": url}
    with pytest.raises(ValidationError, match=told):
        StrategyApiSettings.model_validate(given)


def test_a_strategys_own_address_goes_before_the_one_of_all() -> None:
    api = StrategyApiSettings.model_validate(
        {"url": "http://all/{strategy_id}", "urls": {"a b": "http://one/{env}"}}
    )
    assert api.base_of("s1", "dev") == "http://all/s1"
    assert api.base_of("a b", "dev") == "http://one/dev"
    assert api.named


@pytest.mark.parametrize(
    "strategy_id", ["", "a b", "a/b", "..", "a@b", "a?b", "a#b", "a:1", "a.b", "-a", "ä", "a" * 64]
)
def test_an_id_that_could_lead_elsewhere_has_no_api(strategy_id: str) -> None:
    api = StrategyApiSettings.model_validate({"url": "http://all/{strategy_id}"})
    assert api.base_of(strategy_id, "dev") is None


def test_without_an_address_nobody_has_an_api() -> None:
    assert StrategyApiSettings().base_of("s1", "dev") is None
    assert not StrategyApiSettings().named


def test_the_secret_is_one_of_all_or_one_of_each() -> None:
    assert StrategyApiSettings().secret_of("s1", "dev") == "tradai-dev-freqtrade"
    own = StrategyApiSettings(secret="bots/{env}/{strategy_id}")
    assert own.secret_of("s1", "dev") == "bots/dev/s1"


def test_a_rehearsal_moves_every_bot_to_its_own_address_and_keeps_the_rest() -> None:
    there = {"url": "http://all/{strategy_id}", "urls": {"s1": "http://one"}, "http_timeout": 7}
    settings = SETTINGS.model_copy(update={"strategy_api": StrategyApiSettings.model_validate(there)})
    moved = settings.with_strategy_api("http://127.0.0.1:9/{strategy_id}")
    assert moved.strategy_api.base_of("s1", "dev") == "http://127.0.0.1:9/s1"
    assert moved.strategy_api.http_timeout == 7
    for nothing in (None, ""):
        assert settings.with_strategy_api(nothing) == settings
