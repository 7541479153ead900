"""Client order ids of a close: the same thing has the same id however often it is tried.

`[A-Za-z0-9]{1,32}` fits every venue that the exchange port speaks to.
"""

from __future__ import annotations

import re
from functools import lru_cache
from hashlib import sha256
from typing import Final

LENGTH: Final = 32
ATTEMPT: Final = re.compile(r"rbc[0-9a-f]{29}")
# Under so many ids one protective order may be placed again: more than one for each order of all the closes that
# one incident may ask for (questions_a_run, each with at most rounds.MOST_ORDERS).
GENERATIONS: Final = 250


def attempt_id(position_id: str, incident_id: str, number: int) -> str:
    """Of the close's attempt `number`, which counts from 1."""
    return _id("rbc", position_id, incident_id, str(number))


def is_attempt(client_order_id: str | None) -> bool:
    """An order of a close by this project, whichever incident sent it."""
    return client_order_id is not None and ATTEMPT.fullmatch(client_order_id) is not None


def protection_id(position_id: str, incident_id: str, order_id: str, generation: int) -> str:
    """Of the protective order `order_id` (the venue's id of the one written down) when it is placed again for the
    `generation`th time."""
    return _id("rbp", position_id, incident_id, order_id, str(generation))


@lru_cache(maxsize=128)
def protection_ids(position_id: str, incident_id: str, order_id: str) -> tuple[str, ...]:
    """All that it may ever have been placed again under."""
    return tuple(protection_id(position_id, incident_id, order_id, one) for one in range(1, GENERATIONS + 1))


def _id(prefix: str, *parts: str) -> str:
    # The lengths keep ("a", "bc") and ("ab", "c") apart.
    text = "|".join(f"{len(part)}:{part}" for part in parts)
    return (prefix + sha256(text.encode()).hexdigest())[:LENGTH]
