"""Whether the service's task may get more memory, and whether it still stands as it stood in the question."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final

from functions.facts import KillSwitchFact, ServiceFact, TaskDefinitionFact
from functions.rules import kill_switch as switch_rules
from functions.rules.fargate import Size, next_size
from functions.rules.redeploy import running_digest, why_not_now, why_not_this_image
from functions.rules.service_state import ended_by_memory, revision_of

# Hours of a month as AWS's own calculator counts them.
HOURS: Final = 730
CPU_UNITS: Final = 1024
MIB_OF_A_GB: Final = 1024


@dataclass(frozen=True, slots=True)
class Price:
    """Of one vCPU and of one GB for an hour, in `currency`; `source` says where that stands."""

    vcpu_hour: Decimal
    gb_hour: Decimal
    currency: str
    source: str


@dataclass(frozen=True, slots=True)
class Raise:
    """`size` is the next one; None with a `refusal`."""

    size: Size | None
    refusal: str | None


def plan_raise(
    service: ServiceFact,
    definition: TaskDefinitionFact | None,
    switch: KillSwitchFact | None,
    registry_digest: str | None,
) -> Raise:
    """Everything that is not known refuses: a person is not asked for what could not be done. That is another
    image too: the redeploy after a yes would be refused for it, and the larger revision be of no use."""
    refusal = (
        switch_rules.why_not_redeploy(switch)
        or why_not_now(service)
        or why_not_this_image(service.image, running_digest(service.tasks), registry_digest)
    )
    if refusal:
        return Raise(None, refusal)
    if definition is None:
        return Raise(None, "which task definition the service runs is not known")
    size = next_size(definition.cpu, definition.memory_mb)
    if size is None:
        return Raise(None, f"no larger valid Fargate size follows from {told(definition)}")
    return Raise(size, None)


def why_not_as_asked(
    service: ServiceFact, switch: KillSwitchFact | None, *, base: str, ours: Collection[str]
) -> str | None:
    """In the moment of acting, minutes after the question. None: what was asked about still stands. `ours` are
    deployments that this run has made while it waited."""
    refusal = switch_rules.why_not_redeploy(switch) or why_not_now(service, ours=ours)
    if refusal:
        return refusal
    stands = revision_of(service)
    if stands != base:
        return f"the service runs {short(stands)} by now, and the question was about {short(base)}"
    return None


def why_not_this_revision(base: TaskDefinitionFact, made: TaskDefinitionFact, size: Size) -> str | None:
    """A revision of ours differs from its base in size, and in nothing that a person did not see."""
    if Size(made.cpu or 0, made.memory_mb or 0) != size:
        return f"{short(made.arn)} has {told(made)} and not {size.cpu} CPU units and {size.memory_mb} MiB"
    for what, before, after in (
        ("image", base.image, made.image),
        ("task role", base.task_role, made.task_role),
        ("execution role", base.execution_role, made.execution_role),
    ):
        if before != after:
            return f"{short(made.arn)} has another {what} ({after}) than {short(base.arn)} ({before})"
    return None


def deaths(service: ServiceFact) -> tuple[int, datetime | None]:
    """How many tasks ended by memory within the hour that ECS remembers, and when the last one did."""
    ended = ended_by_memory(service)
    return len(ended), max((t.stopped_at for t in ended if t.stopped_at), default=None)


def monthly_cost(present: Size, new: Size, price: Price) -> Decimal:
    """What the larger size costs more, each task, in a month."""
    vcpus = Decimal(new.cpu - present.cpu) / CPU_UNITS
    gigabytes = Decimal(new.memory_mb - present.memory_mb) / MIB_OF_A_GB
    return ((vcpus * price.vcpu_hour + gigabytes * price.gb_hour) * HOURS).quantize(Decimal("0.01"))


def told(definition: TaskDefinitionFact) -> str:
    return f"{definition.cpu or 'unknown'} CPU units and {definition.memory_mb or 'unknown'} MiB"


def short(arn: str | None) -> str:
    """`family:revision`."""
    return arn.rsplit("/", 1)[-1] if arn else "an unknown revision"
