"""From what the remedies came to, round by round, to the proof that they helped."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from functions.facts import Result
from functions.orders.model import CauseProof, OrderRemedied
from functions.orders.state import Before, Proof, VenueRemedies
from functions.rules.orders.facts import OrderFacts
from functions.rules.orders.plan import OrderGroup, OrderPlan
from functions.rules.orders.proof import IN_FLIGHT, Judged, judge
from functions.settings import Settings

# A remedy that ended so may have changed something, or has seen that it is over: it is to be proven.
PROVABLE: Final = ("acted", "over")
# However fast the clock of an environment runs, a config has to be read and a line to be written.
SHORTEST_FLIGHT: Final = timedelta(seconds=2)


def flat(venues: Iterable[VenueRemedies]) -> tuple[OrderRemedied, ...]:
    """Without the evidence, which stands in the incident: a state's output is bounded, and rounds add up."""
    return tuple(
        one.model_copy(update={"group": light(one.group)})
        for venue in venues
        for one in (*venue.calm, *venue.change)
    )


def light(group: OrderGroup) -> OrderGroup:
    return replace(group, evidence=())


def light_plan(plan: OrderPlan) -> OrderPlan:
    """Without what has a remedy: that stands among what came of the remedies."""
    return replace(plan, venues=(), left=tuple(map(light, plan.left)))


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
        for one in provable(of_round(proof))
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


def after(before: Before, remedied: Iterable[OrderRemedied], plan: OrderPlan, since: datetime) -> Before:
    """This round with all before it: of each cause what came of it last."""
    found = {one.group.group_id: one for one in before.remedied}
    for one in remedied:
        earlier = found.get(one.group.group_id)
        found[one.group.group_id] = one if earlier is None else _with(one, earlier.group)
    return Before(
        number=before.number + 1,
        since=since,
        remedied=tuple(found.values()),
        proofs=before.proofs,
        strategy_ids=tuple(dict.fromkeys((*before.strategy_ids, *plan.strategy_ids))),
    )


def _with(one: OrderRemedied, earlier: OrderGroup) -> OrderRemedied:
    """Counted from the first round on: each one's log begins where the remedy before it took effect."""
    group = one.group
    times = [at for at in (earlier.first_at, group.first_at) if at is not None]
    count = group.count if group.orders else earlier.count + group.count
    return one.model_copy(update={"group": replace(group, count=count, first_at=min(times, default=None))})


def proven(proof: Proof, proofs: Iterable[CauseProof]) -> Before:
    """The same, with its proofs."""
    kept = newest((*proof.next.proofs, *proofs))
    return proof.next.model_copy(update={"proofs": tuple(kept.values())})


def of_round(proof: Proof) -> tuple[OrderRemedied, ...]:
    return tuple(one for one in proof.next.remedied if one.group.group_id in proof.round)


def nothing(number: int) -> Before:
    """A round before which there was none, or of which nothing is told here."""
    return Before(number=number, since=None, remedied=(), proofs=(), strategy_ids=())


def newest(proofs: Iterable[CauseProof]) -> Mapping[str, CauseProof]:
    """By group: the last one counts."""
    return {one.group_id: one for one in proofs}
