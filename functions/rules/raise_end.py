"""What the remedy "more memory" came to, from the answer and from what was done after it and besides it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from functions.facts import Result
from functions.rules.pieces import AfterAsking
from functions.rules.raise_question import RAISE, REJECT


@dataclass(frozen=True, slots=True)
class Redeployed:
    """A redeploy as its machine tells it. `tried` false: refused before anything was touched."""

    result: Result | None
    at: datetime | None
    why: str
    tried: bool = True


@dataclass(frozen=True, slots=True)
class Trouble:
    """What stopped the machine on its way. `refused`: the world said no, and nothing was changed by that act."""

    refused: bool
    why: str


@dataclass(frozen=True, slots=True)
class RaiseEnd:
    """As `stages.GroupResult` has it."""

    result: Result | None
    at: datetime | None
    why: str
    ending: AfterAsking | None
    known: tuple[str, ...] = ()


def not_asked(reason: str) -> RaiseEnd:
    return RaiseEnd(Result.NOT_DONE, None, reason, None)


def end_of(
    said: str,
    *,
    why_nobody: str | None,
    kept: Redeployed | None,
    kept_trouble: Trouble | None,
    larger: Redeployed | None,
    trouble: Trouble | None,
    undone_by: str,
) -> RaiseEnd:
    """`said` is the answer's decision. `kept` is the redeploy at the present size, while the question stood (None:
    there was none), `larger` the one with the new revision. `why_nobody`: why there is no answer at all."""
    besides = _besides(kept, kept_trouble)
    if said == RAISE:
        return _acted(larger, trouble, besides, undone_by)
    how = AfterAsking.DECLINED if said == REJECT else AfterAsking.UNANSWERED
    if trouble is not None:
        # Whether a redeploy was on its way is lost with the rest.
        return RaiseEnd(Result.UNKNOWN, None, f"the question came to grief: {trouble.why}", how, besides.known)
    if besides.result is None:
        return RaiseEnd(None, None, why_nobody or "nothing was changed", how, besides.known)
    known = (*besides.known, *([f"nobody answered: {why_nobody}"] if why_nobody else []))
    return RaiseEnd(besides.result, besides.at, besides.why, how, known)


def _acted(larger: Redeployed | None, trouble: Trouble | None, besides: RaiseEnd, undone_by: str) -> RaiseEnd:
    meanwhile = () if besides.result is None else (f"while the question stood: {besides.why}",)
    known = (*besides.known, *meanwhile)
    if larger is not None:
        follows = () if larger.result is Result.NOT_DONE else (undone_by,)
        return RaiseEnd(larger.result, larger.at, larger.why, AfterAsking.ACTED, (*known, *follows))
    if trouble is None:
        return RaiseEnd(Result.UNKNOWN, None, "what came of the yes is not known", AfterAsking.ACTED, known)
    result = Result.NOT_DONE if trouble.refused else Result.UNKNOWN
    return RaiseEnd(result, None, trouble.why, AfterAsking.ACTED, known)


def _besides(kept: Redeployed | None, trouble: Trouble | None) -> RaiseEnd:
    """One that was refused at its door changed nothing; that is worth knowing and no failure."""
    if trouble is not None:
        return RaiseEnd(Result.UNKNOWN, None, f"the redeploy at its present size: {trouble.why}", None)
    if kept is None:
        return RaiseEnd(None, None, "", None)
    if not kept.tried:
        return RaiseEnd(None, None, "", None, (f"not redeployed at its present size: {kept.why}",))
    return RaiseEnd(kept.result, kept.at, f"redeployed at its present size: {kept.why}", None)
