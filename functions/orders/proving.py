"""From what the remedies came to, round by round, to the proof that they helped."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from functions.facts import Result
from functions.orders.model import CauseProof, OrderRemedied
from functions.orders.state import Before, Proof, VenueRemedies
from functions.rules.orders.facts import OrderFacts
from functions.rules.orders.plan import OrderGroup
from functions.rules.orders.proof import IN_FLIGHT, Judged, judge
from functions.settings import Settings

# A remedy that ended so may have changed something, or has seen that it is over: it is to be proven.
PROVABLE: Final = ("acted", "over")
# However fast the clock of an environment runs, a config has to be read and a line to be written.
SHORTEST_FLIGHT: Final = timedelta(seconds=2)


def flat(venues: Iterable[VenueRemedies]) -> tuple[OrderRemedied, ...]:
    return tuple(one for venue in venues for one in (*venue.calm, *venue.change))


def provable(remedied: Iterable[OrderRemedied]) -> tuple[OrderRemedied, ...]:
    """Those of which it is worth looking whether they helped."""
    return tuple(
        one
        for one in remedied
        if one.end is not None and one.end.ending in PROVABLE and one.end.result is not Result.NOT_DONE
    )


def took_effect(remedied: Sequence[OrderRemedied], opened_at: datetime) -> datetime:
    """When the newest of them did."""
    return max((one.end.at for one in remedied if one.end and one.end.at), default=opened_at)


def prove(
    proof: Proof, facts: OrderFacts, settings: Settings, *, now: datetime, last: bool
) -> tuple[CauseProof, ...] | None:
    """One for each remedy that is to be proven; None: too early to tell of all of them. A failure ends the looking
    at once: a remedy that did not help is not waited for."""
    judged = [
        (
            one.group,
            judge(
                one.group,
                facts,
                since=proof.since,
                now=now,
                window_seconds=settings.span(settings.orders.proof_window).total_seconds(),
                last=last,
                in_flight=in_flight(settings),
            ),
        )
        for one in provable(proof.remedied)
    ]
    failed = any(found.result is Result.NOT_DONE for _, found in judged)
    if not failed and any(found.result is None for _, found in judged):
        return None
    return tuple(_proof(group, found, proof.since, now) for group, found in judged)


def in_flight(settings: Settings) -> timedelta:
    """How long what was on its way when a remedy took effect may still fail."""
    return max(SHORTEST_FLIGHT, settings.span(IN_FLIGHT.total_seconds()))


def _proof(group: OrderGroup, found: Judged, since: datetime, now: datetime) -> CauseProof:
    return CauseProof(
        group_id=group.group_id,
        cause=group.cause,
        remedy=group.remedy,
        result=found.result or Result.UNKNOWN,
        failures=found.failures,
        placed=found.placed,
        since=since,
        until=now,
        why=found.why,
        silent=found.silent,
    )


def after(before: Before, proof: Proof) -> Before:
    """This round with all before it."""
    return Before(
        number=before.number + 1,
        since=proof.since,
        remedied=(*before.remedied, *proof.remedied),
        proofs=(*before.proofs, *proof.proofs),
        strategy_ids=tuple(dict.fromkeys((*before.strategy_ids, *proof.plan.strategy_ids))),
    )


def newest(proofs: Iterable[CauseProof]) -> Mapping[str, CauseProof]:
    """By group: the last one counts."""
    return {one.group_id: one for one in proofs}
