"""Releases the kill switch, as people have decided: only the halt that they were asked about, and no stop since.

Retried, it finds its own release. A glass that was broken is written down before anybody trades.
"""

from __future__ import annotations

from datetime import datetime

from functions import acts, letting_go
from functions.errors import Refused, RunbookError
from functions.facts import Evidence
from functions.letting_go import KILL_SWITCH, as_asked, who
from functions.ports import Ports
from functions.resuming import GUARD, LetGo
from functions.rules.glass import breaks
from functions.rules.kill_switch import halts
from functions.runtime import task
from functions.settings import Settings

ACT = True
TIMEOUT_SECONDS = 30
MEMORY_MB = 256


class Request(letting_go.Request):
    pass


class Response(LetGo):
    pass


@task(
    Request,
    needs=(*acts.NEEDS, *letting_go.NEEDS, "halts.release"),
)
def handler(request: Request, ports: Ports, settings: Settings) -> Response:
    run, scope, order = request.run, request.scope, request.order
    ids = None if scope.whole else order.strategy_ids
    whom = "for all" if ids is None else f"for {len(ids)} strategies"
    if breaks(request.answer.decision):
        _glass(request, ports, settings)
    stops: tuple[str, ...] = ()
    if scope.halt_id is None:
        if ports.guards.kill_switch().engaged:
            raise Refused("stopped again while the question stood: the kill switch is engaged")
        why = "the kill switch was released before this run"
    else:
        halt_id = scope.halt_id
        act = acts.Act(
            "release-kill-switch", f"release the kill switch {whom}", KILL_SWITCH, f"engaged by {halt_id}"
        )

        def do() -> str:
            switch = as_asked(ports, scope)
            now, by = ports.clock.now(), who(request.answer)
            if not ports.halts.release(halt_id, stops=switch.stops, strategy_ids=ids, by=by, at=now):
                raise Refused("stopped again in the very moment of the release: the kill switch stays engaged")
            return f"released {whom} by {by}"

        def seen(_: datetime) -> str | None:
            switch = ports.guards.kill_switch()
            engaged = switch.engaged if ids is None else any(halts(switch, one) for one in ids)
            # Somebody else's release is none of ours: then `do` looks at it, and refuses.
            ours = switch.released_by == who(request.answer)
            ours &= halt_id == (switch.halt_id if switch.engaged else switch.last_halt_id)
            return f"released {whom}" if ours and not engaged else None

        stops = _stops(ports)
        acts.perform(ports, run, GUARD, act, do=do, seen=seen)
        why = f"released {whom}"
    letting_go.tell(ports, request, stops, "Trading is being resumed, step by step.")
    return Response(managing=False, at=ports.clock.now(), why=why)


def _stops(ports: Ports) -> tuple[str, ...]:
    """Before the release, which forgets them."""
    try:
        return ports.guards.kill_switch().stops
    except RunbookError:
        return ()


def _glass(request: Request, ports: Ports, settings: Settings) -> None:
    """Written down before anybody trades by it; if it cannot be, nobody does. Whoever took the answer tells all."""
    run, answer = request.run, request.answer
    ratify_by = answer.decided_at + settings.span(settings.limits.ratify_within)
    said = f'{who(answer)} alone, because nobody else answered: "{answer.note or "no note"}"'
    ports.incidents.note(
        run.incident_id,
        [Evidence("glass broken", "resume-trading", said, answer.decided_at)],
        broken_glass_by=who(answer),
        ratify_by=ratify_by,
    )
