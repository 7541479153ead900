"""Which strategies may trade at their fallback exchange while their own is down, and which must stay.

A strategy with anything open at the old venue stays with it: switched, it would neither watch that position nor
be able to close it. What the tables say of that and what the venue itself lists both count; as far as the venue
cannot be asked, the person who chooses declares the rest.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from functions.facts import ExposureFact, KillSwitchFact, ProbeFact, Reading
from functions.rules.kill_switch import why_not_restart

# Rounds of asking in one run: a venue that stays down that long is another day's work.
ASKS: Final = 3
LEAVE_AT_MOST_MINUTES: Final = 24 * 60
# Looks in one wait (statemachines/outlast/runbook.yaml) and seconds between two of them.
MOST_LOOKS: Final = 60
MOST_SECONDS: Final = 3600
NOT_ASKED: Final = "it cannot be asked itself"


@dataclass(frozen=True, slots=True)
class Config:
    """What the table says of a strategy's venues; None where it says nothing. `switched_by`: the incident that
    switched it last. `account` and `mode`: by the settings where the table says nothing."""

    strategy_id: str
    exchange: str | None
    fallback: str | None
    switched_by: str | None = None
    account: str | None = None
    mode: str | None = None
    symbols: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Switch:
    """A strategy that may be switched from the venue that is down to `fallback`."""

    strategy_id: str
    fallback: str


@dataclass(frozen=True, slots=True)
class Kept:
    """A strategy that must not be switched, and why."""

    strategy_id: str
    why: str


@dataclass(frozen=True, slots=True)
class Seen:
    """What was read. `exposure` and `kill_switch` None: could not be read. `fallbacks` holds a probe of each
    fallback venue that the settings know an address of. `at_venue`: what the venue itself lists that may be a
    strategy's, in words; `itself`: how far it could be asked."""

    exposure: ExposureFact | None
    kill_switch: KillSwitchFact | None
    fallbacks: Mapping[str, ProbeFact]
    at_venue: Mapping[str, str] = field(default_factory=dict)
    itself: str = NOT_ASKED


def divide(configs: Sequence[Config], venue: str, seen: Seen) -> tuple[tuple[Switch, ...], tuple[Kept, ...]]:
    """Shares all of them out: those that may be switched, and those that stay with the reason."""
    switches: list[Switch] = []
    kept: list[Kept] = []
    for config in configs:
        why = why_not(config, venue, seen)
        if why is None and config.fallback is not None:
            switches.append(Switch(config.strategy_id, config.fallback))
        else:
            kept.append(Kept(config.strategy_id, why or "its config names no fallback exchange"))
    return tuple(switches), tuple(kept)


def why_not(config: Config, venue: str, seen: Seen) -> str | None:
    """None: it may be switched as far as the tables, the probe and the kill switch tell. What could not be read
    forbids."""
    if refused := why_not_restart(seen.kill_switch, config.strategy_id):
        return refused
    if config.exchange != venue:
        return f"its config says {config.exchange or 'no exchange'}, not {venue}"
    if not config.fallback:
        return "its config names no fallback exchange"
    if config.fallback == venue:
        return f"its fallback exchange is {venue} too"
    if held := _held(config.strategy_id, seen.exposure):
        return held
    if listed := seen.at_venue.get(config.strategy_id):
        return f"{venue} itself lists {listed}"
    probe = seen.fallbacks.get(config.fallback)
    if probe is None:
        return f"the settings know no address of {config.fallback} (connectivity.exchange)"
    if probe.reading is not Reading.OK:
        return f"{config.fallback} cannot be reached: {probe.detail} ({probe.where})"
    return None


def longer(seconds: float, look_every: int) -> tuple[int, int]:
    """Seconds between two looks and their number for a wait of so many seconds, within the loop's bound."""
    whole = max(1, round(seconds))
    every = min(MOST_SECONDS, max(look_every, -(-whole // MOST_LOOKS)))
    return every, min(MOST_LOOKS, max(1, -(-whole // every)))


def way_back(table: str, switch: Switch, venue: str) -> str:
    """The command that undoes one switch, only while nobody has changed it since."""
    key = f'{{"strategy_id":{{"S":"{switch.strategy_id}"}}}}'
    values = f'{{":old":{{"S":"{venue}"}},":new":{{"S":"{switch.fallback}"}}}}'
    return (
        f"aws dynamodb update-item --table-name {table} --key '{key}' "
        "--update-expression 'SET #exchange = :old REMOVE #switched' --condition-expression '#exchange = :new' "
        '--expression-attribute-names \'{"#exchange":"exchange","#switched":"switched_exchange"}\' '
        f"--expression-attribute-values '{values}'"
    )


def _held(strategy_id: str, exposure: ExposureFact | None) -> str | None:
    """Anything open of this strategy, protective orders too: they protect something."""
    if exposure is None or exposure.unreadable:
        return "its open positions and orders could not be read"
    owner = {position.position_id: position.strategy_id for position in exposure.positions}
    mine = [p for p in exposure.positions if p.strategy_id == strategy_id and p.status != "closed"]
    if mine:
        return f"it has {mine[0].status} positions there: {', '.join(p.position_id for p in mine[:3])}"
    orders = [o for o in exposure.orders if (o.strategy_id or owner.get(o.position_id, strategy_id)) == strategy_id]
    if orders:
        return f"it has working orders there: {', '.join(o.order_id for o in orders[:3])}"
    return None
