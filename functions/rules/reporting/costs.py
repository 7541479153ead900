"""The money of an incident: first what it cost or puts at risk, then what else is known."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from functions.facts import Outcome
from functions.rules.reporting import open_positions
from functions.rules.reporting.incident import Incident, at, told
from functions.rules.reporting.lines import BREAK

# functions/exposure.py: "0 open positions, 2 working orders (1 protective), 0 exits in flight, ...".
_EXPOSURE: Final = re.compile(r"^(\d+) open positions?, (\d+) working orders?")
# What a run read at its own end (functions/tasks/conclude_orders.py): the same, and behind it each position.
OPEN_AT_THE_END: Final = "open at the end"
# functions/tasks/check_positions.py: "no position is open (1 accounts read)".
_NONE_OPEN: Final = "no position is open"
NOT_MEASURED: Final = frozenset({"", "not measured"})
_TREATED: Final = frozenset({Outcome.RESOLVED, Outcome.ESCALATED, Outcome.LEFT_OPEN, Outcome.DECLINED})


def money_told(it: Incident) -> tuple[str, ...]:
    """Lines of the first table."""
    return tuple(_lines(it)) or (_nobody_looked(it),)


def _nobody_looked(it: Incident) -> str:
    """An end that says nothing of money is not taken for one without any."""
    said = it.said("exposure") or any(one.get("id") == "positions" for one in it.maps("checklist"))
    ended = it.item.get("outcome") in _TREATED
    return "Not measured: neither a cost, nor what is open." if ended and not said else "Not measured."


def _lines(it: Incident) -> Iterator[str]:
    own = dict(it.own.short).get("money")
    if own:
        yield from (told(one) for one in own.split(BREAK))
    elif it.text("pnl_impact") not in NOT_MEASURED:
        yield it.text("pnl_impact")
    risk, at_the_end = open_positions.row(it), tuple(_at_the_end(it))
    if risk == ("none",):
        yield "No position is open: nothing is at risk."
    elif risk or at_the_end:
        yield from risk or at_the_end
    elif not own and it.text("pnl_impact") in NOT_MEASURED:
        yield from _by_the_look(it)


def _by_the_look(it: Incident) -> Iterator[str]:
    """Before anything was done the run looked what is open."""
    looks = [_EXPOSURE.match(str(one.get("value"))) for one in it.maps("evidence") if _is_exposure(one.get("what"))]
    found = next((look for look in looks if look), None)
    if found is None:
        yield from _by_the_checklist(it)
        return
    positions, orders = int(found[1]), int(found[2])
    if positions or orders:
        yield f"{positions} open positions and {orders} working orders stood meanwhile; their cost is not measured."
    else:
        yield "No position and no order was open: nothing was at risk. Trades that were missed are not measured."


def _at_the_end(it: Incident) -> Iterator[str]:
    """What could not be read is told as it is, and never taken for nothing."""
    for one in [one for one in it.maps("evidence") if one.get("what") == OPEN_AT_THE_END][-1:]:
        value, when = told(one.get("value")), at(one.get("at"))
        counts, _, each = value.partition("; ")
        found = _EXPOSURE.match(counts)
        if found is None or "not readable" in value:
            yield f"What is open could not be read whole at {when}: {value}."
        elif int(found[1]):
            number = "1 position is" if found[1] == "1" else f"{found[1]} positions are"
            yield f"At risk: {number} open at {when}: {each}. What the trouble cost is not measured."
        else:
            yield f"No position of these strategies was open at {when}. Trades that were missed are not measured."


def _by_the_checklist(it: Incident) -> Iterator[str]:
    """Its own look at the end, where nobody looked before."""
    for one in it.maps("checklist"):
        passes = one.get("id") == "positions" and one.get("result") == "pass"
        if passes and str(one.get("value")).startswith(_NONE_OPEN):
            yield f"No position was open at {at(one.get('at'))}. Trades that were missed are not measured."


def _is_exposure(what: object) -> bool:
    return str(what) in ("exposure before any act", "exposure")
