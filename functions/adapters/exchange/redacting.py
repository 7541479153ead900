"""What a library says about a request, without what must not be told: keys, signatures, queries."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from functions.rules.reporting.redact import clean

MOST: Final = 300
# ccxt puts whole bodies into its errors; what is behind this is cut in any case.
LOOKED_AT: Final = 4_000
HIDDEN: Final = "***"
# A query or a body holds the signature, and the order beside it; the address alone is enough.
QUERY: Final = re.compile(r"(https?://[^\s?]+)\?\S*")
NAMED: Final = re.compile(
    r"(?i)\b(signature|sign|apikey|api[-_]key|x-mbx-apikey|secret|passphrase|password|token)\b(\"?\s*[=:]\s*\"?)[^\s\"&,}]+"
)
# A hash or a key: no id and no price of a venue is that long.
LONG: Final = re.compile(r"\b[0-9A-Za-z+_-]{40,}={0,2}")


def redacted(text: str, secrets: Iterable[str] = ()) -> str:
    """In one line, at most `MOST` characters."""
    for secret in secrets:
        text = text.replace(secret, HIDDEN)
    text = clean(QUERY.sub(r"\1", text[:LOOKED_AT]))
    text = NAMED.sub(rf"\1\2{HIDDEN}", text)
    text = " ".join(LONG.sub(HIDDEN, text).split())
    return text if len(text) <= MOST else f"{text[: MOST - 1]}…"
