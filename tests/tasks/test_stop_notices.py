"""What else a stop does at once: everybody told, the status page."""

from __future__ import annotations

import json
from threading import Event
from typing import Any

import pytest

from console.stop_table import NOT_CONFIGURED
from functions.errors import Broken, Refused, RunbookError, Transient, Uncertain
from functions.facts import Result
from functions.halt_settings import EmergencyStopSettings, StatusPageSettings
from functions.tasks import announce_stop, cancel_entry_orders, post_status_page
from tests.tasks.rig import SETTINGS, Rig
from tests.tasks.stops import INCIDENT, engaged, not_engaged

PAGE = StatusPageSettings(url="https://status.example/v1/pages/p/incidents", secret="status")


@pytest.fixture
def paged() -> Rig:
    """A platform with a status page."""
    stop = EmergencyStopSettings(status_page=PAGE)
    rig = Rig(SETTINGS.model_copy(update={"emergency_stop": stop}))
    rig.world.has_status_page = True
    return rig


def test_everybody_is_told_at_once_and_paged(rig: Rig) -> None:
    job = engaged(rig, reason="prices are wrong", requested_by="ana")
    part = rig.work(announce_stop, job=job)
    assert (part.result, part.why) == (Result.DONE, "published and paged")
    assert rig.world.sent == rig.world.paged
    head, body = rig.world.sent[0]
    assert head == "[tradai local] EMERGENCY STOP: prices are wrong"
    for line in (
        "Trading is being stopped now.",
        "Reason: prices are wrong",
        "Asked for by: ana (a claim)",
        "Concerns: every strategy and the service",
        "Kill switch: engaged",
        f"Incident: {INCIDENT}",
    ):
        assert line in body.splitlines()


def test_what_could_not_be_read_and_a_latch_that_failed_stand_in_the_message(rig: Rig) -> None:
    rig.work(announce_stop, job=not_engaged(rig, strategy_ids=5, cancel_entry_orders=False))
    body = rig.world.sent[0][1]
    assert "- strategy_ids: must be a list of names that is not empty, is 5" in body
    assert "so everything is stopped" in body
    assert "Kill switch: NOT ENGAGED YET, it is tried again (Broken it broke)" in body
    assert "Entry orders: left, as told" in body


def test_a_part_is_named(rig: Rig) -> None:
    rig.work(announce_stop, job=engaged(rig, strategy_ids=[f"s{n}" for n in range(7)]))
    head, body = rig.world.sent[0]
    assert "EMERGENCY STOP of a part" in head
    assert "Concerns: 7 by name: s0, s1, s2, s3, s4 and 2 more" in body


def test_a_dry_run_says_so_and_pages_nobody(rig: Rig) -> None:
    rig.work(announce_stop, job=engaged(rig, dry_run=True))
    head, body = rig.world.sent[0]
    assert "DRY RUN of an EMERGENCY STOP" in head
    assert "nothing is changed" in body
    assert rig.world.paged == []


@pytest.mark.parametrize(
    ("method", "word", "result", "why"),
    [
        ("notifier.page", Refused("no"), Result.NOT_DONE, "published; not paged: Refused: no"),
        ("notifier.page", Uncertain("no"), Result.UNKNOWN, "published; not paged: Uncertain: no"),
        ("notifier.publish", Transient("no"), Result.NOT_DONE, "paged; not published: Transient: no"),
    ],
)
def test_one_way_that_fails_is_told_by_the_other(
    method: str, word: RunbookError, result: Result, why: str, rig: Rig
) -> None:
    job = engaged(rig)
    rig.world.trouble[method] = word
    part = rig.work(announce_stop, job=job)
    assert (part.result, part.why) == (result, why)
    assert len(rig.world.sent) + len(rig.world.paged) == 1


@pytest.mark.parametrize(("method", "other"), [("notifier.page", "published"), ("notifier.publish", "paged")])
def test_one_way_that_hangs_keeps_nobody_from_being_told_by_the_other(
    method: str, other: str, rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(announce_stop, "TOLD_WITHIN", 0.2)
    job, over = engaged(rig), Event()

    def hangs() -> None:
        over.wait(20)

    rig.world.meanwhile[method] = hangs
    part = rig.work(announce_stop, job=job)
    over.set()
    assert part.result is Result.UNKNOWN
    assert part.why.startswith(other)
    assert "no answer within" in part.why


def test_nobody_told_at_all_is_the_machines_to_try_again(rig: Rig) -> None:
    job = engaged(rig)
    rig.world.trouble["notifier.page"] = rig.world.trouble["notifier.publish"] = Refused("SNS is down")
    with pytest.raises(Transient, match="nobody could be told"):
        rig.work(announce_stop, job=job)


def test_a_status_page_that_is_not_configured_is_done(rig: Rig) -> None:
    part = rig.work(post_status_page, job=engaged(rig))
    assert (part.result, part.why) == (Result.DONE, NOT_CONFIGURED)
    assert rig.called("status_page.post") == []


def test_the_outside_is_told_without_a_word_of_the_inside(paged: Rig) -> None:
    part = paged.work(post_status_page, job=engaged(paged, reason="secret trouble", requested_by="ana"))
    assert (part.result, part.why) == (Result.DONE, f"incident page-1 at {PAGE.url}")
    assert "secret trouble" not in json.dumps(paged.world.posts)
    assert paged.item(INCIDENT)["status_page_incident"] == "page-1"


@pytest.mark.parametrize(
    ("given", "result", "says"),
    [
        ({"dry_run": True}, Result.NOT_DONE, "would be told"),
        ({"strategy_ids": ["s1"]}, Result.DONE, "a part of the strategies"),
    ],
)
def test_the_outside_is_not_told_of_a_rehearsal_or_of_a_part(
    given: dict[str, Any], result: Result, says: str, paged: Rig
) -> None:
    part = paged.work(post_status_page, job=engaged(paged, **given))
    assert part.result is result
    assert says in part.why
    assert paged.world.posts == []


@pytest.mark.parametrize(
    ("word", "result"),
    [(Refused("401"), Result.NOT_DONE), (Uncertain("timeout"), Result.UNKNOWN), (Broken("ours"), Result.UNKNOWN)],
)
def test_a_page_that_does_not_take_it_is_asked_once(word: RunbookError, result: Result, paged: Rig) -> None:
    job = engaged(paged)
    paged.world.trouble["status_page.post"] = word
    assert paged.work(post_status_page, job=job).result is result
    assert len(paged.called("status_page.post")) == 1


def test_a_page_that_surely_heard_nothing_is_the_machines_to_try_again(paged: Rig) -> None:
    job = engaged(paged)
    paged.world.trouble["status_page.post"] = Transient("not reached")
    with pytest.raises(Transient):
        paged.work(post_status_page, job=job)


@pytest.mark.parametrize("task", [announce_stop, cancel_entry_orders, post_status_page])
def test_a_dry_run_that_is_no_boolean_is_refused_by_each(task: Any, rig: Rig) -> None:
    with pytest.raises(Refused, match="dry_run"):
        rig.work(task, job=not_engaged(rig, dry_run=1))
    assert rig.world.calls == []


def test_a_rehearsal_is_announced_as_one_in_every_line(rig: Rig) -> None:
    rig.work(announce_stop, job=engaged(rig, dry_run=True, colour="red"))
    body = rig.world.sent[-1][1]
    assert "so everything would be stopped" in body
    assert "Nothing restarts trading" not in body
    assert "Trading goes on." in body
