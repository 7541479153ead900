"""Why an order failed, out of one line of the log or one answer of a venue: codes first, then classes, then words.

A word alone is no evidence: the line must tell of a failure, and not of one that is over, counted as none, or only
spoken of. Of a code that is known the words around it say nothing more; a code that means another trouble than the
row (a lot size, a reduce-only rule) is `UNKNOWN`, whatever the class and the words are.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from functions.rules.orders.causes import Cause
from functions.rules.orders.codes import BY_TEXT, WITHOUT_TEXT, cause_of
from functions.rules.orders.nets import UNKNOWN
from functions.rules.orders.phrases import CLASSES, OTHER_MEDICINE, PHRASES
from functions.rules.orders.reading import codes_in, each_word, level_of, statuses_in, unescaped, venue_told
from functions.rules.orders.telling import Telling, affirmed, of_a_message, telling

NOTHING: Final[tuple[Cause, ...]] = ()
# Characters of a line that are judged: what a venue answers stands in front of a traceback's end.
MOST_READ: Final = 3_000
_NOT_DONE: Final = re.compile(
    r"(?i)\b(not|never|n't|without) (\w+ ){0,2}(placed|filled|accepted|executed|created|sub)"
)
_KNOWN: Final = tuple(cause for cause in Cause if cause is not Cause.UNKNOWN)
_BY_STATUS: Final = {
    429: Cause.RATE_LIMITED,
    418: Cause.RATE_LIMITED,
    503: Cause.MAINTENANCE,
    401: Cause.PERMISSION,
}
_CLASS_OF: Final = {name: cause for cause, names in CLASSES.items() for name in names}
# ccxt raises these for much that they do not say.
_VAGUE: Final = frozenset({"PermissionDenied", "ExchangeNotAvailable"})
# What every service says of itself, and not only a venue.
_OF_SERVICES: Final = frozenset({Cause.RATE_LIMITED, Cause.MAINTENANCE, Cause.PERMISSION})
# A venue that did not take a request for another reason says so with these: ccxt calls them all not available.
_NOT_AWAY: Final = frozenset({400, 403, 404, 405, 409, 410, 451})


@lru_cache(maxsize=4_096)
def causes_of_line(line: str, venue: str | None) -> tuple[Cause, ...]:
    """Of one line of the service's log; `venue`: where its strategy trades, where the line itself does not say.
    Empty: it tells of no order that failed."""
    text = unescaped(line[:MOST_READ])
    told = telling(text, level_of(text))
    if told is Telling.NOTHING:
        return NOTHING
    named, codes, classes = venue_told(text), codes_in(text), tuple(each_word(text, tuple(_CLASS_OF)))
    where = named or venue
    found = _causes(text, where, codes, classes, statuses_in(text))
    if of_a_message(text) and not (named or codes or classes) and found and set(found) <= _OF_SERVICES:
        return NOTHING
    if found:
        return found
    return (Cause.UNKNOWN,) if told is Telling.FAILURE and UNKNOWN.catches(text) else NOTHING


def went_well(line: str, venue: str | None) -> bool:
    """Of a line that the net of orders that went well has caught."""
    return _NOT_DONE.search(line) is None and not causes_of_line(line, venue)


def causes_of_answer(exception_class: str, code: str | None, text: str, venue: str) -> tuple[Cause, ...]:
    """Of an exchange's answer: `exception_class` is ccxt's, `code` the venue's own (None: it has none), `text` what
    it said. It is a failure in any case."""
    said = unescaped(text)
    codes = tuple(dict.fromkeys([*([code] if code else []), *codes_in(said)]))
    known = tuple(one for one in codes if not one.isdecimal() or len(one) > 3)
    statuses = tuple(int(one) for one in codes if one.isdecimal() and len(one) == 3)
    classes = tuple(each_word(exception_class, tuple(_CLASS_OF)))
    found = _causes(said, venue, known, classes, (*statuses, *statuses_in(said)))
    return found or (Cause.UNKNOWN,)


def _causes(
    text: str,
    venue: str | None,
    codes: Iterable[str],
    classes: Iterable[str],
    statuses: Iterable[int],
) -> tuple[Cause, ...]:
    """In the order of `Cause`; `UNKNOWN` only alone."""
    by_code: set[Cause] = set()
    by_text = False
    for code in codes:
        cause = cause_of(code, venue)
        if code in BY_TEXT:
            by_text = True
            by_code |= set(_worded(text)) or {WITHOUT_TEXT.get(code, Cause.UNKNOWN)}
        elif cause is not None:
            by_code.add(cause)
    http = set(statuses)
    turned_away = {Cause.RATE_LIMITED} if http & {429, 418} else set()
    if by_code:
        return _sorted(by_code | turned_away)
    if by_text:
        return (Cause.UNKNOWN,)
    by_status = {_BY_STATUS[status] for status in http if status in _BY_STATUS}
    words = set(_worded(text))
    plain = (words - {Cause.UNKNOWN}) | turned_away
    # Where something says it plainly, a class that means little means nothing.
    by_class = {_CLASS_OF[name] for name in classes if not (plain and name in _VAGUE)}
    if Cause.MAINTENANCE in by_class:
        by_class = _away(by_class, set(classes), http)
    return _sorted(by_class | by_status | words | turned_away)


def _away(by_class: set[Cause], classes: set[str], http: set[int]) -> set[Cause]:
    """ccxt calls every answer of 400, 403 or 404 without a code not available, too."""
    if "OnMaintenance" in classes or not http & _NOT_AWAY:
        return by_class
    return by_class - {Cause.MAINTENANCE} or {Cause.UNKNOWN}


def _worded(whole: str) -> tuple[Cause, ...]:
    """By the words alone. Words of another medicine take price and balance away, which they are often said with."""
    text = affirmed(whole)
    found = [cause for cause in _KNOWN if _phrases(cause).search(text)]
    if _other().search(text):
        price = re.search(r"(?i)price_filter|percent_price", text)
        found = [one for one in found if one is not Cause.INSUFFICIENT_BALANCE or _plainly_short(text)]
        found = [one for one in found if one is not Cause.INVALID_PRICE or price]
        return tuple(found) or (Cause.UNKNOWN,)
    return tuple(found)


def _plainly_short(text: str) -> bool:
    return re.search(r"(?i)margin is insufficient|insufficient (balance|margin|funds?)", text) is not None


def _sorted(causes: set[Cause]) -> tuple[Cause, ...]:
    known = tuple(cause for cause in Cause if cause in causes and cause is not Cause.UNKNOWN)
    return known or tuple(causes)


@lru_cache(maxsize=16)
def _phrases(cause: Cause) -> re.Pattern[str]:
    return re.compile(f"(?i)({'|'.join(PHRASES[cause])})")


@lru_cache(maxsize=1)
def _other() -> re.Pattern[str]:
    return re.compile(f"(?i)({'|'.join(OTHER_MEDICINE)})")
