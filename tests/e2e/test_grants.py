"""Policies are enforced: a task whose grant is taken away fails, and the run still ends loudly."""

from __future__ import annotations

import pytest

from tests.e2e.claims import escalated, nothing_was_touched
from tests.e2e.platform import Platform


@pytest.fixture(autouse=True)
def _enforced(iam: bool) -> None:
    if not iam:
        pytest.skip("TRADAI_E2E_IAM=0: policies are not enforced, so that taking one away shows nothing")


def test_a_run_whose_first_look_is_forbidden_changes_nothing_and_says_so(platform: Platform) -> None:
    platform.take_grant("find-stale")
    platform.break_with("service-crashed")
    run = platform.run_of_the_alarm()
    escalated(platform, run, "not authorized to perform")
    nothing_was_touched(platform, run)


def test_a_remedy_that_is_forbidden_is_not_called_done(platform: Platform) -> None:
    platform.take_grant("redeploy")
    platform.break_with("service-crashed")
    run = platform.run_of_the_alarm()
    escalated(platform, run, "redeploy")
    assert platform.service()["runningCount"] == 0
    assert "done" not in [act["result"] for act in run.acts]


def test_a_run_that_may_not_even_end_itself_is_closed_from_outside(platform: Platform) -> None:
    platform.take_grant("conclude")
    platform.break_with("detector-dead")
    arn = platform.started_by_alarm()
    run = platform.ended(arn)
    assert (run.status, run.error) == ("FAILED", "Escalated"), run.told()
    platform.until(lambda: platform.incident_of(arn).get("notified_at"), "the closer has told", 30)
    incident = platform.incident_of(arn)
    assert incident["outcome"] == "failed"
    subjects = [mail.subject for mail in platform.mails()]
    assert "[tradai local] stale-heartbeat broke and must be looked at now" in subjects
    assert any(subject.startswith("[tradai local] FAILED stale-heartbeat") for subject in subjects), subjects


def test_the_engine_refuses_a_stranger(platform: Platform) -> None:
    stranger = Platform(platform.endpoint_url, "test", "test", platform.time_scale, platform.state_machines)
    with pytest.raises(Exception, match=r"security token|InvalidClientTokenId|Unrecognized"):
        stranger.alarm()
