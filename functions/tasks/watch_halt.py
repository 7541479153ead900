"""Every minute while the kill switch is engaged: stops again what came back, and tells it once a change."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from pydantic import BaseModel

from functions import measuring, watching_halt
from functions.contracts import Frozen
from functions.errors import RunbookError
from functions.facts import Evidence, KillSwitchFact
from functions.halting import MOST_NAMED
from functions.ports import Ports
from functions.rules import halt_watch
from functions.rules.halt_watch import NOTHING, UNTOLD, Watched
from functions.rules.kill_switch import told
from functions.runtime import logger, task
from functions.settings import Settings
from functions.stopping import said, tried
from functions.watching_halt import BY_HAND, Watch

ACT = True
TRIGGER = "halt-watch"
NOTIFIES = True
TIMEOUT_SECONDS = 60
MEMORY_MB = 512

# So long the first stop may take.
AT_WORK: Final = timedelta(minutes=5)
# Of a message that is kept for the next minute.
MOST_KEPT: Final = 4_000


class Request(BaseModel):
    """The schedule's event; nothing in it is read."""


class Response(Frozen):
    action: str
    reason: str
    stopped: int
    left: int
    told: bool


@task(
    Request,
    needs=(
        *measuring.NEEDS,
        *watching_halt.NEEDS,
        "executions.status",
        "halts.tell",
        "halts.told",
        "incidents.note",
        "notifier.page",
        "notifier.publish",
    ),
)
def handler(request: Request, ports: Ports, settings: Settings) -> Response:
    switch = ports.guards.kill_switch()
    measuring.kill_switch(ports, switch.engaged)
    if not switch.engaged:
        return _nothing("the kill switch is not engaged")
    # Also while a stop is at work: a stop done twice is a stop, and that one may be of some, or hang.
    seen = Watch(ports, settings, switch).minute()
    # What the first stop has not come to yet did not come back; what it leaves is seen again in a minute.
    sent = not _at_work(ports, switch) and _tell(ports, settings, switch, seen)
    action = "none" if seen.nothing else "stopped"
    reason = told(switch) if seen.nothing else "; ".join(halt_watch.lines(seen, 1))
    return Response(action=action, reason=reason[:1000], stopped=len(seen.stopped), left=len(seen.left), told=sent)


def _at_work(ports: Ports, switch: KillSwitchFact) -> bool:
    """The stop that engaged it runs, and not for so long that it may hang. Not known: it does not."""
    if switch.engaged_at is None or ports.clock.now() - switch.engaged_at > AT_WORK or not switch.stops:
        return False
    return tried(lambda: ports.executions.status(switch.stops[0]), tries=1).value == "RUNNING"


def _nothing(reason: str) -> Response:
    return Response(action="none", reason=reason, stopped=0, left=0, told=False)


def _tell(ports: Ports, settings: Settings, switch: KillSwitchFact, seen: Watched) -> bool:
    """Once a change. Remembered only after it went out; what did not go out is kept, and goes out before anything
    else in the next minute, when nothing may be left to be seen of it."""
    halt = switch.halt_id or BY_HAND
    before = tried(lambda: ports.halts.told(halt)).value
    kept = before.removeprefix(UNTOLD) if before and before.startswith(UNTOLD) else None
    now = halt_watch.signature(seen, ports.clock.now())
    if now == (before or NOTHING):
        return False
    if kept is None and seen.nothing:
        _remember(ports, halt, now)
        return False
    body = "\n".join(filter(None, [*halt_watch.lines(seen, MOST_NAMED), kept and f"Not told before:\n{kept}"]))
    try:
        _send(ports, settings, switch, body, page=seen.pages or kept is not None)
    except RunbookError as error:
        _remember(ports, halt, f"{UNTOLD}{body[:MOST_KEPT]}")
        logger.error("the watch of a halt could tell nobody", cause=said(error))
        raise
    _remember(ports, halt, now)
    what = Evidence("watch of the halt", settings.platform.trading_state_table, body[:900], ports.clock.now())
    noted = tried(lambda: ports.incidents.note(halt, [what]), tries=1)
    if not noted.done:
        logger.warning("what the watch saw is not in the incident", cause=noted.why)
    return True


def _send(ports: Ports, settings: Settings, switch: KillSwitchFact, body: str, *, page: bool) -> None:
    head = f"[tradai {settings.env}] {'NOT STOPPED' if page else 'stopped again'} while the kill switch is engaged"
    whole = f"{body}\n\n{told(switch)}.\nOnly resume-trading releases it. Find out who starts them.\n"
    if page:
        ports.notifier.page(head, whole)
    ports.notifier.publish(head, whole)


def _remember(ports: Ports, halt: str, what: str) -> None:
    kept = tried(lambda: ports.halts.tell(halt, what))
    if not kept.done:
        logger.warning("what the watch told is not remembered: it is told again", cause=kept.why)
