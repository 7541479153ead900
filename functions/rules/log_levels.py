"""Lines that their own logger calls errors, whatever they say: level ERROR, CRITICAL or FATAL, structured or plain.

Insights finds and counts candidates by one regular expression (of the kind that log_patterns.py describes). Each
line that comes back is looked at again: its *first* level is its own, and what stands behind that is quoted.
Both leave out a line that only uses the word: `0 errors`, `error_rate=0`, `ERROR: 0`.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, Final

from functions.rules.log_patterns import TROUBLE, Pattern

_BAD: Final = "ERROR|CRITICAL|FATAL"
_ANY_CASE: Final = "|".join(form for word in _BAD.split("|") for form in (word, word.lower(), word.capitalize()))
_KEYS: Final = r"level|levelname|level_name|loglevel|log_level|log\.level|severity|lvl"
# Before a plain level: times, what stands in brackets, a name that is no word of a sentence (`freqtrade.worker`,
# `bot-1`), or any name that a dash or a bar sets apart. So many and no more, so that no line is looked at for long.
_BEFORE: Final = (
    r"^\W{0,8}(([0-9][^A-Za-z\s]*(T[0-9][^A-Za-z\s]*)?(Z|UTC)?|UTC|\w*[0-9_.-][\w.-]*)\s+([|:-]+\s+)?"
    r"|[\w.-]+\s+[|-]\s+|\[[^\]]{0,100}\]\s*([|:-]+\s+)?){0,8}"
)
# Behind it: something that is told, and no count of nothing.
_BEHIND: Final = r"[\])>]?([\s|:-]+([^0\s|:-]|0[0-9A-Za-z])|[\s|:-]*$)"

REGEX: Final = (
    rf"""("({_KEYS})"\s*:\s*"({_ANY_CASE})"|"level"\s*:\s*(50|60)\b|"levelno"\s*:\s*(40|50)\b"""
    rf"""|(^|\s)(level|loglevel|severity|lvl)="?({_ANY_CASE})("|\s|$)"""
    rf"""|{_BEFORE}[\[(<]?({_BAD}){_BEHIND}|{_BEFORE}\[(error|critical|fatal|crit|emerg)\])"""
)

_WORDS: Final = "TRACE|DEBUG|INFO|NOTICE|WARNING|WARN|ERROR|CRITICAL|FATAL"
# The first of these is the line's own level, in whatever form.
_FIRST: Final = re.compile(
    rf"""\b(?P<plain>{_WORDS})\b|\[(?P<bracket>(?i:{_WORDS}|crit|emerg))\]"""
    rf"""|(?<![\w"])(?:level|loglevel|severity|lvl)="?(?P<pair>\w+)|"(?:{_KEYS})"\s*:\s*"(?P<key>\w+)\""""
)
_WORST: Final = frozenset({*_BAD.lower().split("|"), "crit", "emerg"})
_NUMBERED: Final = (("level", (50, 60)), ("levelno", (40, 50)))
_NAMED: Final = tuple(key.replace("\\", "") for key in _KEYS.split("|"))


def says_error(line: str) -> bool:
    """The second look at a line that the expression has found."""
    told = _level_of(_object(line))
    if told is None:
        first = _FIRST.search(line)
        told = next((word for word in first.groups() if word), None) if first else None
    return told is None or told.lower() in _WORST


ERROR_LEVEL: Final = Pattern("error_level", REGEX, "its own logger calls it an error", look=says_error)
# What the checklist asks for. A diagnosis does without: what nobody has a name for is no cause.
CHECKED: Final = (*TROUBLE, ERROR_LEVEL)

# Of the lines of one window, so many different ones are told, each cut to so many characters.
MOST_FREQUENT: Final = 3
_LONGEST: Final = 120
# Of a line, so much is looked at for what it says: what a line begins with may be tried in ever more ways.
_LOOKED_AT: Final = 1_000
_PARTS: Final = ("event", "message", "msg", "error", "err", "exception")
_VARIES: Final = re.compile(
    r"0x[0-9a-fA-F]+|\b[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4,}){2,}\b|\b[0-9a-fA-F]{12,}\b|(?<![A-Za-z_\d])\d+(?:[.,:]\d+)*"
)
_HEAD: Final = re.compile(rf"{_BEFORE}[\[(<]?(?:{_BAD}|error|critical|fatal|crit|emerg)\b[\])>]?[\s|:-]*")


def frequent(lines: Iterable[str]) -> tuple[tuple[str, int], ...]:
    """The messages that come most often, with how often, what varies from line to line (numbers, ids) left out.
    What a pattern has a name for is told by that name already."""
    counted = Counter(message_of(line) for line in lines if not any(one.matches(line) for one in TROUBLE))
    return tuple(sorted(counted.items(), key=lambda one: (-one[1], one[0]))[:MOST_FREQUENT])


def message_of(line: str) -> str:
    """What a line says, without its time, level and logger, and with `#` for each number and id."""
    found = _object(line)
    said = [str(found[part]) for part in _PARTS if found and isinstance(found.get(part), str | int | float)]
    text = ": ".join(said)[:_LOOKED_AT] if said else _HEAD.sub("", line[:_LOOKED_AT], count=1)
    short = " ".join(_VARIES.sub("#", text).split()) or "an empty line"
    return short if len(short) <= _LONGEST else f"{short[: _LONGEST - 1]}…"


def _object(line: str) -> Mapping[str, Any] | None:
    """The object that a structured line is, whatever a collector has put before it; None: it is none."""
    start = line.find("{")
    if start < 0 or _FIRST.search(line[:start]):
        return None
    try:
        found, _ = json.JSONDecoder().raw_decode(line, start)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _level_of(found: Mapping[str, Any] | None) -> str | None:
    """As the line itself says it; nothing of what it quotes. None: it does not say."""
    if found is None:
        return None
    for place in (found, found.get("log")):
        if not isinstance(place, dict):
            continue
        for key in _NAMED:
            if isinstance(said := place.get(key), str):
                return said
        for key, worst in _NUMBERED:
            if isinstance(number := place.get(key), int):
                return "error" if number in worst else "info"
    return None
