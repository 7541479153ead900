"""What the adapter itself finds wrong, said like the errors of a venue."""

from __future__ import annotations

from functions.adapters.exchange.errors import Doing
from functions.errors import Refused, RunbookError, Transient, Uncertain
from functions.venue import Row, Trouble, Where


def unlike(what: str, where: Where, said: str, doing: Doing) -> RunbookError:
    """An answer about another order than ours."""
    trouble = Trouble(Row.OTHER, "answer", None, said)
    text = f"{what} {where.venue}/{where.account}: {trouble.told()}"
    word = Uncertain if doing is Doing.ORDER else Transient
    return word(text).of(trouble)


def not_configured(venue: str) -> Refused:
    trouble = Trouble(Row.OTHER, "settings", None, f"no exchange {venue!r} in the settings")
    return Refused(trouble.told()).of(trouble)
