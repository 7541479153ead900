"""The named patterns of the service's log, as data.

Each regular expression is valid in Python's `re` and in a CloudWatch Logs Insights
`filter @message like /.../`: no slash, no look-around, no back-reference, and the flag `(?i)` in front where case
says nothing.
Numbers are only matched with the words that make them a status: 429 is also an amount of contracts, and
-1003 a loss.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Pattern:
    """`regex` is the Insights text between the slashes; `trouble` is whether a match is an error. `look`: a second
    look at a line that matches, for what no expression can tell; None: none is needed."""

    name: str
    regex: str
    says: str
    trouble: bool = True
    look: Callable[[str], bool] | None = None

    def matches(self, line: str) -> bool:
        return re.search(self.regex, line) is not None and (self.look is None or self.look(line))

    @property
    def insights(self) -> str:
        """The condition behind `filter`."""
        return f"@message like /{self.regex}/"


TIMEOUT: Final = Pattern(
    "timeout",
    r"(?i)(timed out|etimedout|deadline exceeded|(request|read|connect|connection|gateway|exchange) ?timeout"
    r"|timeout ?(error|exception)|\btimeout([^=:_0-9a-z]|$))",
    "the other side did not answer in time",
)
REFUSED: Final = Pattern(
    "refused",
    r"(?i)(econnrefused|connection refused|econnreset|connection reset|exchangenotavailable"
    r"|(http|status|code|error)[^0-9a-z]{1,4}(502|503|504)\b)",
    "the other side refused or dropped the connection, or called itself unavailable",
)
RATE_LIMITED: Final = Pattern(
    "rate_limited",
    r"(?i)(too many requests|rate[ _-]?limit[ _-]?(ed|exceeded|reached|hit|error)\b|ddosprotection"
    r"|(http|status|code|error|response|returned|got)[^0-9a-z.]{1,4}(429|418)([^0-9.]|\.?$|\. )"
    r"|\b(429|418)[^0-9a-z.]{1,3}(error|response|status|from|i.m a teapot)"
    r"|(code|error)[^0-9a-z.-]{1,4}-1003([^0-9.]|\.?$|\. )|banned until)",
    "the venue counts our requests and refuses them (429, 418, Binance -1003)",
)
OUT_OF_MEMORY: Final = Pattern(
    "out_of_memory",
    r"(?i)(outofmemoryerror|\bmemoryerror\b|\bout of memory\b|cannot allocate memory|oom[ -]?kill)",
    "the process asked for memory that it did not get",
)
DATABASE: Final = Pattern(
    "database",
    r"(?i)((dynamodb|database)\b.{0,120}(unreachable|unavailable|timed out|timeout|refused|reset"
    r"|not connect|failed to connect|connection error)"
    r"|(not connect|failed to connect|timed out|timeout|refused|unreachable).{0,120}\b(dynamodb|database))",
    "the platform's own tables do not answer",
)
NETWORK: Final = Pattern(
    "network",
    r"(?i)(name or service not known|temporary failure in name resolution|network is unreachable"
    r"|no route to host|enetunreach|ehostunreach|enotfound|eai_again|getaddrinfo failed)",
    "names do not resolve or no route leads out",
)
EXCEPTION: Final = Pattern(
    "exception",
    # Not in any case: "0 critical alerts" and "non-fatal" are no trouble.
    r"([Tt]raceback \(most recent call last\)|[Uu]nhandled [Ee]xception|\b(FATAL|CRITICAL)\b"
    r"|(^|[^\w-])[Ff]atal (\w+ )?(error|exception|signal)\b)",
    "the code itself failed",
)
SIGNAL_PROCESSED: Final = Pattern(
    "signal_processed",
    r"(?i)(\bsignal_processed\b|\bsignals? (was |were )?(processed|evaluated|handled)\b"
    r"|\b(processed|evaluated|handled) (\w+ ){0,3}signals?\b)",
    "a strategy worked on a signal",
    trouble=False,
)

PATTERNS: Final = (
    TIMEOUT,
    REFUSED,
    RATE_LIMITED,
    OUT_OF_MEMORY,
    DATABASE,
    NETWORK,
    EXCEPTION,
    SIGNAL_PROCESSED,
)
TROUBLE: Final = tuple(pattern for pattern in PATTERNS if pattern.trouble)
BY_NAME: Final = {pattern.name: pattern for pattern in PATTERNS}


def names_in(line: str) -> tuple[str, ...]:
    """The names of every pattern that the line matches, in the order of `PATTERNS`."""
    return tuple(pattern.name for pattern in PATTERNS if pattern.matches(line))
