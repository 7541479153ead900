"""The classifier of order errors against the labelled corpus: precision, recall and abstention by cause."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from math import sqrt
from statistics import NormalDist
from typing import Any

from benchmarks.classifier_table import rows
from functions.rules.orders.nets import NETS
from functions.rules.orders.reading import venue_told
from functions.rules.orders.signs import causes_of_answer, causes_of_line
from tests.corpus.load import CAUSES, HELD_OUT, OPEN, Case, cases

Predict = Callable[[Case], frozenset[str]]


def measure() -> dict[str, Any]:
    """Both parts of the corpus; of the open part the ids that went astray too, of the other numbers alone."""
    found: dict[str, Any] = {
        "held_out": score(cases(HELD_OUT), predicted),
        "open": score(cases(OPEN), predicted),
        # A service's log group does not say which venue its lines are of, and is asked by regular expressions.
        "held_out_through_nets": score(_lines(cases(HELD_OUT)), through_nets),
        "open_through_nets": score(_lines(cases(OPEN)), through_nets),
        "open_astray": [case.id for case in cases(OPEN) if predicted(case) != case.labels],
    }
    print("\n".join(rows(found)), file=sys.stderr)
    return found


def predicted(case: Case) -> frozenset[str]:
    """The labels that the classifier gives: `none` where it sees nothing, `unknown` only where it names no cause.

    An answer of the venue that raised is an error, whatever it says: it is never `none`.
    """
    if case.answer is None:
        return _labels(causes_of_line(case.line or "", case.venue), "none")
    answer = case.answer
    return _labels(causes_of_answer(answer.ccxt_class, answer.code, answer.text, case.venue), "unknown")


def through_nets(case: Case) -> frozenset[str]:
    """As a run sees a line: if a net of the log query brings it, and with the venue that the line itself names."""
    line = case.line or ""
    causes = causes_of_line(line, venue_told(line))
    return _labels((one for one in causes if any(net.catches(line) for net in NETS)), "none")


def score(some: Iterable[Case], predict: Predict) -> dict[str, Any]:
    """Counts over pairs of (case, label), so a line with two causes counts twice.

    `abstained` are pairs for which no cause at all was named; `wrong` are causes that were named and are not there:
    each would have been a wrong remedy.
    """
    seen = [(case, predict(case)) for case in some]
    by_cause = {cause: _of(cause, seen) for cause in CAUSES}
    right, named, there, abstained = (
        sum(one[key] for one in by_cause.values()) for key in ("right", "named", "cases", "abstained")
    )
    healthy = [found for case, found in seen if "none" in case.labels]
    unknown = [found for case, found in seen if "unknown" in case.labels]
    return {
        "cases": len(seen),
        "by_cause": by_cause,
        "precision": _share(right, named),
        "recall": _share(right, there),
        "precision_at_least": _at_least(right, named),
        "recall_at_least": _at_least(right, there),
        "abstention": _share(abstained, there, none=0.0),
        "wrong": named - right,
        "healthy": len(healthy),
        "healthy_taken_for_errors": sum(found != {"none"} for found in healthy),
        "unknown": len(unknown),
        "unknown_kept": sum(found == {"unknown"} for found in unknown),
        "unknown_taken_for_healthy": sum(found == {"none"} for found in unknown),
    }


def _of(cause: str, seen: Iterable[tuple[Case, frozenset[str]]]) -> dict[str, Any]:
    there = [found for case, found in seen if cause in case.labels]
    named = sum(cause in found for _, found in seen)
    right = sum(cause in found for found in there)
    abstained = sum(not found & set(CAUSES) for found in there)
    return {
        "cases": len(there),
        "named": named,
        "right": right,
        "abstained": abstained,
        "precision": _share(right, named),
        "recall": _share(right, len(there)),
        "abstention": _share(abstained, len(there), none=0.0),
    }


def _share(part: int, whole: int, none: float = 1.0) -> float:
    """To four places; `none` where there was nothing to get right or wrong."""
    return round(part / whole, 4) if whole else none


def _at_least(part: int, whole: int) -> float:
    """Wilson's lower bound of 95 %: what a share of so few cases proves about errors that nobody has seen yet."""
    if not whole:
        return 0.0
    z = NormalDist().inv_cdf(0.975)
    share = part / whole
    middle = share + z * z / (2 * whole)
    spread = z * sqrt(share * (1 - share) / whole + z * z / (4 * whole * whole))
    return round((middle - spread) / (1 + z * z / whole), 4)


def _labels(causes: Iterable[str], empty: str) -> frozenset[str]:
    named = {str(cause) for cause in causes}
    return frozenset(named & set(CAUSES) or named or {empty})


def _lines(some: Iterable[Case]) -> list[Case]:
    return [case for case in some if case.line is not None]
