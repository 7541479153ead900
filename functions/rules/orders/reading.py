"""What a line of the log says besides why: venue, code, symbol, HTTP status, level."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from functions.rules.orders.causes import Cause
from functions.rules.orders.codes import (
    BINANCE,
    BY_TEXT,
    BYBIT,
    COUNTS_ORDERS,
    COUNTS_REQUESTS,
    KRAKEN,
    NO_CODES,
    OKX,
    cause_of,
)

_VENUES: Final = (
    (BINANCE, re.compile(r"(?i)\b(binanceusdm|binance|fapi|dapi)(\b|_|\.)")),
    (BYBIT, re.compile(r"(?i)\b(bybit|pybit)(\b|_)|\bretcode\b|\bret_code\b|\berrcode: 1[17]?0\d{3}\b")),
    (OKX, re.compile(r"(?i)\b(okx|okex|myokx)(\b|_)|\bscode\b")),
    (KRAKEN, re.compile(r"(?i)\b(krakenfutures|kraken)(\b|_|\.)|\bsendstatus\b")),
)
# A key of a code, in JSON (escaped, too), or the words around one: then the code itself.
_KEYED: Final = re.compile(
    r"(?i)(?:code|error|err|exception|status|reason|errno)[^0-9a-z-]{1,10}(-\d{4}|\d{5,6})(?![\d.]*\d)"
)
# Bare, after a word of failure: only a negative one, which is no amount.
_BARE: Final = re.compile(
    r"(?i)(?:rejected|failed|refused|denied|error|failure|abgelehnt|fehler|rechazad[ao]|拒绝|失败|エラー"
    r"|отклон\w*)"
    r"(?![^0-9]{0,24}(?:pnl|profit|loss|balance|amount|price))[^0-9]{0,24}?(-\d{4})(?![\d.]*\d)(?! ?(?:usd|%"
    r"|bps|ms|btc))"
)
_BARE_NUMBER: Final = re.compile(
    r"(?i)(?:rejected|failed|refused|denied|error|failure|\()[^0-9a-z-]{1,4}(\d{5,6})(?![\d.]*\d)"
    r"(?! ?(?:usd|%|bps|ms|btc|eth|contracts?|orders?|lots?|items?|rows?|requests?))"
)
# The venue's name right before the code.
_NAMED: Final = re.compile(
    r"(?i)\b(?:binanceusdm|binance|bybit|okx)[^0-9a-z-]{1,3}(-\d{4}|\d{5,6})(?![\d.]*\d)(?= ?[:,;)\]{\"-])"
)
# Of so many letters at most: a longer word, such as a token, would be tried in ever more ways.
_KRAKEN_WORD: Final = re.compile(
    r"\b(?=[A-Za-z_]{1,60}\b)([A-Za-z]+(?:[A-Z][a-z]+)+|INSUFFICIENT_MARGIN|unavailable)\b"
)
_KRAKEN_UNAVAILABLE: Final = re.compile(r"(?i)(error|status|result)[^0-9a-z]{1,8}unavailable\b")
_HTTP: Final = re.compile(
    r"(?i)(?:http|status|code|error|response|returned|got|server)[^0-9a-z.]{1,8}([45]\d\d)(?![\d.]*\d)(?![%a-z])"
)
_HTTP_WORDS: Final = re.compile(
    r"(?i)\b([45]\d\d)[^0-9a-z.%]{1,3}(?:too many|i.m a teapot|service (?:temporarily )?unavail|bad gateway"
    r"|gateway"
    r"|internal server|unauthori|forbidden|not found|bad request|error\b|\{)"
)
_SYMBOL: Final = re.compile(r"\b([A-Z0-9]{2,15}/[A-Z0-9]{2,8}(?::[A-Z0-9]{2,8})?)(?![\w/])")
_STRATEGY: Final = re.compile(r"(?i)\bstrategy_?id[\"']?\s*[:=]\s*[\"']?([\w./@#:-]{1,200})")
_LEVEL: Final = re.compile(
    r"(?i)[\"']?(?:level|levelname|severity|lvl|log_level|loglevel)[\"']?\s*[:=]\s*[\"']?([a-z]+)"
)
_PLAIN_LEVEL: Final = re.compile(r"\b(TRACE|DEBUG|INFO|NOTICE|WARN|WARNING|ERROR|CRITICAL|FATAL|SEVERE)\b")
QUIET: Final = frozenset({"trace", "debug", "info", "notice", "information", "verbose"})


def unescaped(line: str) -> str:
    """JSON inside JSON, as deep as it may be, in one line."""
    text = line
    for _ in range(3):
        if '\\"' not in text and "\\\\" not in text:
            break
        text = text.replace("\\\\", "\\").replace('\\"', '"')
    text = re.sub(r"\\u([0-9a-fA-F]{4})", lambda found: chr(int(found.group(1), 16)), text)
    return re.sub(r"\\[nrt]", " ", text)


def venue_told(line: str) -> str | None:
    """None: it names none, or several."""
    found = {venue for venue, regex in _VENUES if regex.search(line)}
    return found.pop() if len(found) == 1 else None


def codes_in(text: str) -> tuple[str, ...]:
    """Every number and word that stands where a venue's code does, in order, whether it is known or not."""
    found = [
        (one.start(1), one.group(1))
        for regex in (_KEYED, _BARE, _BARE_NUMBER, _NAMED)
        for one in regex.finditer(text)
    ]
    found += [(one.start(1), one.group(1)) for one in _KRAKEN_WORD.finditer(text) if _kraken(one.group(1), text)]
    return tuple(dict.fromkeys(code for _, code in sorted(found) if code not in NO_CODES))


