"""Approvals for the tests of the store: one that a person can read, and any that there can be."""

from __future__ import annotations

from dataclasses import is_dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from hypothesis import strategies as st

from functions.approvals import (
    Approval,
    Asked,
    Decision,
    Delivery,
    Line,
    MailStatus,
    Option,
    Question,
    Risk,
    Standing,
)
from functions.facts import Evidence
from tests.adapters.conftest import NOW

APPROVE = Option("approve", "Raise the memory", "the task gets 2048 MiB", Risk.ADDS, "RAISE")
REJECT = Option("reject", "Leave it", "nothing changes", Risk.NONE, "LEAVE", statement="I accept the risk")


def approval(number: int = 1, **changes: Any) -> Approval:
    """A request that has just been stored, the `number`-th minute after 03:00."""
    at = NOW + timedelta(minutes=number)
    question = Question(
        kind="change",
        title="Raise the memory of the service?",
        target="STRATEGIES",
        facts=(Line("service", "tradai-strategy-service-local"), Line("memory", "1024 MiB")),
        options=(APPROVE, REJECT),
        evidence=(Evidence("stopped reason", "ecs", "OutOfMemoryError", NOW),),
    )
    made = Approval(
        approval_id=f"apr-{number:026d}",
        version=1,
        standing=Standing.PENDING,
        delivery=Delivery.NONE,
        runbook="stale-heartbeat",
        incident_id="inc-1",
        execution_arn="arn:aws:states:eu-central-1:000000000000:execution:m:n",
        state="AskAPerson",
        entered_at=at,
        question=question,
        asked_at=at,
        lapses_at=at + timedelta(minutes=15),
        asked=(Asked("ana", "Ana", 0, at, MailStatus.SENT, "hash", "ses-1"),),
    )
    return replace(made, **changes)


def decided(before: Approval, by: str = "ana", **changes: Any) -> Approval:
    """The next version, with an answer to hand over."""
    answer = Decision("approve", (by,), NOW + timedelta(minutes=2), note="seen it")
    told: dict[str, Any] = {"standing": Standing.DECIDED, "delivery": Delivery.DUE, "decision": answer, **changes}
    return replace(before, version=before.version + 1, **told)


YEARS = timedelta(days=365 * 30)
MOMENTS = st.timedeltas(min_value=-YEARS, max_value=YEARS).map(lambda apart: NOW + apart)
SIMPLE: dict[Any, st.SearchStrategy[Any]] = {
    str: st.text(max_size=20),
    int: st.integers(min_value=-(10**9), max_value=10**9),
    datetime: MOMENTS,
    Decimal: st.decimals(allow_nan=False, allow_infinity=False, places=8, min_value=-(10**12), max_value=10**12),
    NoneType: st.none(),
}


def any_of(kind: Any) -> st.SearchStrategy[Any]:
    """Any value of an annotated type; what Hypothesis would make of a time by itself has no zone."""
    if kind in SIMPLE:
        return SIMPLE[kind]
    made, parts = get_origin(kind), get_args(kind)
    if made is tuple:
        inner = [any_of(part) for part in parts if part is not Ellipsis]
        return st.lists(inner[0], max_size=3).map(tuple) if Ellipsis in parts else st.tuples(*inner)
    if made is dict:
        return st.dictionaries(any_of(parts[0]), any_of(parts[1]), max_size=3)
    if made in (Union, UnionType):
        return st.one_of([any_of(part) for part in parts])
    if isinstance(kind, type) and is_dataclass(kind):
        return st.builds(kind, **{name: any_of(hint) for name, hint in get_type_hints(kind).items()})
    return st.from_type(kind)


def approvals() -> st.SearchStrategy[Approval]:
    """Any request that the types allow."""
    return any_of(Approval)
