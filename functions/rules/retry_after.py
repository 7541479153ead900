"""How long a venue tells us to stay away, out of a line of text.

Sources: RFC 9110 section 10.2.3 (`Retry-After: 120`), and Binance's "IP banned until 1700000000000".
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Final

_SECONDS: Final = re.compile(
    r"(?i)retry[ _-]?after[\"']?\s*[:=]?\s*[\"']?(\d{1,7})(?:\.\d+)?\s*(ms|milliseconds?|m\b|min\w*)?"
)
_BANNED_UNTIL: Final = re.compile(r"(?i)banned until (\d{13})\b")

# Binance bans for 2 minutes to 3 days; a larger number is a parsing accident.
LONGEST: Final = 3 * 24 * 3600


def retry_after_seconds(text: str, *, now: datetime) -> int | None:
    """Whole seconds from `now`, rounded up, at most three days; None where the text says nothing."""
    ban = _BANNED_UNTIL.search(text)
    if ban:
        left = -(-(int(ban.group(1)) - int(now.timestamp() * 1000)) // 1000)
        return min(max(left, 0), LONGEST)
    told = _SECONDS.search(text)
    if not told:
        return None
    number, unit = int(told.group(1)), (told.group(2) or "s").lower()
    if unit.startswith("mil") or unit == "ms":
        return min(-(-number // 1000), LONGEST)
    return min(number * 60 if unit.startswith("m") else number, LONGEST)
