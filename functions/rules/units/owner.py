"""Whose a position is: venue, account and mode by its item, else its strategy's config, else the settings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from functions.facts import PositionFact
from functions.settings import Account
from functions.venue import CLOSES, Direction, Unit

LIVE: Final = "live"
PAPER: Final = "paper"
DESK_UNKNOWN: Final = "default"
_SIDES: Final[Mapping[str, Direction]] = {side: side for side in CLOSES}

Field = Literal["venue", "account", "mode"]


@dataclass(frozen=True, slots=True)
class Owner:
    """What is not known is None; `desk` is then `default`. `mode` is the word as it stands, in lower case: an
    order or a correction needs `live` and nothing else."""

    venue: str | None
    account: str | None
    mode: str | None
    desk: str = DESK_UNKNOWN
    owner: str | None = None

    @property
    def live(self) -> bool:
        return self.mode == LIVE

    @property
    def paper(self) -> bool:
        """Proven to be no money of ours; an unknown mode is not."""
        return self.mode == PAPER

    def missing(self) -> tuple[Field, ...]:
        """What nobody says."""
        names: tuple[Field, ...] = ("venue", "account", "mode")
        return tuple(name for name in names if getattr(self, name) is None)


def owner_of(
    position: PositionFact,
    config: Mapping[str, Any] | None,
    accounts: Mapping[str, Account],
    venue_without_config: str | None,
) -> Owner:
    """`config`: the strategy's item; None: it has none. Where it could not be read, `functions.units` passes
    neither accounts nor a venue: what it would have said is not known."""
    said = config or {}
    known = accounts.get(position.strategy_id)
    mode = _word(position.mode) or _word(said.get("mode")) or (known.mode if known else None)
    return Owner(
        venue=_word(position.exchange) or _venue(said, venue_without_config),
        account=_word(position.account) or _word(said.get("account")) or (known.account if known else None),
        mode=mode.lower() if mode else None,
        desk=known.desk if known else DESK_UNKNOWN,
        owner=known.owner if known else None,
    )


def unit_of(position: PositionFact, owner: Owner) -> Unit | None:
    """None: venue, account, symbol or side is not known."""
    side = side_of(position)
    if owner.venue is None or owner.account is None or side is None or not position.symbol.strip():
        return None
    return Unit(owner.venue, owner.account, position.symbol.strip(), side)


def side_of(position: PositionFact) -> Direction | None:
    return _SIDES.get(position.side.strip().lower())


def _venue(config: Mapping[str, Any], without: str | None) -> str | None:
    """None where the config was switched to another venue: a position whose item names none may be at either of
    them."""
    return None if config.get("switched_exchange") else _word(config.get("exchange")) or without


def _word(value: object) -> str | None:
    """Text that says something; anything else is no answer."""
    return (value.strip() or None) if isinstance(value, str) else None
