"""What the error codes of one venue mean: a table, per venue, beside its documentation."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from functions.venue import Row


@dataclass(frozen=True, slots=True)
class Codes:
    """`code_of` takes the raw code (text) out of the parsed body of an answer (None: it has none, or says ok).
    `rows`: what a code means; a code that is not in it is `OTHER`, whatever its class.
    `refusals`: codes after which certainly nothing was accepted, when said in answer to a new order.
    `later`: not accepted either, and worth another try. `missing`: documented for an order that is not known.
    A duplicate client id is in none of them: an order of that id stands, so it is looked up.
    `texts`: rows by a piece of the answer in lower case, where the venue gives no code for it."""

    code_of: Callable[[Any], str | None]
    rows: Mapping[str, Row]
    refusals: frozenset[str]
    later: frozenset[str]
    missing: frozenset[str]
    texts: Mapping[str, Row] = field(default_factory=dict)
