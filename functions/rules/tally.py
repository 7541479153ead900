"""What was done, not done and unknown in a run that had something to do; nothing is claimed twice or more
than the facts say."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import assert_never

from functions.facts import Result
from functions.rules import answered
from functions.rules.book import Tally
from functions.rules.checklist import judge_checklist
from functions.rules.pieces import AfterAsking, GroupEnd, RunPieces, StrategyEnd
from functions.rules.plan import Cause, Group, Remedy
from functions.rules.proposals import names
from functions.rules.tally_proof import heartbeats, left_as_they_are, watch, well


def tally(pieces: RunPieces, groups: Sequence[Group]) -> Tally:
    """Every group, every strategy that had to recover, the watch, the accounts and the checklist."""
    book = Tally(not_done=list(pieces.left_behind))
    ends = {end.group.group_id: end for end in pieces.ends}
    cured: list[str] = []
    for group in groups:
        cured += _group(book, group, ends.get(group.group_id))
    left = left_as_they_are(pieces)
    heartbeats(book, pieces, cured, left)
    watch(book, pieces, left)
    _accounts(book, pieces, acted=bool(cured))
    ill = left - well(pieces)
    away = any(group.cause is Cause.EXCHANGE_DOWN and ill & set(group.strategy_ids) for group in groups)
    _checklist(
        book,
        pieces,
        follows=answered.FOLLOWS if ill else frozenset(),
        unread=answered.UNREAD_WHILE_AWAY if away else frozenset(),
    )
    return book


def _group(book: Tally, group: Group, end: GroupEnd | None) -> Iterator[str]:
    """Yields the strategies whose remedy took effect. What needs a person stands under `not_done`."""
    whom = names(group.strategy_ids)
    what = f"{group.remedy.replace('_', ' ')} for {whom}"
    if group.remedy is not Remedy.NONE:
        if end is None or end.error is not None:
            book.unknown.append(f"{what}: {end.error if end else 'no result came back'}")
        elif _nobody_acted(book, group, end):
            yield from _besides(book, group, end)
        elif end.result is None:
            yield from _each(book, group, end.strategies)
        elif _note(book, end.result, f"{what}: {end.why}"):
            yield from group.strategy_ids
        else:
            book.not_done.append(f"next for {whom}: {group.proposal}")
    if group.needs_person:
        book.not_done.append(f"a person must decide for {whom}: {group.proposal}")


def _nobody_acted(book: Tally, group: Group, end: GroupEnd) -> bool:
    """Writes the answer down where a person was asked; whether it was another one than to act."""
    book.known += end.known
    if end.asked is None:
        return False
    book.asked.append(end.asked)
    acted = end.asked.how is AfterAsking.ACTED
    lines = book.known if acted else book.open if answered.accepted(end.asked) else book.not_done
    lines.append(answered.told(end.asked, group))
    return not acted


def _besides(book: Tally, group: Group, end: GroupEnd) -> Iterator[str]:
    """What the run did unasked while the question stood; nothing is no failure."""
    if end.result is not None:
        if _note(book, end.result, f"meanwhile, for {names(group.strategy_ids)}: {end.why}"):
            yield from group.strategy_ids
        return
    for strategy in end.strategies:
        if _note(book, strategy.result, f"meanwhile, for {strategy.strategy_id}: {strategy.why}"):
            yield strategy.strategy_id


def _each(book: Tally, group: Group, strategies: Sequence[StrategyEnd]) -> Iterator[str]:
    """A strategy that its remedy left out was not cured."""
    told = {strategy.strategy_id: strategy for strategy in strategies}
    cured = []
    for strategy_id in group.strategy_ids:
        strategy = told.get(strategy_id)
        what = f"{group.remedy.replace('_', ' ')} {strategy_id}"
        if strategy is None:
            book.not_done.append(f"{what}: left out")
        elif _note(book, strategy.result, f"{what}: {strategy.why}"):
            cured.append(strategy_id)
    if len(cured) < len(group.strategy_ids):
        book.not_done.append(f"next: {group.proposal}")
    yield from cured


def _note(book: Tally, result: Result, told: str) -> bool:
    match result:
        case Result.DONE:
            book.done.append(told)
        case Result.NOT_DONE:
            book.not_done.append(told)
        case Result.UNKNOWN:
            book.unknown.append(told)
        case _:
            assert_never(result)
    return result is Result.DONE


def _accounts(book: Tally, pieces: RunPieces, *, acted: bool) -> None:
    account = pieces.account
    if account is None:
        if acted:
            book.not_proven.append("accounts")
        return
    book.known += account.ended[:10]
    book.not_done += [f"not accounted for: {what}" for what in account.missing[:10]]
    if account.accounted is None:
        book.not_proven.append("accounts")
        book.known += [f"not known: {what}" for what in account.unknown[:10]]


def _checklist(book: Tally, pieces: RunPieces, *, follows: Collection[str], unread: Collection[str]) -> None:
    """`follows`: lines that cannot pass while a person leaves a trouble as it is; `unread`: those that nobody can
    answer meanwhile, and that may fail none the less."""
    if pieces.checklist is None:
        book.unknown.append("the checklist: it was not walked")
        return
    answers = judge_checklist(pieces.checklist)
    told = {item.id: item.value for item in pieces.checklist}
    for line in answers.blocking:
        lines = book.not_done if line in answers.fails else book.unknown
        if line in follows or (line in unread and line not in answers.fails):
            lines = book.open
        lines.append(f"checklist, {line}: {told.get(line, 'not answered')}")
    book.known += [f"checklist, {line}, for others: {told[line]}" for line in answers.others]
    book.not_proven += answers.not_proven
