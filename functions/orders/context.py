"""What a remedy is decided with, and what all of them share: whom it may touch, and whose account it may ask."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

from functions.approvals import Line
from functions.contracts import Answer
from functions.facts import Evidence
from functions.orders import configs
from functions.orders.configs import Config
from functions.orders.model import OrderChange, Round
from functions.orders.steps import remember, told
from functions.orders.written import written
from functions.ports import Ports
from functions.raising import desk_of
from functions.rules.orders.plan import OrderGroup
from functions.rules.orders.words import of_cause
from functions.rules.proposals import names
from functions.settings import Settings
from functions.venue import Where

NEEDS: Final = (*configs.NEEDS,)
MOST_EVIDENCE: Final = 12
# Strategies that a question has a line for.
MOST_LINES: Final = 25


@dataclass(frozen=True, slots=True)
class Context:
    """`free`: the strategies of the group for which the kill switch is released. `answer`: what was just said."""

    ports: Ports
    settings: Settings
    round: Round
    free: tuple[str, ...]
    now: datetime
    answer: Answer | None = None

    @property
    def group(self) -> OrderGroup:
        return self.round.job.group

    @property
    def undo(self) -> str:
        return f"runbooks config undo {self.round.job.run.incident_id} --env {self.settings.env.value}"

    @property
    def desk(self) -> str:
        return desk_of(self.settings.platform.accounts, self.group.strategy_ids)

    @property
    def until_put_back(self) -> datetime:
        return self.now + timedelta(seconds=self.settings.limits.override_expires_after)

    @property
    def may_ask(self) -> bool:
        return self.round.memo.questions < self.settings.orders.questions_a_remedy

    def keeping(self, **memo: object) -> Context:
        return replace(self, round=remember(self.round, **memo))

    def known(self, *sentences: str) -> Context:
        return self.keeping(known=told(self.round.memo.known, *sentences))


def read_configs(context: Context) -> tuple[Config, ...]:
    return configs.read(context.ports, context.settings, context.free)


def where_of(group: OrderGroup, found: Iterable[Config]) -> tuple[Where | None, str]:
    """The account whose key may be used; None, and why: for paper or an unknown mode none is."""
    if group.venue is None or group.account is None:
        return None, "venue or account is not known"
    modes = [one.owner for one in found]
    if not any(one.live and (one.venue, one.account) == (group.venue, group.account) for one in modes):
        return None, f"nobody is proven to trade {group.venue}/{group.account} live: its account is not asked"
    return Where(group.venue, group.account), ""


def proposed(
    config: Config,
    field: str,
    value: Any,
    why: str,
    *,
    expires_at: datetime | None,
    option: str | None = None,
) -> OrderChange:
    return OrderChange(
        strategy_id=config.strategy_id,
        field=field,
        expected=written(config.raw(field)),
        value=written(value),
        expires_at=expires_at,
        why=why,
        option=option,
    )


def chosen(context: Context, option: str) -> list[OrderChange]:
    """What people read under this option; an override runs from their answer on."""
    return [
        one if one.expires_at is None else one.model_copy(update={"expires_at": context.until_put_back})
        for one in context.round.changes
        if one.option == option
    ]


def lines_of(changes: Sequence[OrderChange], quote: str = "") -> list[Line]:
    """Old and new value of each, in the `quote` where it is money; where they are too many, how many more."""
    lines = [Line(one.strategy_id, f"{one.why} {quote}".strip()) for one in changes[:MOST_LINES]]
    more = len(changes) - len(lines)
    return [*lines, Line("Others", f"{more} more strategies, by the same rule")] if more else lines


def facts_of(group: OrderGroup) -> list[Line]:
    """What every question says of the failures."""
    newest = f", the newest at {group.last_at:%H:%M:%S} UTC" if group.last_at else ""
    codes = f" ({', '.join(group.codes[:5])})" if group.codes else ""
    sure = "" if group.confirmed else "; the log alone says so, nothing else confirms it"
    return [
        Line("What fails", f"{of_cause(group)}{sure}"),
        Line("Failures", f"{group.count} within the window of the log{codes}{newest}"),
        Line("Strategies", names(group.strategy_ids, 10) or "not known"),
    ]


def evidence_of(group: OrderGroup) -> tuple[Evidence, ...]:
    return group.evidence[:MOST_EVIDENCE]
