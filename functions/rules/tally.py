"""What was done, not done and unknown in a run that had something to do; nothing is claimed twice or more
than the facts say."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import assert_never

from functions.facts import Result
from functions.rules.checklist import judge_checklist
from functions.rules.pieces import GroupEnd, RunPieces, StrategyEnd
from functions.rules.plan import Group, Remedy
from functions.rules.proposals import names


@dataclass(slots=True)
class Tally:
    """`not_done` or `unknown` with an entry keeps a run from being resolved; `not_proven` does not."""

    known: list[str] = field(default_factory=list)
    done: list[str] = field(default_factory=list)
    not_done: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    not_proven: list[str] = field(default_factory=list)


def tally(pieces: RunPieces, groups: Sequence[Group]) -> Tally:
    """Every group, every strategy that had to recover, the watch, the accounts and the checklist."""
    book = Tally(not_done=list(pieces.left_behind))
    ends = {end.group.group_id: end for end in pieces.ends}
    cured: list[str] = []
    for group in groups:
        cured += _group(book, group, ends.get(group.group_id))
    _heartbeats(book, pieces, cured)
    _watch(book, pieces)
    _accounts(book, pieces, acted=bool(cured))
    _checklist(book, pieces)
    return book


def _group(book: Tally, group: Group, end: GroupEnd | None) -> Iterator[str]:
    """Yields the strategies whose remedy took effect. What needs a person stands under `not_done`."""
    whom = names(group.strategy_ids)
    what = f"{group.remedy.replace('_', ' ')} for {whom}"
    if group.remedy is not Remedy.NONE:
        if end is None or end.error is not None:
            book.unknown.append(f"{what}: {end.error if end else 'no result came back'}")
        elif end.result is None:
            yield from _each(book, group, end.strategies)
        elif _note(book, end.result, f"{what}: {end.why}"):
            yield from group.strategy_ids
        else:
            book.not_done.append(f"next for {whom}: {group.proposal}")
    if group.needs_person:
        book.not_done.append(f"a person must decide for {whom}: {group.proposal}")


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


def _heartbeats(book: Tally, pieces: RunPieces, cured: Sequence[str]) -> None:
    proof = pieces.proof
    unproven = sorted(set(cured) - set(proof.wanted if proof else ()))
    if unproven:
        book.unknown.append(f"whether {names(unproven)} beat again: not looked at")
    if proof is None:
        return
    if proof.missing:
        book.not_done.append(f"no heartbeat since the remedy from {names(proof.missing)}")
        for end in pieces.ends:
            ill = sorted(set(end.group.strategy_ids) & set(proof.missing))
            if ill:
                book.not_done.append(f"next for {names(ill)}: {end.group.proposal}")
    beat = sorted(set(proof.wanted) - set(proof.missing))
    if beat:
        book.done.append(f"heartbeats newer than the remedy from {names(beat)}")


def _watch(book: Tally, pieces: RunPieces) -> None:
    proof = pieces.proof
    if proof is None or not proof.wanted or proof.missing:
        return
    if proof.own_failed:
        book.not_done.append(f"{names(proof.own_failed)} did not stay well during the watch")
    elif proof.looks_done < proof.looks_wanted:
        book.unknown.append(f"the watch ended after {proof.looks_done} of {proof.looks_wanted} looks")
    else:
        book.done.append(f"watched every strategy, {proof.looks_done} looks")
    if proof.others_failed:
        book.known.append(f"others went stale meanwhile and are a run of their own: {names(proof.others_failed)}")


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


def _checklist(book: Tally, pieces: RunPieces) -> None:
    if pieces.checklist is None:
        book.unknown.append("the checklist: it was not walked")
        return
    answers = judge_checklist(pieces.checklist)
    told = {item.id: item.value for item in pieces.checklist}
    book.not_done += [f"checklist, {line}: {told[line]}" for line in answers.fails]
    unproven = [line for line in answers.blocking if line not in answers.fails]
    book.unknown += [f"checklist, {line}: {told.get(line, 'not answered')}" for line in unproven]
    book.known += [f"checklist, {line}, for others: {told[line]}" for line in answers.others]
    book.not_proven += answers.not_proven
