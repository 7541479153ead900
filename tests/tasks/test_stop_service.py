"""The service is scaled to 0 and does not scale itself, whatever cannot be read or written on the way."""

from __future__ import annotations

from typing import Any

import pytest

from functions.adapters.memory import twins
from functions.errors import Broken, Refused, RunbookError, Transient, Uncertain
from functions.facts import Result, ScalingFact
from functions.halting import Part
from functions.tasks import stop_service
from tests.rules.facts import service
from tests.tasks.rig import Rig
from tests.tasks.stops import INCIDENT, engaged

SCALES = ScalingFact(1, 4, scale_in_suspended=False, scale_out_suspended=True, scheduled_suspended=False)
ACTS = ("halts.record_service", "service.scale", "scaling.suspend")


@pytest.fixture
def up(rig: Rig) -> Rig:
    rig.world.service = service(desired=2)
    rig.world.scaling = SCALES
    return rig


def stopped(rig: Rig, **given: Any) -> Part:
    part: Part = rig.work(stop_service, job=engaged(rig, **given))
    return part


def test_what_stood_before_is_written_down_then_scaled_to_0_then_suspended(up: Rig) -> None:
    part = stopped(up)
    assert up.called(*ACTS) == list(ACTS)
    record = twins(up.world).halts.service_record(INCIDENT)
    assert record is not None
    assert (record.desired, record.scaling, record.scaling_unread) == (2, SCALES, None)
    assert up.world.service is not None
    assert up.world.service.desired == 0
    assert up.world.scaling is not None
    assert up.world.scaling.suspended
    assert (part.result, part.items) == (Result.DONE, ())
    assert (
        part.why == "scaled to 0, auto-scaling suspended (before: desired 2, running 1; auto-scaling from 1 to 4)"
    )


def test_a_service_that_does_not_scale_itself_is_scaled_to_0(up: Rig) -> None:
    up.world.scaling = None
    part = stopped(up)
    assert (part.result, up.called("scaling.suspend")) == (Result.DONE, [])
    assert "it does not scale itself" in part.why


def test_a_part_leaves_the_service_as_it_is(up: Rig) -> None:
    assert stopped(up, strategy_ids=["s1"]).result is Result.DONE
    assert up.called(*ACTS, "service.describe") == []


def test_a_dry_run_says_what_it_would_do_and_changes_nothing(up: Rig) -> None:
    part = stopped(up, dry_run=True)
    assert part.result is Result.NOT_DONE
    assert "would be scaled to 0" in part.why
    assert up.called(*ACTS) == []


def test_a_second_stop_does_not_write_over_what_the_first_one_found(up: Rig) -> None:
    stopped(up)
    assert stopped(up).result is Result.DONE
    record = twins(up.world).halts.service_record(INCIDENT)
    assert record is not None
    assert record.desired == 2


@pytest.mark.parametrize(
    ("method", "word", "result", "says"),
    [
        ("service.scale", Refused("no permission"), Result.NOT_DONE, "scaling to 0: not_done, Refused"),
        ("service.scale", Transient("throttled"), Result.NOT_DONE, "scaling to 0: not_done, Transient"),
        ("service.scale", Uncertain("no answer"), Result.UNKNOWN, "scaling to 0: unknown, Uncertain"),
        ("scaling.suspend", Refused("no"), Result.NOT_DONE, "suspending auto-scaling: not_done, Refused"),
        ("scaling.suspend", Broken("ours"), Result.UNKNOWN, "suspending auto-scaling: unknown, Broken"),
        ("halts.record_service", Transient("down"), Result.DONE, "what stood before is in no record: Transient"),
        ("service.describe", Transient("down"), Result.DONE, "what ran before is not known: Transient"),
    ],
)
def test_trouble_with_one_part_is_named_and_stops_no_other(
    method: str, word: RunbookError, result: Result, says: str, up: Rig
) -> None:
    job = engaged(up)
    up.world.trouble[method] = word
    part = up.work(stop_service, job=job)
    assert part.result is result
    assert [item for item in part.items if item.startswith(says)]
    assert set(up.called("service.scale", "scaling.suspend")) == {"service.scale", "scaling.suspend"}
    assert up.world.scaling is not None
    assert up.world.scaling.suspended is (method != "scaling.suspend")
    assert up.world.service is not None
    assert up.world.service.desired == (2 if method == "service.scale" else 0)


def test_scaling_that_cannot_be_read_is_suspended_all_the_same_and_the_record_says_so(up: Rig) -> None:
    job = engaged(up)
    up.world.trouble["scaling.describe"] = Transient("throttled")
    assert up.work(stop_service, job=job).result is Result.DONE
    assert up.world.scaling is not None
    assert up.world.scaling.suspended
    record = twins(up.world).halts.service_record(INCIDENT)
    assert record is not None
    assert (record.scaling, record.scaling_unread) == (None, "Transient: throttled")


def test_a_service_that_does_not_exist_is_named_and_raises_nothing(rig: Rig) -> None:
    part = stopped(rig)
    assert part.result is not Result.DONE
    assert "no service in the cluster" in part.why
