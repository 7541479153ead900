"""The command line: exit codes, what goes to stdout and what to stderr, and one clear line for trouble."""

from __future__ import annotations

import json
import os
from typing import Any

import pytest
from botocore.exceptions import ConnectionClosedError, EndpointConnectionError

from console import state_file
from console.aws import trouble
from console.errors import ExitCode
from console.main import run
from console.positions import told
from console.state_file import LocalState
from tests.console.fakes import HEALTHY, FakeHttp, http

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def up(engine: FakeHttp) -> FakeHttp:
    """The state file of an engine that answers."""
    state_file.write(
        LocalState(
            endpoint_url=engine.url, pid=os.getpid(), time_scale=0.02, mailbox_url=f"{engine.url}/_local/mailbox",
            exchange_url=f"{engine.url}/_local/exchange",
        )
    )  # fmt: skip
    return engine


@pytest.mark.parametrize(
    ("line", "code", "says"),
    [
        ("local status", ExitCode.LOCAL_NOT_RUNNING, "local up --detach"),
        ("local fault list", ExitCode.LOCAL_NOT_RUNNING, "no embedded AWS is running"),
        ("local fault service-crashed", ExitCode.LOCAL_NOT_RUNNING, "no embedded AWS is running"),
        ("start stale-heartbeat", ExitCode.NO_ENVIRONMENT, "--env"),
        ("start stale-heartbeat --env mars", ExitCode.NO_ENVIRONMENT, "dev, staging, prod, local"),
        ("start stale-heartbeat --env local", ExitCode.LOCAL_NOT_RUNNING, "local up"),
        ("start nothing-known --env local", ExitCode.UNKNOWN_RUNBOOK, "stale-heartbeat"),
        ("start stale-heartbeat --env local --input {", ExitCode.USAGE, "no JSON"),
        ("start stale-heartbeat --env local --input []", ExitCode.USAGE, "JSON object"),
        ("watch x", ExitCode.NO_ENVIRONMENT, "TRADAI_ENV"),
        ("incidents list", ExitCode.NO_ENVIRONMENT, "TRADAI_ENV"),
        ("incidents show x", ExitCode.NO_ENVIRONMENT, "TRADAI_ENV"),
        ("incidents ack x", ExitCode.NO_ENVIRONMENT, "TRADAI_ENV"),
        ("incidents note x --note y", ExitCode.NO_ENVIRONMENT, "TRADAI_ENV"),
        ("incidents open x", ExitCode.NO_ENVIRONMENT, "TRADAI_ENV"),
        ("approvals list", ExitCode.NO_ENVIRONMENT, "TRADAI_ENV"),
        ("approvals show x", ExitCode.NO_ENVIRONMENT, "TRADAI_ENV"),
        ("approvals approve x --until later --env local", ExitCode.USAGE, "45m"),
        ("approvals reject x --env dev", ExitCode.NO_CREDENTIALS, "no AWS credentials"),
        ("emergency-stop --reason x", ExitCode.NO_ENVIRONMENT, "TRADAI_ENV"),
        ("emergency-stop --reason x --env dev", ExitCode.NO_CREDENTIALS, "no AWS credentials"),
        ("emergency-stop --env local", ExitCode.USAGE, "--reason"),
        ("emergency-stop --env local --reason= ", ExitCode.USAGE, "in a few words why"),
        ("resume-trading --reason x", ExitCode.NO_ENVIRONMENT, "TRADAI_ENV"),
        ("resume-trading --reason x --to running --env local", ExitCode.USAGE, "manage_only"),
        ("preflight", ExitCode.NO_ENVIRONMENT, "TRADAI_ENV"),
        ("preflight --env dev", ExitCode.NO_CREDENTIALS, "no AWS credentials"),
        ("demo nothing-known", ExitCode.UNKNOWN_RUNBOOK, "stale-heartbeat"),
        ("demo stale-heartbeat --fault nonsense", ExitCode.USAGE, "service-crashed"),
        ("local up --time-scale 0", ExitCode.USAGE, "--time-scale"),
        ("local up --port 70000", ExitCode.USAGE, "--port"),
        ("frobnicate", ExitCode.USAGE, "frobnicate"),
    ],
)
def test_every_trouble_has_its_exit_code_and_says_what_to_do(
    capsys: Capture, line: str, code: ExitCode, says: str
) -> None:
    assert run(line.split()) == code
    out, err = capsys.readouterr()
    assert out == ""
    assert says in err
    if code is not ExitCode.USAGE:
        assert len(err.strip().splitlines()) == 1, "one line"


