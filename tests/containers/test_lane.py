"""The comparison finds what two engines do differently: shown on two embedded ones, one of which lacks a fix."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from botocore.exceptions import ClientError

from local.engine.process import Engine
from tests.containers import report
from tests.containers.images import AWS_IMAGE, BUILT
from tests.containers.known import Known, excuse, known_of
from tests.containers.lane import Cases, Difference, compare, job_of, load, run, unexpected
from tests.containers.runs import Job, Ran, Runner, client

FOLDERS = ("restart-strategies", "raise-memory")


@pytest.fixture(scope="module")
def given() -> Cases:
    return load(FOLDERS)


def walked(given: Cases, folder: Path, without: tuple[str, ...] = ()) -> dict[Job, Ran]:
    mocked = folder / "cases.json"
    mocked.write_text(json.dumps(given.mock_file), encoding="utf-8")
    with Engine.start(
        time_scale=0.01, platform=False, without=without, env={"SFN_MOCK_CONFIG": str(mocked)}
    ) as engine:
        return run(Runner(client(engine.endpoint_url)), given)


@pytest.fixture(scope="module")
def embedded(given: Cases, tmp_path_factory: pytest.TempPathFactory) -> dict[Job, Ran]:
    return walked(given, tmp_path_factory.mktemp("embedded"))


def test_every_case_goes_the_way_for_which_it_was_made(given: Cases, embedded: dict[Job, Ran]) -> None:
    assert {case.machine for case in given.cases} == set(FOLDERS)
    assert unexpected(given, embedded) == []
    assert compare(given, embedded, embedded) == []


def test_an_engine_that_counts_attempts_otherwise_is_found_out(
    given: Cases, embedded: dict[Job, Ran], tmp_path: Path
) -> None:
    other = walked(given, tmp_path, without=("mocked-attempts",))
    found = compare(given, embedded, other)
    assert {one.machine for one in found} <= set(FOLDERS)
    assert found
    assert unexpected(given, other)


def test_a_run_that_did_not_end_is_a_difference(given: Cases, embedded: dict[Job, Ran]) -> None:
    case = next(case for case in given.cases if case.error is None)
    other = embedded | {job_of(case): Ran("RUNNING", embedded[job_of(case)].history)}
    assert [(one.case, one.line) for one in compare(given, embedded, other) if one.machine == case.machine] == [
        (case.name, "status: SUCCEEDED | RUNNING")
    ]


class Refusing:
    """An engine that does not take one machine, and starts none of the others."""

    def create_state_machine(self, name: str, **_given: str) -> dict[str, str]:
        if name.endswith("raise-memory"):
            raise ClientError({"Error": {"Code": "InvalidDefinition", "Message": "no"}}, "CreateStateMachine")
        return {"stateMachineArn": name}

    def start_execution(self, **_given: str) -> dict[str, str]:
        raise ClientError({"Error": {"Code": "InvalidDefinition", "Message": "too late"}}, "StartExecution")


def test_what_an_engine_refuses_is_a_difference_of_each_of_its_cases(
    given: Cases, embedded: dict[Job, Ran]
) -> None:
    ran = run(Runner(Refusing()), given)
    found = [one for one in compare(given, embedded, ran) if one.line.startswith("status: ")]
    assert [one.case for one in found] == [case.name for case in given.cases]
    for one in found:
        said = (
            "CreateStateMachine operation: no"
            if one.machine == "raise-memory"
            else "StartExecution operation: too late"
        )
        assert one.line.endswith(said)


def test_a_known_difference_passes_and_no_other(given: Cases, embedded: dict[Job, Ran]) -> None:
    one, other = [case for case in given.cases if case.error is None][:2]
    broken = {job_of(case): replace(embedded[job_of(case)], status="FAILED") for case in (one, other)}
    known = Known("its-image", lambda case: case == one, "as AWS's page says", "https://docs.aws.amazon.com/")
    found = compare(given, embedded, embedded | broken, (known,))
    assert [(each.case, each.known) for each in found] == [(one.name, known), (other.name, None)]
    assert excuse(other, (known,)) is None
    assert known_of("its-image:1", (known,)) == (known,)
    assert known_of("another", (known,)) == ()


def test_of_an_image_that_is_built_here_and_of_awss_own_nothing_is_let_pass() -> None:
    assert known_of(BUILT) == known_of(AWS_IMAGE) == ()


def test_what_is_known_of_localstack_concerns_single_cases(given: Cases) -> None:
    for one in known_of("localstack/localstack:4.14"):
        concerned = [case for case in given.cases if one.concerns(case)]
        assert 0 < len(concerned) < len(given.cases) / 4, one.reason


def test_the_report_counts_by_machine_and_lists_each_difference(given: Cases, tmp_path: Path) -> None:
    case = given.cases[0]
    known = Known("its-image", lambda _case: True, "as AWS's page says", "https://docs.aws.amazon.com/x")
    found = [
        Difference(case.machine, case.name, case.goal, "status: SUCCEEDED | FAILED", None),
        Difference(case.machine, case.name, case.goal, "error: None | Broken", known),
    ]
    summary = report.write("the second engine is another", given, found, tmp_path / "containers" / "report.md")
    assert summary.startswith(f"{len(given.cases)} cases of 2 machines on both engines: 1 differences, 1 more")
    text = (tmp_path / "containers" / "report.md").read_text("utf-8")
    count = sum(1 for each in given.cases if each.machine == case.machine)
    assert f"| {case.machine} | {count} | 1 | 1 |" in text
    assert "status: SUCCEEDED | FAILED\n" in text
    assert "error: None | Broken - as AWS's page says (https://docs.aws.amazon.com/x)" in text
