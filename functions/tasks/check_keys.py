"""Looks by day whether every account's key can do at night what it must, from the address that orders leave by; and
whether the strategies' bots let us in."""

from __future__ import annotations

from typing import Final, Literal

from pydantic import BaseModel

from functions import bots_by_day, live_accounts
from functions.contracts import Frozen
from functions.errors import RunbookError
from functions.ports import Ports
from functions.rules.keys import KeyFinding, Verdict, judge, unreadable
from functions.runtime import task
from functions.settings import Settings
from functions.venue import Where

ACT = False
TRIGGER = "preflight-daily"
IN_NETWORK = True
LAYERS = ("exchange",)
TIMEOUT_SECONDS = 60
MEMORY_MB = 512

# Of one message; the rest is counted, and `runbooks preflight` shows all.
MOST_TOLD: Final = 40
NAME: Final = "What a night run will need of the exchanges and of the strategies' bots"


class Request(BaseModel):
    """The schedule's event, or `{"quiet": true}` from the command line, which shows it itself; `only` one kind."""

    quiet: bool = False
    only: Literal["keys", "bots"] | None = None


class Response(Frozen):
    """`findings` of the accounts, `bots` of the strategies' APIs. `told`: somebody was paged."""

    accounts: int
    findings: tuple[KeyFinding, ...]
    bots: tuple[KeyFinding, ...]
    told: bool


@task(Request, needs=(*bots_by_day.NEEDS, *live_accounts.NEEDS, "exchange.account", "notifier.page"))
def handler(request: Request, ports: Ports, settings: Settings) -> Response:
    bots = () if request.only == "keys" else bots_by_day.read(ports, settings)
    accounts, unread = ((), ()) if request.only == "bots" else live_accounts.read(ports, settings)
    findings = [KeyFinding("the account map", "could not be read", Verdict.UNKNOWN, why) for why in unread]
    for where in accounts:
        findings += _of(ports, where)
    red = [one for one in (*findings, *bots) if one.verdict in (Verdict.BAD, Verdict.UNKNOWN)]
    told = bool(red) and not request.quiet
    if told:
        ports.notifier.page(f"[tradai {settings.env}] PREFLIGHT: {len(red)} would fail at night", _message(red))
    return Response(accounts=len(accounts), findings=tuple(findings), bots=bots, told=told)


def _of(ports: Ports, where: Where) -> tuple[KeyFinding, ...]:
    try:
        return judge(ports.exchange.account(where))
    except RunbookError as error:
        return (unreadable(where, str(error)[:200], error.trouble),)


def _message(red: list[KeyFinding]) -> str:
    lines = [f"{NAME}:", ""]
    for one in red[:MOST_TOLD]:
        lines.append(f"- {one.about}: {one.what}: {one.value} ({one.verdict.value})")
        if one.advice:
            lines.append(f"  {one.advice}")
    if len(red) > MOST_TOLD:
        lines.append(f"and {len(red) - MOST_TOLD} more")
    return "\n".join([*lines, "", "The whole of it: runbooks preflight"])