def test_takes_the_environment_from_the_variable(capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRADAI_ENV", "local")
    assert run(["incidents", "list"]) == ExitCode.LOCAL_NOT_RUNNING


def test_refuses_credentials_of_another_account_naming_both(
    capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = (
        '<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>'
        "<Arn>arn:aws:iam::999999999999:user/x</Arn><UserId>x</UserId><Account>999999999999</Account>"
        "</GetCallerIdentityResult></GetCallerIdentityResponse>"
    )
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAOTHER")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "x")
    with http({"POST /": (200, answer)}) as sts:
        monkeypatch.setenv("AWS_ENDPOINT_URL_STS", sts.url)
        assert run(["start", "stale-heartbeat", "--env", "prod"]) == ExitCode.OTHER_ACCOUNT
    err = capsys.readouterr().err
    assert "999999999999" in err
    assert "333333333333" in err
    assert [key for key, _ in sts.asked] == ["POST /"], "nothing but the question whose they are"


def test_tells_expired_credentials_from_missing_rights(capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    refusal = (
        '<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type>'
        "<Code>{code}</Code><Message>no</Message></Error></ErrorResponse>"
    )
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAOLD")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "x")
    with http({"POST /": (403, refusal.format(code="ExpiredToken"))}) as sts:
        monkeypatch.setenv("AWS_ENDPOINT_URL_STS", sts.url)
        assert run(["preflight", "--env", "dev"]) == ExitCode.NO_CREDENTIALS
        sts.answers["POST /"] = (403, refusal.format(code="AccessDenied"))
        assert run(["preflight", "--env", "dev"]) == ExitCode.AWS_TROUBLE


def test_lists_the_faults_and_marks_the_active_ones(capsys: Capture, up: FakeHttp) -> None:
    assert run(["local", "fault", "list"]) == ExitCode.OK
    assert capsys.readouterr().out.splitlines() == [
        "* service-crashed    No task runs.",
        "                     --count: beats",
    ]


def test_injects_a_fault_by_its_name(capsys: Capture, up: FakeHttp) -> None:
    assert run(["local", "fault", "deadlock", "--strategy", "grid-eth", "--count", "3"]) == ExitCode.OK
    key, body = up.asked[-1]
    assert key == "POST /_local/faults"
    assert json.loads(body) == {"name": "deadlock", "strategy": "grid-eth", "count": 3}


def test_passes_on_what_the_stand_in_says_to_a_wrong_fault(capsys: Capture, up: FakeHttp) -> None:
    up.answers["POST /_local/faults"] = (400, {"message": "there is no fault 'x'; there are: deadlock"})
    assert run(["local", "fault", "x"]) == ExitCode.USAGE
    assert "there are: deadlock" in capsys.readouterr().err


def test_opens_a_position_and_prints_its_id(capsys: Capture, up: FakeHttp) -> None:
    line = "local open-position --strategy grid-eth --side short --amount 0.20 --stuck partial"
    assert run(line.split()) == ExitCode.OK
    assert capsys.readouterr().out == "pos-1\n"
    key, body = up.asked[-1]
    assert key == "POST /_local/positions"
    assert json.loads(body) == {
        "strategy": "grid-eth", "symbol": "BTC/USDT:USDT", "side": "short", "amount": "0.20", "stuck": "partial",
    }  # fmt: skip


def test_a_position_that_the_venue_refuses_is_told_in_the_venues_words(capsys: Capture, up: FakeHttp) -> None:
    no = "the venue refuses bot-1-entry: -2019 Margin is insufficient."
    up.answers["POST /_local/positions"] = (409, {"message": no})
    assert run(["local", "open-position"]) == ExitCode.USAGE
    out, err = capsys.readouterr()
    assert (out, no in err) == ("", True)


@pytest.mark.parametrize("amount", ["0", "-1", "NaN", "much"])
def test_an_amount_that_is_none_is_refused_before_anything_is_asked(
    capsys: Capture, up: FakeHttp, amount: str
) -> None:
    assert run(["local", "open-position", f"--amount={amount}"]) == ExitCode.USAGE
    assert "--amount" in capsys.readouterr().err
    assert "POST /_local/positions" not in [key for key, _ in up.asked]


@pytest.mark.parametrize(
    ("positions", "line"),
    [
        ({"table": {}, "venue": []}, "none; at the venue: flat"),
        (
            {
                "table": {"open": 2, "closed": 1},
                "venue": [{"account": "main", "symbol": "BTCUSDT", "amount": "-0.010"}],
            },
            "1 closed, 2 open; at the venue: main BTCUSDT -0.010",
        ),
    ],
)
def test_positions_are_told_in_one_line(positions: dict[str, Any], line: str) -> None:
    assert told(positions) == line


def test_clears_the_faults(capsys: Capture, up: FakeHttp) -> None:
    assert run(["local", "fault", "clear"]) == ExitCode.OK
    assert up.asked[-1][0] == "DELETE /_local/faults"


def test_says_that_the_engine_is_gone_where_the_state_file_is_a_dead_one_s(capsys: Capture) -> None:
    with http(HEALTHY) as engine:
        url = engine.url
    state_file.write(LocalState(endpoint_url=url, pid=os.getpid(), time_scale=1, mailbox_url=url, exchange_url=url))
    assert run(["local", "fault", "list"]) == ExitCode.LOCAL_NOT_RUNNING
    assert f"{url} is gone" in capsys.readouterr().err


def test_an_unexpected_error_is_one_line_too(
    capsys: Capture, up: FakeHttp, monkeypatch: pytest.MonkeyPatch
) -> None:
    up.answers["GET /_local/faults"] = (200, {"unexpected": "shape"})
    assert run(["local", "fault", "list"]) == ExitCode.BROKEN
    assert len(capsys.readouterr().err.strip().splitlines()) == 1


@pytest.mark.parametrize(
    "line",
    [
        "",
        "local",
        "local fault",
        "incidents",
        "approvals",
        "demo -h",
        "start -h",
        "watch -h",
        "preflight -h",
        "emergency-stop -h",
        "resume-trading -h",
    ],
)
def test_help_is_there_for_every_command(capsys: Capture, line: str) -> None:
    run([*line.split(), "--help"])
    assert "Usage:" in capsys.readouterr().out


@pytest.mark.parametrize("kind", [EndpointConnectionError, ConnectionClosedError])
def test_an_embedded_aws_that_dies_under_a_command_is_named_and_never_confused_with_aws(
    kind: Any,
) -> None:
    gone = trouble(kind(endpoint_url="http://127.0.0.1:46003/"))
    assert (gone.code, gone.message) == (
        ExitCode.EMULATOR_DIED,
        "the embedded AWS at http://127.0.0.1:46003 is gone",
    )
    assert trouble(kind(endpoint_url="https://states.eu-central-1.amazonaws.com/")).code is ExitCode.AWS_TROUBLE
