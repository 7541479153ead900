"""freqtrade's REST API against a server that answers anything: the four words, bounds, and never the password."""

from __future__ import annotations

import json
import socket
import time
import traceback
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from threading import Thread
from typing import Any

import pytest

from functions.adapters import strategy_api
from functions.adapters.strategy_api import FreqtradeApi
from functions.errors import Broken, Refused, RunbookError, Transient
from functions.strategy_api_settings import StrategyApiSettings

PASSWORD = "a-password-that-nobody-may-see"
HEADER = "Basic " + b64encode(f"runbooks:{PASSWORD}".encode()).decode()
BTC = "BTC/USDT:USDT"
AT = 1_772_330_400
CONFIG: dict[str, Any] = {
    "version": "2026.9", "dry_run": False, "timeframe": "5m", "timeframe_ms": 300_000, "exchange": "binance",
    "strategy": "Momentum", "bot_name": "s1", "state": "running",
}  # fmt: skip
COLUMNS = ["date", "close", "enter_long", "exit_long", "__date_ts", "_exit_long_signal_close"]
ROWS = [["", 1.5, 0, 1, (AT - 600) * 1_000, 1.5], ["", 1.5, 0, None, (AT - 300) * 1_000, None]]
CANDLES: dict[str, Any] = {
    "pair": BTC, "timeframe": "5m", "timeframe_ms": 300_000, "columns": COLUMNS, "data": ROWS, "length": 2,
    "last_analyzed_ts": AT, "data_stop_ts": (AT - 300) * 1_000,
}  # fmt: skip


@dataclass
class Bot:
    """`says` what it answers to everything: status, type, body; None: it hangs up."""

    url: str = ""
    says: Callable[[str], tuple[int, str, bytes] | None] = lambda _: (500, "text/plain", b"")
    asked: list[tuple[str, str, str | None, Any]] = field(default_factory=list)
    drip: float = 0.0


