"""What answers by HTTP besides the venues: the strategies' bots, the status page, and whatever is probed."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator, Mapping
from contextlib import suppress
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.adapters import freqtrade_answers as freqtrade
from functions.adapters.probes import SocketProbes
from functions.adapters.status_page import HttpStatusPage
from functions.adapters.strategy_api import FreqtradeApi
from functions.errors import Broken, Refused, Transient, Uncertain
from functions.facts import Check, Reading
from functions.halt_settings import StatusPageSettings
from functions.rules.signals import Within, processing
from functions.strategy_api_settings import StrategyApiSettings
from functions.strategy_bot import BotFact, CandlesFact
from tests.adapters.listening import listening
from tests.adapters.rigs import SetClock
from tests.fuzz.aws import OURS, PASSWORD, HostileAws
from tests.fuzz.hostile import jsonlike, mutated
from tests.fuzz.lawful import Unread, fuzzed, lawfully
from tests.fuzz.venues import BODIES
from tests.rules.facts import NOW
from tests.tasks.rig import SETTINGS

RANDOM: Final = st.randoms(use_true_random=False)
AT: Final = int(NOW.timestamp())
MINUTE: Final = 60_000
CONFIG: Final[dict[str, Any]] = {
    "state": "running",
    "timeframe": "1m",
    "timeframe_ms": MINUTE,
    "strategy": "Grid",
    "bot_name": "alpha",
    "exchange": "binance",
    "dry_run": False,
    "version": "2026.9",
}
HEALTH: Final[dict[str, Any]] = {"bot_startup_ts": AT - 86_400}
OPENED: Final = [(AT - 60 * n) // 60 * 60_000 for n in (3, 2, 1)]
CANDLES: Final[dict[str, Any]] = {
    "pair": "BTC/USDT:USDT",
    "timeframe": "1m",
    "timeframe_ms": MINUTE,
    "columns": ["__date_ts", "close", "enter_long", "exit_long"],
    "data": [[at, 60_000.5, 0, 1] for at in OPENED],
    "length": 3,
    "last_analyzed_ts": AT - 30,
    "data_stop_ts": OPENED[-1],
}
PAIRS: Final[dict[str, Any]] = {"whitelist": ["BTC/USDT:USDT", "ETH/USDT:USDT"], "length": 2, "method": []}
WITHIN: Final = Within(analyzed=Decimal(2), grace=timedelta(seconds=30), candles=Decimal(3))


class Bot(FreqtradeApi):
    """A bot whose answers are laid out; what is asked of its secret goes to a hostile Secrets Manager."""

    def __init__(self, rng: Random, said: Mapping[str, Any]) -> None:
        aws = HostileAws(rng, SETTINGS)
        named = StrategyApiSettings(url="http://127.0.0.1:8080", secret="tradai-{env}-bot-{strategy_id}")
        super().__init__(aws, named, "local")
        self._rng, self._laid = rng, said

    def _said(
        self, base: str, method: str, path: str, body: Any, credential: str, what: str
    ) -> tuple[int, str, bytes]:
        status = self._rng.choice((200, 200, 200, 200, 401, 404, 429, 500))
        kind = self._rng.choice(("application/json", "application/json", "application/json", "text/html", ""))
        return status, kind, self._laid[path]


def spoiled(rng: Random, said: Any) -> bytes:
    match rng.randrange(4):
        case 0:
            return bytes(rng.choice(BODIES))
        case 1:
            return json.dumps(said).encode()
    return json.dumps(mutated(rng, said)).encode()


@fuzzed(150)
@given(rng=RANDOM)
def test_whatever_a_bot_answers_is_a_fact_or_one_of_the_four_words(rng: Random) -> None:
    bot = Bot(
        rng,
        {
            "show_config": spoiled(rng, CONFIG),
            "health": spoiled(rng, HEALTH),
            "whitelist": spoiled(rng, PAIRS),
            "pair_candles": spoiled(rng, CANDLES),
        },
    )
    found = lawfully(lambda: bot.bot("s1"), secrets=OURS)
    assert isinstance(found, BotFact | Unread)
    assert isinstance(lawfully(lambda: bot.pairs("s1"), secrets=OURS), tuple | Unread)
    candles = lawfully(lambda: bot.candles("s1", "BTC/USDT:USDT", "1m", 10), secrets=OURS)
    assert isinstance(candles, CandlesFact | Unread)


@fuzzed(150)
@given(rng=RANDOM)
def test_a_bot_that_stands_still_is_never_well_by_what_it_answers_besides(rng: Random) -> None:
    """Its last analysis and its candles are of an hour ago; whatever else is spoiled, that is no pass."""
    still = {**CANDLES, "last_analyzed_ts": AT - 3_600, "data_stop_ts": OPENED[-1] - 3_600_000}
    still["data"] = [[at - 3_600_000, 60_000.5, 0, 1] for at in OPENED]
    ages = ("last_analyzed_ts", "data_stop_ts", "data", "timeframe_ms")
    besides = {name: value for name, value in still.items() if name not in ages}
    answer = {**mutated(rng, besides), **{name: deepcopy(still[name]) for name in ages}}
    bot = freqtrade.bot_of("s1", CONFIG, HEALTH, "x")
    found = lawfully(lambda: freqtrade.candles_of(answer, "BTC/USDT:USDT", "1m", 10, "x"))
    if not isinstance(found, Unread):
        assert processing(bot, found, WITHIN, NOW).result is not Check.PASS


def test_a_bot_that_works_passes() -> None:
    """Else the test above would say nothing."""
    bot = freqtrade.bot_of("s1", CONFIG, HEALTH, "x")
    candles = freqtrade.candles_of(CANDLES, "BTC/USDT:USDT", "1m", 10, "x")
    assert processing(bot, candles, WITHIN, NOW).result is Check.PASS


@pytest.mark.parametrize("number", [10**400, -(10**400), 10**4_000, 0, -1])
def test_a_time_without_an_end_is_no_time(number: int) -> None:
    """A division of it by 1,000 is an `OverflowError`, which was none of the four words."""
    with pytest.raises(Refused, match="no time of a bot"):
        freqtrade.candles_of({**CANDLES, "data_stop_ts": number}, "BTC/USDT:USDT", "1m", 10, "x")


@pytest.mark.parametrize(
    "text", ["[" * 9_999, "{", '{"username": "bot"}', f'{{"username": "a:b", "password": "{PASSWORD}"}}']
)
def test_a_secret_that_is_no_password_is_broken_and_not_told(text: str) -> None:
    bot = Bot(Random(1), {})

    class Secrets:
        def client(self, *_: Any) -> Any:
            return self

        def get_secret_value(self, *, SecretId: str) -> Mapping[str, str]:
            return {"SecretString": text}

    aws: Any = Secrets()
    bot._aws = aws
    with pytest.raises(Broken) as told:
        bot.bot("s1")
    assert PASSWORD not in str(told.value)


# --- the status page


class Page(HttpStatusPage):
    def __init__(self, rng: Random, status: int, text: bytes) -> None:
        super().__init__(
            HostileAws(rng, SETTINGS), StatusPageSettings(url="https://page.example/v1", secret="page")
        )
        self._answer = status, text

    def _exchange(self, *_: Any) -> tuple[int, bytes]:
        return self._answer


@fuzzed(150)
@given(rng=RANDOM)
def test_whatever_the_status_page_answers_is_an_id_or_one_of_the_four_words(rng: Random) -> None:
    text = rng.choice((rng.choice(BODIES), json.dumps({"id": jsonlike(rng)}).encode(), b'{"id": "abc"}'))
    page = Page(rng, rng.choice((200, 201, 204, 302, 400, 401, 420, 429, 500)), text)
    made = lawfully(lambda: page.post(name="Trading is stopped", body="since 03:00"), secrets=OURS)
    if not isinstance(made, Unread):
        assert made.isprintable()
        assert not set("/?#.%") & set(made), "an id that leads elsewhere"
    told = lawfully(lambda: page.update("abc", status="resolved", body="it trades"), secrets=OURS)
    assert told is None or isinstance(told, Unread)


@pytest.mark.parametrize("text", [b"[" * 9_999, b"null", b"{}", b'{"id": "../x"}', b'{"id": 5}', b"\xff"])
def test_a_page_that_took_an_incident_and_names_no_id_may_have_it(text: bytes) -> None:
    page = Page(Random(1), 201, text)
    page._token = "a-token"
    with pytest.raises(Uncertain):
        page.post(name="Trading is stopped", body="since 03:00")


# --- the probes


@pytest.fixture(scope="module")
def target() -> Iterator[tuple[str, list[bytes]]]:
    """Whatever connects is answered by the first of these bytes, and let go."""
    said = [b""]

    def answer(connection: socket.socket) -> None:
        connection.settimeout(1)
        with suppress(OSError):
            connection.recv(4_096)
            connection.sendall(said[0])

    with listening(answer) as port:
        yield f"http://127.0.0.1:{port}/", said


HEADS: Final = (
    b"HTTP/1.1 200 OK\r\n",
    b"HTTP/1.1 503 x\r\n",
    b"HTTP/1.1 429 x\r\n",
    b"HTTP/1.1 999999 x\r\n",
    b"HTTP/1.1 \xff\xfe\r\n",
    b"HTTP/9.9 200\r\n",
    b"\x16\x03\x01\x02",
    b"",
    b"x" * 70_000,
)
LINES: Final = (
    b"Retry-After: " + b"9" * 5_000,
    b"Retry-After: \xb2",
    b"Retry-After: Fri, 31 Dec 9999 23:59:59 -2359",
    b"Retry-After: Mon, 01 Jan 0001 00:00:00 +2359",
    b"Retry-After: Sat, 31 Jan 2026 03:00:30 -0000",
    b"Retry-After: 120",
    b"X: " + b"y" * 70_000,
    b"\x00\x01",
    b"no colon",
)


@fuzzed(60)
@given(head=st.sampled_from(HEADS), lines=st.lists(st.sampled_from(LINES), max_size=3), tail=st.binary(max_size=40))
def test_a_probe_never_raises_and_calls_well_only_what_speaks_http(
    target: tuple[str, list[bytes]], head: bytes, lines: list[bytes], tail: bytes
) -> None:
    url, said = target
    said[0] = head + b"".join(line + b"\r\n" for line in lines) + b"\r\n" + tail
    probes = SocketProbes(SetClock(datetime(2026, 1, 31, 3, tzinfo=UTC)), timeout=2, inside=True)
    fact = lawfully(lambda: probes.look(url))
    assert not isinstance(fact, Unread)
    assert fact.reading is not Reading.OK or head.startswith(b"HTTP/1.1 200") or fact.status is not None
    assert fact.retry_after_seconds is None or 0 <= fact.retry_after_seconds < 10**12


@fuzzed(150)
@given(
    st.text(max_size=60)
    | st.sampled_from(["http://[::1", "tcp://x:99999", "http://x:y/", "http://\x00/", "//", "ftp://x"])
)
def test_a_target_that_is_none_is_unknown_and_never_well(url: str) -> None:
    probes = SocketProbes(SetClock(NOW), timeout=1, inside=True)
    if not url.startswith(("http://", "https://", "tcp://")) or "//x" not in url:
        assert probes.look(url).reading is not Reading.OK


def test_a_retry_after_of_thousands_of_digits_is_none(target: tuple[str, list[bytes]]) -> None:
    url, said = target
    said[0] = b"HTTP/1.1 503 x\r\nRetry-After: " + b"9" * 5_000 + b"\r\n\r\n"
    fact = SocketProbes(SetClock(NOW), timeout=2, inside=True).look(url)
    assert (fact.reading, fact.retry_after_seconds) == (Reading.FAILED, None)


def test_the_words_of_a_bot_that_cannot_be_read_are_transient() -> None:
    with pytest.raises(Transient):
        freqtrade.parsed(b"[" * 100_000, "x")
