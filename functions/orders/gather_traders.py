"""Who should be able to order, and what the configs say that orders are made of."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from functions.errors import RunbookError
from functions.facts import StrategyState
from functions.orders.gathering import LogLook, TradersSeen
from functions.ports import Ports
from functions.rules.orders.facts import MOST_STRATEGIES, TraderFact
from functions.settings import Account, Meaning, Settings

NEEDS: Final = ("strategy_config.get", "trading_state.all")
# Fields of a config that a remedy may have changed; their overrides and changes stand beside them.
CHANGED: Final = ("override_", "change_")
NUMBERS: Final = ("stake_amount", "limit_offset_bps", "order_cooldown_seconds")
MOST_SYMBOLS: Final = 40


def look(ports: Ports, settings: Settings, log: LogLook) -> TradersSeen:
    """Those whose orders fail by the log come first, so that a list that is cut keeps them: that it is cut hides
    no failure, and the total says so."""
    only = log.job.strategy_id
    states = [
        one for one in ports.trading_state.all() if only in (None, one.strategy_id) and _orders(settings, one)
    ]
    failing = {sign.strategy_id for sign in log.fact.signs} if log.fact else set()
    states.sort(key=lambda one: (one.strategy_id not in failing, one.strategy_id))
    traders: list[TraderFact] = []
    unread: list[str] = []
    for state in states[:MOST_STRATEGIES]:
        try:
            config = ports.strategy_config.get(state.strategy_id)
        except RunbookError as error:
            unread.append(f"the config of {state.strategy_id}: {error}"[:200])
            continue
        traders.append(trader_of(state, config, settings))
    return TradersSeen(traders=tuple(traders), total=len(states), unread="; ".join(unread[:5]) or None)


def _orders(settings: Settings, state: StrategyState) -> bool:
    """One whose status nobody knows may order, too."""
    return settings.meaning(state.status) is not Meaning.MANAGES_NOTHING


def trader_of(state: StrategyState, config: Mapping[str, Any] | None, settings: Settings) -> TraderFact:
    """What the item says; a word or number of another type is `odd`, and None."""
    said = config or {}
    odd: list[str] = [] if settings.meaning(state.status) is not None else ["status"]
    numbers = {name: _number(said, name, odd) for name in NUMBERS}
    words = {name: _word(said, name, odd) for name in ("exchange", "account", "mode", "order_type")}
    known: Account | None = settings.platform.accounts.get(state.strategy_id)
    mode = words["mode"] or (known.mode if known else None)
    return TraderFact(
        strategy_id=state.strategy_id,
        status=state.status,
        venue=words["exchange"] or settings.connectivity.venue_without_config,
        account=words["account"] or (known.account if known else None),
        mode=mode.lower() if mode else None,
        stake_amount=numbers["stake_amount"],
        order_type=words["order_type"].lower() if words["order_type"] else None,
        limit_offset_bps=numbers["limit_offset_bps"],
        order_cooldown_seconds=numbers["order_cooldown_seconds"],
        symbols=_symbols(said, odd),
        overrides=tuple(sorted(_changed(said))),
        odd=tuple(odd),
    )


def _number(said: Mapping[str, Any], name: str, odd: list[str]) -> Decimal | None:
    """A finite number; a string of one is none: the platform writes numbers."""
    value = said.get(name)
    if value is None:
        return None
    if isinstance(value, Decimal | int) and not isinstance(value, bool) and Decimal(value).is_finite():
        return Decimal(value)
    odd.append(name)
    return None


def _word(said: Mapping[str, Any], name: str, odd: list[str]) -> str | None:
    value = said.get(name)
    if value is None:
        return None
    if isinstance(value, str) and value.strip():
        return value.strip()
    odd.append(name)
    return None


def _symbols(said: Mapping[str, Any], odd: list[str]) -> tuple[str, ...]:
    """Beyond `MOST_SYMBOLS` they are named as odd: nobody looks at them one by one."""
    value = said.get("symbols")
    if value is None:
        return ()
    if not isinstance(value, list | tuple) or not all(isinstance(one, str) for one in value):
        odd.append("symbols")
        return ()
    if len(value) > MOST_SYMBOLS:
        odd.append("symbols")
    return tuple(dict.fromkeys(value))[:MOST_SYMBOLS]


def _changed(said: Mapping[str, Any]) -> set[str]:
    """Fields beside which a whole record of some incident stands."""
    return {
        name.removeprefix(prefix)
        for name, record in said.items()
        for prefix in CHANGED
        if name.startswith(prefix) and isinstance(record, Mapping) and isinstance(record.get("incident_id"), str)
    }
