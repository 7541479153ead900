"""The venue refuses because there are too many: its Retry-After is waited out and nothing is asked of it meanwhile;
where it counts orders, entries are sent less often for a while."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from functions import exposure
from functions.approvals import Option, Question, Risk
from functions.facts import Result
from functions.orders import overriding
from functions.orders.configs import COOLDOWN, Config
from functions.orders.context import Context, chosen, evidence_of, facts_of, lines_of, proposed, read_configs
from functions.orders.model import LONGEST_WAIT, OrderChange, Round
from functions.orders.steps import act, ask, end, wait
from functions.orders.written import in_words
from functions.rules.cooldown import next_cooldown
from functions.rules.orders.options import target_of, ways_out
from functions.rules.orders.words import strategies, where
from functions.rules.proposals import names
from functions.rules.rate_limits import SHORTEST_PAUSE_SECONDS
from functions.rules.stuck.telling import told
from functions.venue import Row

NEEDS: Final = (*exposure.NEEDS, *overriding.NEEDS, "exchange.status")
SLOWER: Final = "slow_down"
JUDGED: Final = "#cooldown"


def decide(context: Context) -> Round:
    memo = context.round.memo
    if context.answer is not None:
        return act(context.round, chosen(context, context.answer.decision), f"{memo.decision}")
    if JUDGED not in memo.seen:
        after = _slower(context.keeping(seen={**memo.seen, JUDGED: "judged"}))
        if isinstance(after, Round):
            return after
        context = after
    return _waited(context)


def _slower(context: Context) -> Round | Context:
    """What is to be changed before the wait; nothing where requests are counted, and not orders."""
    group = context.group
    if not group.counts_orders:
        what = "requests, and not orders" if group.counts_orders is False else "what the venue does not say"
        return context.known(f"counted are {what}: no cooldown is changed, the limit is waited out")
    if group.count < context.settings.orders.failures_least:
        few = f"{group.count} refusals in the window of the log"
        return context.known(
            f"too few to slow anybody down ({few}): no cooldown is changed, the limit is waited out"
        )
    at_risk = exposure.read(context.ports, context.free)
    if at_risk.unreadable:
        return context.known(
            f"no cooldown is raised, because an exit may be due: not readable are {'; '.join(at_risk.unreadable)}"
        )
    due = {one.strategy_id for one in at_risk.positions if one.position_id in at_risk.exits_in_flight}
    found = [one for one in read_configs(context) if one.unread is None and one.strategy_id not in due]
    # Where the lines say whose orders are counted, nobody else is slowed down.
    found = [one for one in found if not group.counted or one.owner.account in group.counted]
    slowed = [one.strategy_id for one in found if _by_another(context, one)]
    found = [one for one in found if one.strategy_id not in slowed]
    changes, at_cap = _changes(context, found, None if group.confirmed else SLOWER)
    context = context.known(
        *((f"not slowed down, because an exit of theirs is due: {names(sorted(due))}",) if due else ()),
        *((f"slowed down by another incident already: {names(slowed)}",) if slowed else ()),
        *((f"{COOLDOWN} is at its cap already: {names(at_cap)}",) if at_cap else ()),
    )
    if not changes:
        return context
    if group.confirmed:
        return act(context.round, changes, f"raise {COOLDOWN} of {strategies(len(changes))}, entries only")
    question = _question(context, changes)
    return ask(context.round, question, question.title, changes=changes)


def _changes(context: Context, found: Sequence[Config], option: str | None) -> tuple[list[OrderChange], list[str]]:
    limits, made, at_cap = context.settings.limits, list[OrderChange](), list[str]()
    for one in found:
        value = next_cooldown(
            one.number(COOLDOWN), least=limits.order_cooldown_least, most=limits.order_cooldown_most
        )
        if value is None:
            at_cap.append(one.strategy_id)
            continue
        why = f"{COOLDOWN} {in_words(one.raw(COOLDOWN))} to {told(value)}"
        made.append(proposed(one, COOLDOWN, value, why, expires_at=context.until_put_back, option=option))
    return made, at_cap


def _by_another(context: Context, config: Config) -> bool:
    """What another run, still at work, raised for the same venue is not raised on top of it."""
    other = overriding.overrider(config.item or {}, COOLDOWN, context.round.job.run.incident_id)
    return other is not None and not overriding.is_over(context.ports, other)


def _waited(context: Context) -> Round:
    group, memo, now = context.group, context.round.memo, context.now
    until = memo.wait_until
    if until is None:
        pause = max(group.retry_after_seconds or 0, SHORTEST_PAUSE_SECONDS)
        until = (group.last_at or now) + context.settings.span(pause)
        if until - now > context.settings.span(LONGEST_WAIT):
            why = f"the venue is to be left alone until {until:%Y-%m-%d %H:%M:%S} UTC; restart nothing on it"
            return end(context.round, "gave_up", why, until=until, undo=context.undo)
    if now < until:
        told_wait = f"its Retry-After is waited out until {until:%H:%M:%S} UTC, and nothing is asked of it"
        left = (until - now) / context.settings.span(1)
        return wait(context.round, left, told_wait, wait_until=until)
    return _looked(context)


def _looked(context: Context) -> Round:
    """One look; a venue that refuses it has told how long to stay away."""
    group, memo = context.group, context.round.memo
    if group.venue is None:
        return _over(context, "the wait is over; nobody knows which venue it was")
    status = context.ports.exchange.status(group.venue)
    trouble = status.trouble
    if trouble is None or trouble.row is not Row.RATE_LIMITED:
        return _over(context, f"{group.venue} refuses nothing for too many requests any more ({status.detail})")
    pause = max(trouble.retry_after or 0, SHORTEST_PAUSE_SECONDS)
    if memo.waited_seconds + pause > LONGEST_WAIT:
        why = f"{group.venue} still refuses after {memo.waited_seconds} s: {status.detail}"
        return end(context.round, "gave_up", why, undo=context.undo)
    until = context.now + context.settings.span(pause)
    return wait(context.round, pause, f"{group.venue} still refuses: {status.detail}", wait_until=until)


def _over(context: Context, why: str) -> Round:
    memo = context.round.memo
    if memo.applied or memo.refused or memo.unknown:
        slower = f"{why}; entries come less often for now"
        return end(context.round, "acted", slower, at=context.now, undo=context.undo)
    return end(context.round, "over", why, at=context.now, result=Result.DONE)


def _question(context: Context, changes: Sequence[OrderChange]) -> Question:
    hours = context.settings.limits.override_expires_after // 3_600
    slower = Option(
        SLOWER,
        f"Slow {strategies(len(changes))} down, as shown",
        f"Entries wait longer after one another; exits do not. It is put back by itself after {hours} h, or by "
        f"`{context.undo}`.",
        Risk.REDUCES,
        "SLOWER",
    )
    return Question(
        kind="change",
        title=f"Too many orders at {where(context.group)}: send entries less often?",
        target=target_of(context.group),
        facts=(*facts_of(context.group), *lines_of(changes)),
        options=(slower, *ways_out(context.settings.orders.leave_at_most_minutes)),
        evidence=evidence_of(context.group),
        desk=context.desk,
        cause=context.group.cause.value,
        venue=context.group.venue,
    )