def _kraken(word: str, text: str) -> bool:
    if word == "unavailable":
        return _KRAKEN_UNAVAILABLE.search(text) is not None
    return cause_of(word, KRAKEN) is not None


def code_told(line: str, venue: str | None, cause: Cause) -> str | None:
    """The code of that cause; where none is, the only one."""
    codes = codes_in(unescaped(line))
    for code in codes:
        if cause_of(code, venue) is cause:
            return code
    return codes[0] if len(codes) == 1 and (cause is Cause.UNKNOWN or codes[0] in BY_TEXT) else None


def statuses_in(text: str) -> tuple[int, ...]:
    """HTTP statuses of 400 and above, where words say that they are some."""
    found = [int(one.group(1)) for regex in (_HTTP, _HTTP_WORDS) for one in regex.finditer(text)]
    return tuple(dict.fromkeys(found))


def symbol_told(line: str) -> str | None:
    """The unified symbol, where exactly one stands there."""
    found = set(_SYMBOL.findall(unescaped(line)))
    return found.pop() if len(found) == 1 else None


def strategy_told(line: str) -> str | None:
    """The id that stands under that key, whether anybody knows it or not."""
    found = _STRATEGY.search(unescaped(line))
    return found.group(1) if found else None


def level_of(line: str) -> str | None:
    """In lower case; None: it says none. A plain line's level stands at its beginning."""
    keyed = _LEVEL.search(line)
    if keyed:
        return keyed.group(1).lower()
    plain = _PLAIN_LEVEL.search(line[:100])
    return plain.group(1).lower() if plain else None


def counts_orders_of(line: str) -> bool | None:
    """Whether the venue says that it counts orders (and not requests); None: it does not say."""
    codes = set(codes_in(unescaped(line)))
    if codes & COUNTS_ORDERS or re.search(r"(?i)too many (new )?orders", line):
        return True
    if codes & COUNTS_REQUESTS or re.search(r"(?i)request weight|too many requests", line):
        return False
    return None


def each_word(text: str, words: tuple[str, ...]) -> Iterator[str]:
    """Those of the words that stand in the text by themselves."""
    return (one for one in words if re.search(rf"\b{re.escape(one)}\b", text))
