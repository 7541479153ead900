"""Which addresses a report makes links of: AWS's console and the embedded AWS, and nothing that acts."""

from __future__ import annotations

import re
from typing import Final

_SAFE: Final = re.compile(r"^(?:https://|http://(?:127\.0\.0\.1|localhost)(?=[:/]))[^\s\x00-\x1f\"'<>`\\]+$")
MOST_URL: Final = 2_000


def safe_url(url: str) -> str | None:
    """The address, or None where nobody should follow it."""
    return url if len(url) <= MOST_URL and _SAFE.match(url) else None
