"""Lets exits be managed while the kill switch stays engaged: the service may run, and nobody may trade."""

from __future__ import annotations

from datetime import datetime

from functions import acts, letting_go
from functions.errors import Refused
from functions.letting_go import KILL_SWITCH, as_asked, who
from functions.ports import Ports
from functions.resuming import GUARD, LetGo
from functions.rules.resume_meanwhile import hash_of
from functions.runtime import task
from functions.settings import Settings

ACT = True
TIMEOUT_SECONDS = 30
MEMORY_MB = 256


class Request(letting_go.Request):
    pass


class Response(LetGo):
    pass


@task(Request, needs=(*acts.NEEDS, *letting_go.NEEDS, "halts.allow_managing"))
def handler(request: Request, ports: Ports, settings: Settings) -> Response:
    del settings
    run, scope = request.run, request.scope
    halt_id = scope.halt_id
    if halt_id is None:
        raise Refused("the kill switch is not engaged, so exits alone cannot be allowed")
    act = acts.Act("allow-managing", "allow exits to be managed", KILL_SWITCH, f"engaged by {halt_id}")

    def do() -> str:
        switch = as_asked(ports, scope)
        now, by = ports.clock.now(), who(request.answer)
        if not ports.halts.allow_managing(halt_id, stops=switch.stops, by=by, at=now):
            raise Refused("stopped again in the very moment: the kill switch stays as it is")
        return f"exits may be managed, allowed by {by}"

    def seen(_: datetime) -> str | None:
        switch = ports.guards.kill_switch()
        ours = switch.manage_only and switch.halt_id == halt_id and hash_of(switch.stops) == scope.stops
        return "exits may be managed" if ours else None

    acts.perform(ports, run, GUARD, act, do=do, seen=seen)
    letting_go.tell(ports, request, (), "Exits of open positions are managed again; nobody trades yet.")
    return Response(managing=True, at=ports.clock.now(), why="exits may be managed; the kill switch stays engaged")
