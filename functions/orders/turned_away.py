"""A venue that refuses because there were too many requests is asked nothing more before its pause is over."""

from __future__ import annotations

from functions.errors import RunbookError
from functions.rules.rate_limits import SHORTEST_PAUSE_SECONDS
from functions.venue import Row


def pause_after(error: RunbookError) -> int | None:
    """Seconds for which the venue is to be left alone; None: it refused for another reason, or did not refuse."""
    trouble = error.trouble
    if trouble is None or trouble.row is not Row.RATE_LIMITED:
        return None
    return max(trouble.retry_after or 0, SHORTEST_PAUSE_SECONDS)
