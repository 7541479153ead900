"""What the proof came to: who beats again, who went on beating, and whose trouble a person knows and leaves."""

from __future__ import annotations

from collections.abc import Sequence

from functions.rules import answered
from functions.rules.book import Tally
from functions.rules.pieces import AfterAsking, RunPieces
from functions.rules.proposals import names


def left_as_they_are(pieces: RunPieces) -> frozenset[str]:
    """Strategies whose trouble a person knows and leaves."""
    ends = (end for end in pieces.ends if end.asked is not None and answered.accepted(end.asked))
    return frozenset(strategy_id for end in ends for strategy_id in end.group.strategy_ids)


def well(pieces: RunPieces) -> frozenset[str]:
    """Strategies that beat again and went on beating."""
    proof = pieces.proof
    return frozenset(proof.wanted).difference(proof.missing, proof.own_failed) if proof else frozenset()


def heartbeats(book: Tally, pieces: RunPieces, cured: Sequence[str], left: frozenset[str]) -> None:
    proof = pieces.proof
    unproven = sorted(set(cured) - set(proof.wanted if proof else ()))
    if unproven:
        book.unknown.append(f"whether {names(unproven)} beat again: not looked at")
    if proof is None:
        return
    known = [strategy_id for strategy_id in proof.missing if strategy_id in left]
    if known:
        book.open.append(f"no heartbeat from {names(known)}")
    missing = [strategy_id for strategy_id in proof.missing if strategy_id not in left]
    if missing:
        book.not_done.append(f"no heartbeat since the remedy from {names(missing)}")
        # Where nobody answered, the question stands there already with its proposal.
        for end in (e for e in pieces.ends if e.asked is None or e.asked.how is AfterAsking.ACTED):
            ill = sorted(set(end.group.strategy_ids) & set(missing))
            if ill:
                book.not_done.append(f"next for {names(ill)}: {end.group.proposal}")
    beat = sorted(set(proof.wanted) - set(proof.missing))
    if beat:
        book.done.append(f"heartbeats newer than the remedy from {names(beat)}")


def watch(book: Tally, pieces: RunPieces, left: frozenset[str]) -> None:
    proof = pieces.proof
    if proof is None or not proof.wanted:
        return
    if proof.missing:
        unwatched = [s for s in proof.wanted if s not in proof.missing and left.issuperset(proof.missing)]
        if unwatched:
            book.unknown.append(f"whether {names(unwatched)} went on beating: not watched")
        return
    failed = [s for s in proof.own_failed if s not in left]
    known = [s for s in proof.own_failed if s in left]
    if known:
        book.open.append(f"{names(known)} did not stay well during the watch")
    if failed:
        book.not_done.append(f"{names(failed)} did not stay well during the watch")
    elif proof.looks_done < proof.looks_wanted and not known:
        book.unknown.append(f"the watch ended after {proof.looks_done} of {proof.looks_wanted} looks")
    elif not known:
        book.done.append(f"watched every strategy, {proof.looks_done} looks")
    if proof.others_failed:
        book.known.append(f"others went stale meanwhile and are a run of their own: {names(proof.others_failed)}")
