"""Does what is due for one request, one step after another; the rules say what (functions/rules/asking/rounds).

The sweeper does so every minute, and whoever learns that a mail came back does so at once.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final, assert_never

from functions import asking, breaking_mail, delivering, filing, following, ratifying, sending
from functions.approvals import Approval, Standing
from functions.ports import Ports
from functions.rewriting import again, rewrite
from functions.rules import glass
from functions.rules.asking import standing
from functions.rules.asking.policy import Policy
from functions.rules.asking.rounds import (
    CallToRatify,
    DecideAlone,
    Deliver,
    Due,
    Lapse,
    Overdue,
    Ratified,
    Remind,
    Repeat,
    SendRung,
    TellGlass,
    Unreached,
    due,
    reached,
)
from functions.settings import Settings
from functions.web.mails import PageKind, page_text

NEEDS: Final = (
    *asking.NEEDS,
    *delivering.NEEDS,
    *filing.NEEDS,
    *following.NEEDS,
    *breaking_mail.NEEDS,
    *ratifying.NEEDS_CLOSE,
)

# Waves, reminder, end, delivery, repeat: more than this never follows at one moment.
MOST_STEPS: Final = 10

# What a mail that got lost is still worth sending for.
_TOLD_ABOUT: Final = frozenset({Standing.PENDING, Standing.LAPSED})


def pursue(ports: Ports, settings: Settings, approval: Approval) -> Approval:
    """The request after everything that is due now. Raises what a port raised at the first step that failed;
    what was written before stands, and the rest is due still."""
    before = approval.version
    try:
        for _ in range(MOST_STEPS):
            after = _step(ports, settings, approval)
            if after.version == approval.version:
                break
            approval = after
    except BaseException:
        if approval.version != before:
            filing.file(ports, approval)
        raise
    # Last of all: an incident that cannot be written keeps no run waiting.
    if approval.unfiled:
        return filing.catch_up(ports, approval)
    return filing.file(ports, approval) if approval.version != before else approval


def ended(ports: Ports, approval: Approval) -> Approval:
    """Revoked where the execution that waits has ended and nobody has answered: an old link decides nothing.
    One whose time is over lapses instead, because nobody answered that one."""
    now = ports.clock.now()
    if approval.standing is not Standing.PENDING or now >= approval.lapses_at:
        return approval
    if ports.executions.status(approval.execution_arn) == "RUNNING":
        return approval
    after, changed = rewrite(ports, approval, standing.revoke)
    return filing.file(ports, after) if changed else after


def _step(ports: Ports, settings: Settings, approval: Approval) -> Approval:
    """The first of what is due that changes anything."""
    now = ports.clock.now()
    rungs = len(settings.approvals.rungs_of(approval.question.desk))
    if approval.parent is not None:
        after = _follow(ports, settings, approval)
        if after.version != approval.version:
            return after
    for one in due(approval, rungs, now, Policy.of(settings)):
        after = _do(ports, settings, approval, one)
        if after.version != approval.version:
            return after
    lost = (approval.standing in _TOLD_ABOUT or glass.owes(approval)) and sending.unsent(approval, now)
    return asking.send_again(ports, settings, approval) if lost else approval


def _do(ports: Ports, settings: Settings, approval: Approval, one: Due) -> Approval:
    now, policy = ports.clock.now(), Policy.of(settings)
    match one:
        case Deliver():
            return delivering.deliver(ports, approval)
        case SendRung(rung):
            return asking.send_rung(ports, settings, approval, rung)
        case Remind(people):
            return asking.remind(ports, settings, approval, people)
        case DecideAlone():
            return _end(ports, settings, approval, standing.decide_alone(approval, now, policy))
        case Lapse():
            return _lapse(ports, settings, approval)
        case Unreached():
            return _unreached(ports, settings, approval)
        case Repeat():
            return _repeat(ports, settings, approval)
        case TellGlass():
            return breaking_mail.tell(ports, settings, approval)
        case CallToRatify():
            return _page(ports, settings, approval, standing.repeated(approval, now, policy), "glass")
        case Overdue():
            return _page(ports, settings, approval, glass.overdue(approval, now, policy), "overdue")
        case Ratified():
            return ratifying.close(ports, approval)
        case _ as never:
            assert_never(never)


def _follow(ports: Ports, settings: Settings, member: Approval) -> Approval:
    """One that has only just been asked may not stand in its parent yet: whoever asks is about to write it."""
    parent = ports.approvals.get(member.parent or "")
    listed = parent is not None and member.approval_id in {one.approval_id for one in parent.members}
    if not listed and ports.clock.now() - member.asked_at < sending.SENT_WITHIN:
        return member
    return following.follow(ports, settings, member, parent)


def _lapse(ports: Ports, settings: Settings, approval: Approval) -> Approval:
    """The run hears it first, then everybody who knows of the request, by a mail whose link starts it afresh."""
    now = ports.clock.now()
    lapsed = standing.lapse(approval, now, Policy.of(settings))
    if lapsed is None:
        return approval
    new = asking.letters_again(settings, approval, sorted(reached(approval)), now)
    claimed = replace(lapsed, asked=(*lapsed.asked, *new.asked))
    if not ports.approvals.change(claimed):
        return again(ports, approval)
    try:
        claimed = _hand_over(ports, settings, claimed)
    finally:
        claimed = sending.send(ports, settings, claimed, new, "lapsed")
    return claimed


def _unreached(ports: Ports, settings: Settings, approval: Approval) -> Approval:
    """No mail reaches anybody: the run hears it, and the paging topic."""
    changed = standing.unreached(approval, ports.clock.now(), Policy.of(settings))
    after = _end(ports, settings, approval, changed)
    if after.standing is Standing.UNREACHED and after.version > approval.version:
        sending.page(ports, settings, after, "lapsed")
    return after


def _repeat(ports: Ports, settings: Settings, approval: Approval) -> Approval:
    repeated = standing.repeated(approval, ports.clock.now(), Policy.of(settings))
    return _page(ports, settings, approval, repeated, "lapsed")


def _page(
    ports: Ports, settings: Settings, approval: Approval, changed: Approval | None, kind: PageKind
) -> Approval:
    """Paged first: one that fails is tried again with the next sweep."""
    if changed is None:
        return approval
    ports.notifier.page(*page_text(changed, kind, settings.env), bare=True)
    return _write(ports, approval, changed)


def _end(ports: Ports, settings: Settings, approval: Approval, changed: Approval | None) -> Approval:
    """Writes an end and hands it over; a member of it follows at once."""
    if changed is None:
        return approval
    if not ports.approvals.change(changed):
        return again(ports, approval)
    return _hand_over(ports, settings, changed)


def _hand_over(ports: Ports, settings: Settings, changed: Approval) -> Approval:
    delivered = delivering.deliver(ports, changed, first=True)
    following.lead(ports, settings, delivered)
    return delivered


def _write(ports: Ports, approval: Approval, changed: Approval) -> Approval:
    return changed if ports.approvals.change(changed) else again(ports, approval)
