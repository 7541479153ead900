"""What people do about a request that is open: read it, say that they are looking, vote.

Every change is one conditional write on what was read just before, tried again where somebody else was first,
so that of all who decide at once one does. Who the voter is, the caller has proven (a key, an AWS identity).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Final

from functions import breaking, delivering, filing, following, rewriting
from functions.approvals import Approval, Voter
from functions.errors import Refused, RunbookError
from functions.ports import Ports
from functions.rewriting import rewrite
from functions.rules.asking import sights, words
from functions.rules.asking.ballots import Ballot, Kind, Ruling, judge
from functions.rules.asking.policy import Policy
from functions.runtime import logger
from functions.settings import Settings

NEEDS: Final = (
    *delivering.NEEDS,
    *filing.NEEDS,
    *following.NEEDS,
    *breaking.NEEDS,
    *rewriting.NEEDS,
    "approvals.get",
    "clock.now",
)


def vote(ports: Ports, settings: Settings, approval_id: str, voter: Voter, ballot: Ballot) -> Ruling:
    """Takes one answer. `Ruling.approval` is the request as it stands afterwards, whatever the ruling.

    A decision is handed over at once; what fails on that way is left to the sweeper and shows as `due`.
    Raises Refused where there is no such request, Transient where others wrote first each time.
    """
    policy = Policy.of(settings)
    rulings: list[Ruling] = []

    def rule(stands: Approval) -> Approval | None:
        rulings.append(judge(stands, voter, ballot, ports.clock.now(), policy))
        return rulings[-1].approval

    after, changed = rewrite(ports, _must(ports, approval_id), rule)
    if changed and rulings[-1].kind is Kind.ACCEPTED:
        after = _hand_over(ports, settings, after)
        option = after.option(ballot.option)
        if option is not None:
            rulings[-1] = replace(rulings[-1], message=words.accepted(option, after))
    elif changed:
        after = filing.file(ports, after)
    return replace(rulings[-1], approval=after)


def look(ports: Ports, approval_id: str, voter: Voter) -> Approval:
    """Says "I am looking": recorded, and holds back the next wave, once a person and wave. The request after it.
    Raises Refused where there is none."""
    return _seen(ports, approval_id, voter, sights.looked)


def opened(ports: Ports, approval_id: str, voter: Voter) -> None:
    """The page was opened with this person's key: recorded the first time from an address. Never raises: who
    reads the page is not kept from it by a record that fails."""
    try:
        _seen(ports, approval_id, voter, sights.opened_by)
    except RunbookError as error:
        logger.warning("a reader is not recorded", approval_id=approval_id, cause=str(error))


def _must(ports: Ports, approval_id: str) -> Approval:
    approval = ports.approvals.get(approval_id)
    if approval is None:
        raise Refused(f"there is no request {approval_id}")
    return approval


def _hand_over(ports: Ports, settings: Settings, decided: Approval) -> Approval:
    """The decision stands already: whatever fails from here on, the sweeper does."""
    try:
        decided = delivering.deliver(ports, decided, first=True)
    except RunbookError as error:
        cause = f"{type(error).__name__}: {error}"
        logger.warning("the answer is left to the sweeper", approval_id=decided.approval_id, cause=cause)
    decided = filing.file(ports, decided)
    following.lead(ports, settings, decided)
    return _page(ports, settings, decided)


def _page(ports: Ports, settings: Settings, decided: Approval) -> Approval:
    """Whoever is paged hears of a broken glass at once. The run has its answer before."""
    if decided.glass is None:
        return decided
    try:
        return filing.file(ports, breaking.page(ports, settings, decided))
    except RunbookError as error:
        cause = f"{type(error).__name__}: {error}"
        logger.warning("a broken glass is left to the sweeper", approval_id=decided.approval_id, cause=cause)
        return decided


def _seen(
    ports: Ports, approval_id: str, voter: Voter, rule: Callable[[Approval, Voter, datetime], Approval | None]
) -> Approval:
    now = ports.clock.now()
    after, changed = rewrite(ports, _must(ports, approval_id), lambda stands: rule(stands, voter, now))
    if changed:
        filing.file(ports, after)
    return after