@contextmanager
def served(bot: Bot) -> Iterator[Bot]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            given = json.loads(body) if body else None
            bot.asked.append((self.command, self.path, self.headers.get("Authorization"), given))
            said = bot.says(self.path)
            if said is None:
                return
            status, kind, text = said
            self.send_response(status)
            if kind:
                self.send_header("Content-Type", kind)
            self.send_header("Location", "http://127.0.0.1:1/elsewhere")
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            for start in range(0, len(text), 1 if bot.drip else max(len(text), 1)):
                self.wfile.write(text[start : start + (1 if bot.drip else len(text))])
                self.wfile.flush()
                time.sleep(bot.drip)

        do_POST = do_GET

        def handle(self) -> None:
            try:
                super().handle()
            except OSError:
                """Whoever asked had enough of it."""

        def log_message(self, format: str, *args: Any) -> None:
            """Nothing: a test's output is its own."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    bot.url = f"http://127.0.0.1:{server.server_port}"
    thread = Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield bot
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture
def bot() -> Iterator[Bot]:
    with served(Bot()) as one:
        yield one


@dataclass
class Keeper:
    """Secrets Manager; counts how often it was read."""

    text: str = json.dumps({"username": "runbooks", "password": PASSWORD})
    read: list[str] = field(default_factory=list)

    def client(self, service: str, saying: object) -> Any:
        return self

    def get_secret_value(self, SecretId: str) -> dict[str, str]:
        self.read.append(SecretId)
        return {"SecretString": self.text}


def api(url: str, keeper: Keeper | None = None, **more: Any) -> FreqtradeApi:
    aws: Any = keeper or Keeper()
    given = {"url": f"{url}/bots/{{strategy_id}}", "http_timeout": 1, **more}
    return FreqtradeApi(aws, StrategyApiSettings.model_validate(given), "local")


def answers(**by_path: Any) -> Callable[[str], tuple[int, str, bytes]]:
    def say(path: str) -> tuple[int, str, bytes]:
        return 200, "application/json", json.dumps(by_path[path.rpartition("/")[2]]).encode()

    return say


def test_a_bot_tells_its_state_its_timeframe_and_since_when_it_runs(bot: Bot) -> None:
    bot.says = answers(show_config=CONFIG, health={"bot_startup_ts": AT, "bot_start_ts": 1})
    found = api(bot.url).bot("s1")
    assert (found.state, found.timeframe, found.candle.total_seconds(), found.dry_run) == (
        "running",
        "5m",
        300,
        False,
    )
    assert found.started_at is not None
    assert found.started_at.timestamp() == AT
    assert [one[:3] for one in bot.asked] == [
        ("GET", "/bots/s1/api/v1/show_config", HEADER),
        ("GET", "/bots/s1/api/v1/health", HEADER),
    ]


def test_candles_are_asked_for_without_the_strategys_indicators(bot: Bot) -> None:
    bot.says = answers(pair_candles=CANDLES)
    found = api(bot.url).candles("s1", BTC, "5m", 2)
    wanted = {"pair": BTC, "timeframe": "5m", "limit": 2, "columns": []}
    assert bot.asked == [("POST", "/bots/s1/api/v1/pair_candles", HEADER, wanted)]
    assert found.analyzed_at is not None
    # Seconds here, milliseconds there.
    assert found.analyzed_at.timestamp() == AT
    assert [one.opened_at.timestamp() for one in found.candles] == [AT - 600, AT - 300]
    assert [(one.exit_long, one.enter_long, one.exit_short) for one in found.candles] == [
        (True, False, False),
        (False, False, False),
    ]


def test_a_pair_that_was_never_analysed_has_no_candles_and_no_time(bot: Bot) -> None:
    never = {**CANDLES, "columns": [], "data": [], "length": 0, "last_analyzed_ts": 0, "data_stop_ts": 0}
    bot.says = answers(pair_candles=never)
    found = api(bot.url).candles("s1", BTC, "5m", 2)
    assert (found.analyzed_at, found.candles, found.last_opened_at) == (None, (), None)


def test_the_whitelist_is_told_once_each(bot: Bot) -> None:
    bot.says = answers(whitelist={"whitelist": [BTC, "ETH/USDT:USDT", BTC], "length": 3, "method": []})
    assert api(bot.url).pairs("s1") == (BTC, "ETH/USDT:USDT")


@pytest.mark.parametrize(
    ("status", "kind", "body", "word"),
    [
        (401, "application/json", b"{}", Refused),
        (403, "application/json", b"{}", Refused),
        (404, "application/json", b"{}", Refused),
        (422, "application/json", b"{}", Refused),
        (302, "text/html", b"", Refused),
        (204, "", b"", Refused),
        (429, "text/html", b"", Transient),
        (500, "text/plain", b"", Transient),
        (
            502,
            "application/json",
            b'{"error": "Error querying /x: Bot is not in the correct state"}',
            Transient,
        ),
        (503, "application/json", b"{}", Transient),
        (200, "text/html", b"<html>the page of freqUI</html>", Refused),
        (200, "", b"{}", Refused),
        (200, "application/json", b"", Transient),
        (200, "application/json", b"<html>", Transient),
        (200, "application/json", b'{"whitelist": ["BT', Transient),
        (200, "application/json", b"\xff\xfe", Transient),
        (200, "application/json", b"[" * 100_000, Transient),
        (200, "application/json", b'{"whitelist": NaN}', Transient),
        (200, "application/json", b'{"whitelist": [Infinity]}', Transient),
        (200, "application/json", b"[]", Refused),
        (200, "application/json", b"{}", Refused),
        (200, "application/json", b'{"whitelist": [7]}', Refused),
        (200, "application/json", b'{"whitelist": [""]}', Refused),
        (200, "application/json", json.dumps({"whitelist": ["x"] * 2_001}).encode(), Refused),
        (200, "application/json", b" " * (strategy_api.MOST_READ + 1), Refused),
    ],
)
def test_every_other_answer_has_its_word_and_tells_no_password(
    bot: Bot, status: int, kind: str, body: bytes, word: type[RunbookError]
) -> None:
    bot.says = lambda _: (status, kind, body)
    with pytest.raises(word) as caught:
        api(bot.url).pairs("s1")
    told = "".join(traceback.format_exception(caught.value))
    assert PASSWORD not in told
    assert HEADER.partition(" ")[2] not in told
    assert "s1" in str(caught.value)


@pytest.mark.parametrize(
    "changed",
    [
        {"pair": "ETH/USDT:USDT"},
        {"timeframe": "1h"},
        {"timeframe_ms": 0},
        {"timeframe_ms": "300000"},
        {"length": 3},
        {"data": [ROWS[1], ROWS[0]]},
        {"data": [ROWS[1], ROWS[1]]},
        {"data": [ROWS[0][:-1], ROWS[1]]},
        {"data": [["", 1.5, 0, "1", (AT - 600) * 1_000, 1.5], ROWS[1]]},
        {"data": [["", 1.5, 0, 1, AT - 600, 1.5], ROWS[1]]},
        {"data": [["", 1.5, 0, 1, None, 1.5], ROWS[1]]},
        {"data": "no list"},
        {"columns": None},
        {"data": [*ROWS, ["", 1, 0, 0, AT * 1_000, None]], "length": 3, "data_stop_ts": AT * 1_000},
        {"data_stop_ts": AT * 1_000},
        {"data_stop_ts": AT - 300},
        {"last_analyzed_ts": AT * 1_000},
        {"last_analyzed_ts": 0},
        {"last_analyzed_ts": -1},
        {"last_analyzed_ts": True},
        {"last_analyzed_ts": 1e9},
        {"data": [], "length": 0},
    ],
)
def test_candles_that_are_not_what_was_asked_for_are_refused(bot: Bot, changed: dict[str, Any]) -> None:
    bot.says = answers(pair_candles={**CANDLES, **changed})
    with pytest.raises(Refused):
        api(bot.url).candles("s1", BTC, "5m", 2)


@pytest.mark.parametrize(
    "changed",
    [
        {"state": ""},
        {"state": None},
        {"timeframe": None},
        {"timeframe_ms": 0},
        {"dry_run": "false"},
        {"bot_name": "a\nb"},
        {"version": 2026.9},
    ],
)
def test_a_bot_that_does_not_say_what_it_is_is_refused(bot: Bot, changed: dict[str, Any]) -> None:
    bot.says = answers(show_config={**CONFIG, **changed}, health={"bot_startup_ts": None})
    with pytest.raises(Refused):
        api(bot.url).bot("s1")


def test_a_bot_that_hangs_up_or_is_not_there_is_transient(bot: Bot) -> None:
    bot.says = lambda _: None
    with pytest.raises(Transient, match="no whole answer"):
        api(bot.url).pairs("s1")
    with pytest.raises(Transient, match="Connection refused"):
        api("http://127.0.0.1:1").pairs("s1")
    with pytest.raises(Transient, match="does not resolve"):
        api("http://nobody.invalid:8080").pairs("s1")


def test_a_bot_that_drips_or_is_silent_keeps_nobody_waiting(bot: Bot) -> None:
    bot.says, bot.drip = (lambda _: (200, "application/json", b" " * 400)), 0.02
    begun = time.monotonic()
    with pytest.raises(Transient, match="too slowly"):
        api(bot.url).pairs("s1")
    bot.says = lambda _: time.sleep(2)
    with pytest.raises(Transient, match="no answer within 1 s"):
        api(bot.url).pairs("s1")
    assert time.monotonic() - begun < 5


def test_the_password_is_read_once_and_anew_after_it_was_turned_away(bot: Bot) -> None:
    keeper = Keeper()
    asked = api(bot.url, keeper)
    bot.says = answers(whitelist={"whitelist": [BTC]})
    asked.pairs("s1")
    asked.pairs("s2")
    assert keeper.read == ["tradai-local-freqtrade"]
    changed = "Basic " + b64encode(b"runbooks:new").decode()
    well = bot.says
    bot.says = lambda path: well(path) if bot.asked[-1][2] == changed else (401, "application/json", b"{}")
    keeper.text = json.dumps({"username": "runbooks", "password": "new"})
    assert asked.pairs("s1") == (BTC,)
    assert len(keeper.read) == 2
    bot.says = lambda _: (401, "application/json", b"{}")
    with pytest.raises(Refused, match="tradai-local-freqtrade"):
        asked.pairs("s1")
    # Twice with two passwords, and no third time: freqtrade must not take us for a guesser.
    assert len(bot.asked) == 6


@pytest.mark.parametrize(
    "text",
    [
        "",
        "no json",
        "[]",
        '{"username": "a"}',
        '{"username": "a", "password": ""}',
        '{"username": "a", "password": "größe-geheim"}',
        '{"username": "a:b", "password": "geheim"}',
        '{"username": "a", "password": "geheim\\r\\nX: y"}',
    ],
)
def test_a_secret_that_is_none_is_ours_to_mend_and_is_not_told(bot: Bot, text: str) -> None:
    with pytest.raises(Broken, match="tradai-local-freqtrade") as caught:
        api(bot.url, Keeper(text)).pairs("s1")
    assert "geheim" not in "".join(traceback.format_exception(caught.value))
    assert bot.asked == []


def test_a_strategy_without_an_api_is_refused_before_anything_is_read(bot: Bot) -> None:
    keeper = Keeper()
    for strategy_id in ("", "../s1", "s1@evil.example", "s1/x", "s 1", "s1?x", "-s1"):
        with pytest.raises(Refused, match="no API"):
            api(bot.url, keeper).pairs(strategy_id)
    assert (keeper.read, bot.asked) == ([], [])


def test_a_password_is_not_sent_in_clear_to_a_public_address(monkeypatch: pytest.MonkeyPatch) -> None:
    assert ip_address("93.184.216.34").is_global
    monkeypatch.setattr(FreqtradeApi, "_resolved", lambda *_: "93.184.216.34")
    reached: list[object] = []
    monkeypatch.setattr(socket, "create_connection", lambda *given, **_: reached.append(given))
    with pytest.raises(Refused, match="public address"):
        api("http://bots.example.com:8080").pairs("s1")
    assert reached == []
