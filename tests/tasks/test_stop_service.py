"""The service is scaled to 0 and does not scale itself, whatever cannot be read or written on the way."""

from __future__ import annotations

from threading import Event
from time import monotonic, sleep
from typing import Any

import pytest

from functions import service_before
from functions.adapters.memory import twins
from functions.adapters.memory.service import MemoryService
from functions.errors import Broken, Refused, RunbookError, Transient, Uncertain
from functions.facts import Result, ScalingFact, ServiceFact
from functions.halting import Part
from functions.tasks import stop_service
from tests.rules.facts import service
from tests.tasks.rig import Rig
from tests.tasks.stops import INCIDENT, STOP, engaged

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


def test_what_stood_before_is_written_down_then_scaled_to_0_and_suspended(up: Rig) -> None:
    part = stopped(up)
    assert up.called(*ACTS)[0] == "halts.record_service"
    assert sorted(up.called(*ACTS)) == sorted(ACTS)
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


SUSPENDED = ScalingFact(1, 4, scale_in_suspended=True, scale_out_suspended=True, scheduled_suspended=True)


def test_what_a_halt_before_left_at_0_is_recorded_as_that_halt_found_it(up: Rig) -> None:
    """Released, and stopped again before anybody brought the service back."""
    stopped(up)
    stops = twins(up.world).guards.kill_switch().stops
    assert twins(up.world).halts.release(INCIDENT, stops=stops, strategy_ids=None, by="ana", at=up.now)
    job = engaged(up, execution=f"{STOP}-second")
    part = up.work(stop_service, job=job)
    assert job.mark != INCIDENT
    record = twins(up.world).halts.service_record(job.mark)
    assert record is not None
    assert (record.desired, record.scaling) == (2, SCALES)
    assert f"before the halt {INCIDENT}, whose record is taken: desired 2" in part.why


def test_what_was_brought_back_since_is_recorded_as_it_stands(up: Rig) -> None:
    stopped(up)
    stops = twins(up.world).guards.kill_switch().stops
    assert twins(up.world).halts.release(INCIDENT, stops=stops, strategy_ids=None, by="ana", at=up.now)
    up.world.service, up.world.scaling = service(desired=1), SCALES
    job = engaged(up, execution=f"{STOP}-second")
    assert "whose record is taken" not in up.work(stop_service, job=job).why
    record = twins(up.world).halts.service_record(job.mark)
    assert record is not None
    assert (record.desired, record.scaling) == (1, SCALES)


@pytest.mark.parametrize("late", ["service.describe", "scaling.describe", "halts.record_service"])
def test_what_was_before_holds_up_the_stop_for_a_moment_only_and_is_never_recorded_as_0(
    late: str, up: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service_before, "SHORTLY", 0.05)
    job, scales = engaged(up), Event()

    def waits() -> None:
        scales.wait(20)

    up.world.meanwhile[late] = waits
    up.world.meanwhile["service.scale"] = scales.set
    began = monotonic()
    part = up.work(stop_service, job=job)
    assert monotonic() - began < 10
    assert up.world.service is not None
    assert (part.result, up.world.service.desired) == (Result.DONE, 0)
    record = twins(up.world).halts.service_record(INCIDENT)
    # A look that ends after the stop has scaled sees 0, which is nothing that stood before.
    assert (record.desired if record else None) in ((2, None) if late == "service.describe" else (2,))
    assert record or "what ran before is not known: no answer" in part.items[0]


def test_an_answer_of_before_that_comes_after_the_stop_is_waited_for_and_recorded(
    up: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service_before, "SHORTLY", 0.05)
    job, scaled, describe = engaged(up), Event(), MemoryService.describe

    def slowly(twin: MemoryService) -> ServiceFact:
        seen = describe(twin)
        assert scaled.wait(20)
        # The rest of the stop has been done by then.
        sleep(0.3)
        return seen

    monkeypatch.setattr(MemoryService, "describe", slowly)
    up.world.meanwhile["service.scale"] = scaled.set
    assert up.work(stop_service, job=job).result is Result.DONE
    record = twins(up.world).halts.service_record(INCIDENT)
    assert record is not None
    assert (record.desired, record.scaling) == (2, SCALES)


def test_a_service_that_does_not_exist_is_named_and_raises_nothing(rig: Rig) -> None:
    part = stopped(rig)
    assert part.result is not Result.DONE
    assert "no service in the cluster" in part.why
