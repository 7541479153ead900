"""Incidents at the command line: what is left to do in a list, what people added, and the report as a file."""

from __future__ import annotations

import json
import stat
import tempfile
import webbrowser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from console.errors import ExitCode
from console.main import run
from tests.console.aws_fake import BUCKET, FakeAws, fake_aws

Capture = pytest.CaptureFixture[str]
NOTE = "POST /api/operators/incidents/inc-1/note"
ENTRY = {"field": "root_cause", "text": "a leak\nin the feed", "by": "alice", "at": "2026-03-01T05:12:00.000000Z"}
KEPT = {"by": "alice", "message": "Kept. The report is written again.",
        "kept": [{"field": "root_cause", "text": "a leak", "at": "2026-03-01T05:12:00+00:00"}]}  # fmt: skip


@pytest.fixture
def aws(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeAws]:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path_factory.mktemp("temp")))
    with fake_aws() as fake:
        yield fake


@pytest.fixture
def browser(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was opened; a browser is there."""
    opened: list[str] = []

    def opens(url: str) -> bool:
        opened.append(url)
        return True

    monkeypatch.setattr(webbrowser, "open", opens)
    return opened


def call(*line: str) -> int:
    return run([*line, "--env", "local"])


def listed(capsys: Capture, *options: str) -> list[str]:
    assert call("incidents", "list", *options) == ExitCode.OK
    return [line.split()[2] for line in capsys.readouterr().out.splitlines() if line.startswith("2026")]


def test_a_list_says_what_is_left_to_do_about_each(aws: FakeAws, capsys: Capture) -> None:
    aws.put("inc-1", opened_at="2026-03-01T03:00:00Z", open_questions=["why?", "who?"], closed_at=None,
            outcome="escalated", cause="database_unreachable")  # fmt: skip
    aws.put("inc-2", opened_at="2026-03-01T02:00:00Z", drill=True, dry_run=True, outcome="dry_run")
    aws.put("inc-3", opened_at="2026-03-01T01:00:00Z", open_questions=["why?"])
    assert call("incidents", "list") == ExitCode.OK
    assert capsys.readouterr().out.splitlines() == [
        "2026-03-01 03:00:00  inc-1  stale-heartbeat  escalated  open, 2 questions  database unreachable",
        "2026-03-01 02:00:00  inc-2  stale-heartbeat  dry run    drill              service crashed",
        "2026-03-01 01:00:00  inc-3  stale-heartbeat  resolved   1 question         service crashed",
    ]


def test_a_question_that_a_person_has_answered_is_no_mark_and_a_note_alone_answers_none(
    aws: FakeAws, capsys: Capture
) -> None:
    aws.put("inc-1", open_questions=["why?"], follow_up=[ENTRY])
    aws.put("inc-2", open_questions=["why?"], follow_up=[{**ENTRY, "field": "note"}])
    aws.put("inc-3")
    assert listed(capsys, "--questions") == ["inc-2"]


def test_a_list_is_narrowed_by_what_is_open_and_by_runbook_over_all_pages(aws: FakeAws, capsys: Capture) -> None:
    for number in range(5):
        aws.put(f"inc-{number}", closed_at=None if number % 2 else "2026-03-01T03:10:00Z",
                runbook="stuck-position" if number > 2 else "stale-heartbeat")  # fmt: skip
    assert sorted(listed(capsys, "--open")) == ["inc-1", "inc-3"]
    assert sorted(listed(capsys, "--runbook", "stuck-position")) == ["inc-3", "inc-4"]
    assert listed(capsys, "--open", "--runbook", "stuck-position") == ["inc-3"]
    assert len(listed(capsys, "--most", "2")) == 2


def test_an_empty_list_says_so(aws: FakeAws, capsys: Capture) -> None:
    assert call("incidents", "list", "--questions") == ExitCode.OK
    assert capsys.readouterr().out == "no incidents\n"


def test_an_unknown_runbook_is_refused_and_not_found_to_have_no_incidents(aws: FakeAws, capsys: Capture) -> None:
    assert call("incidents", "list", "--runbook", "stale-hartbeat") == ExitCode.UNKNOWN_RUNBOOK
    assert "stale-heartbeat" in capsys.readouterr().err


def test_a_list_for_programs_has_the_marks_too(aws: FakeAws, capsys: Capture) -> None:
    aws.put("inc-1", open_questions=["why?"], evidence=["long"])
    assert call("incidents", "list", "--json") == ExitCode.OK
    (item,) = json.loads(capsys.readouterr().out)
    assert (item["incident_id"], item["marks"], "evidence" in item) == ("inc-1", ["1 question"], False)


def test_an_incident_shows_open_questions_with_the_command_that_answers_them(aws: FakeAws, capsys: Capture) -> None:
    aws.put("inc-1", open_questions=["Why did the task end?"])
    assert call("incidents", "show", "inc-1") == ExitCode.OK
    out = capsys.readouterr().out
    assert "  questions    ? Why did the task end?" in out
    assert "runbooks incidents note inc-1 --root-cause TEXT --prevention TEXT" in out
    assert f"  report       https://s3.console.aws.amazon.com/s3/object/{BUCKET}?region=eu-central-1" in out


def test_an_incident_shows_what_people_added_with_author_and_time_the_newest_first(
    aws: FakeAws, capsys: Capture
) -> None:
    later = {**ENTRY, "text": "no: the feed\x1b[31m", "by": "bob", "at": "2026-03-02T06:00:00.000000Z"}
    aws.put("inc-1", open_questions=["why?"], follow_up=[ENTRY, {**ENTRY, "field": "note", "text": "seen"}, later])
    assert call("incidents", "show", "inc-1") == ExitCode.OK
    out = capsys.readouterr().out
    assert "why?" not in out, "it is answered"
    assert [line.strip() for line in out.splitlines() if "UTC" in line or "leak" in line] == [
        "root cause   no: the feed?[31m  - bob, 2026-03-02 06:00 UTC",
        "a leak",
        "in the feed  - alice, 2026-03-01 05:12 UTC",
        "note         seen  - alice, 2026-03-01 05:12 UTC",
    ]


def test_a_drill_says_so_in_its_head(aws: FakeAws, capsys: Capture) -> None:
    aws.put("inc-1", drill=True, dry_run=True, outcome="dry_run")
    assert call("incidents", "show", "inc-1") == ExitCode.OK
    assert capsys.readouterr().out.startswith("DRILL, DRY RUN  stale-heartbeat  inc-1\n")


def test_whoever_may_not_ask_the_stack_sees_the_key_in_place_of_the_address(aws: FakeAws, capsys: Capture) -> None:
    aws.put("inc-1")
    aws.outputs.clear()
    assert call("incidents", "show", "inc-1") == ExitCode.OK
    assert "  report       incidents/inc-1/report.html" in capsys.readouterr().out


def test_a_note_is_sent_and_what_was_kept_is_told(aws: FakeAws, capsys: Capture) -> None:
    aws.answers[NOTE] = (200, KEPT)
    assert call("incidents", "note", "inc-1", "--root-cause", "a leak \N{GRINNING FACE}") == ExitCode.OK
    assert aws.said[-1] == (NOTE, {"root_cause": "a leak \N{GRINNING FACE}"})
    assert capsys.readouterr().out == "root cause: a leak\nKept. The report is written again. By alice.\n"


def test_a_note_of_several_fields_is_one_call(aws: FakeAws, capsys: Capture) -> None:
    aws.answers[NOTE] = (200, KEPT)
    given = ("--root-cause", "a", "--prevention", "b", "--note", "c")
    assert call("incidents", "note", "inc-1", *given, "--json") == ExitCode.OK
    assert aws.said[-1] == (NOTE, {"root_cause": "a", "prevention": "b", "note": "c"})
    assert json.loads(capsys.readouterr().out) == KEPT


def test_a_note_without_words_is_refused_before_anything_is_asked(aws: FakeAws, capsys: Capture) -> None:
    assert call("incidents", "note", "inc-1") == ExitCode.USAGE
    assert "--root-cause, --prevention or --note" in capsys.readouterr().err
    assert NOTE not in [key for key, _ in aws.said]


@pytest.mark.parametrize(
    ("status", "code", "says"),
    [
        (403, ExitCode.NOT_AN_APPROVER, "nothing was changed"),
        (404, ExitCode.NOT_FOUND, "`runbooks incidents list`"),
        (409, ExitCode.TOO_LATE, "`runbooks incidents show`"),
        (413, ExitCode.NOT_TAKEN, "nothing was changed"),
        (422, ExitCode.NOT_TAKEN, "nothing was kept"),
        (503, ExitCode.AWS_TROUBLE, "HTTP 503"),
    ],
)
def test_a_note_that_is_not_taken_says_why_and_what_stands(
    aws: FakeAws, capsys: Capture, status: int, code: ExitCode, says: str
) -> None:
    aws.answers[NOTE] = (status, {"message": "in the API's own words"})
    assert call("incidents", "note", "inc-1", "--note", "x") == code
    err = capsys.readouterr().err
    assert "in the API's own words" in err
    assert says in err
    assert len(err.strip().splitlines()) == 1


def test_a_report_is_fetched_into_a_file_of_the_caller_s_own_and_opened(
    aws: FakeAws, capsys: Capture, browser: list[str]
) -> None:
    aws.put("inc-1")
    aws.objects["incidents/inc-1/report.html"] = "<p>größer</p>".encode()
    assert call("incidents", "open", "inc-1") == ExitCode.OK
    path = Path(capsys.readouterr().out.strip())
    assert path.read_text("utf-8") == "<p>größer</p>"
    assert (path.name, browser) == ("inc-1.html", [path.as_uri()])
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert [one.name for one in path.parent.iterdir()] == ["inc-1.html"], "nothing else is left there"


def test_a_path_alone_is_printed_and_nothing_opened(aws: FakeAws, capsys: Capture, browser: list[str]) -> None:
    aws.put("inc-1")
    aws.objects["incidents/inc-1/report.html"] = b"x"
    assert call("incidents", "open", "inc-1", "--print-path") == ExitCode.OK
    assert Path(capsys.readouterr().out.strip()).read_bytes() == b"x"
    assert browser == []


def test_markdown_is_the_file_beside_the_page(
    aws: FakeAws, capsys: Capture, browser: list[str], tmp_path: Path
) -> None:
    aws.put("inc-1")
    aws.objects["incidents/inc-1/report.md"] = b"# inc-1"
    folder = tmp_path / "new" / "folder"
    for _ in range(2):
        assert call("incidents", "open", "inc-1", "--markdown", "--output", str(folder), "--json") == ExitCode.OK
        told = json.loads(capsys.readouterr().out)
    assert (told["path"], told["opened"], told["key"]) == (
        str(folder / "inc-1.md"),
        False,
        "incidents/inc-1/report.md",
    )
    assert (folder / "inc-1.md").read_bytes() == b"# inc-1"
    assert browser == []


def test_a_link_in_the_folder_is_replaced_and_not_written_through(aws: FakeAws, tmp_path: Path) -> None:
    aws.put("inc-1")
    aws.objects["incidents/inc-1/report.html"] = b"new"
    other = tmp_path / "somebody-s.txt"
    other.write_text("theirs")
    (tmp_path / "inc-1.html").symlink_to(other)
    assert call("incidents", "open", "inc-1", "--print-path", "--output", str(tmp_path)) == ExitCode.OK
    assert (other.read_text(), (tmp_path / "inc-1.html").read_text()) == ("theirs", "new")


def test_where_there_is_no_browser_the_path_is_told(
    aws: FakeAws, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    aws.put("inc-1")
    aws.objects["incidents/inc-1/report.html"] = b"x"
    monkeypatch.setattr(webbrowser, "open", lambda _: False)
    assert call("incidents", "open", "inc-1") == ExitCode.OK
    out, err = capsys.readouterr()
    assert Path(out.strip()).is_file()
    assert "no browser" in err


@pytest.mark.parametrize(
    ("fields", "denied", "code", "says"),
    [
        (
            {"report_key": None, "closed_at": None, "outcome": None},
            None,
            ExitCode.NOT_FOUND,
            "when its run has ended",
        ),
        ({"report_key": None}, None, ExitCode.NOT_FOUND, "could not be stored yet"),
        ({}, "NoSuchKey", ExitCode.NOT_FOUND, f"is not there: s3://{BUCKET}/incidents/inc-1/report.html"),
        ({}, "AccessDenied", ExitCode.AWS_TROUBLE, f"they need s3:GetObject on arn:aws:s3:::{BUCKET}/incidents/*"),
    ],
)
def test_a_report_that_cannot_be_had_says_which_right_or_what_is_missing(
    aws: FakeAws, capsys: Capture, browser: list[str], fields: dict[str, Any], denied: str | None, code: ExitCode,
    says: str,
) -> None:  # fmt: skip
    aws.put("inc-1", **fields)
    aws.denied = denied
    assert call("incidents", "open", "inc-1") == code
    out, err = capsys.readouterr()
    assert says in err
    assert len(err.strip().splitlines()) == 1
    assert (out, browser) == ("", [])


def test_an_unknown_incident_has_no_report(aws: FakeAws, capsys: Capture) -> None:
    assert call("incidents", "open", "inc-0") == ExitCode.NOT_FOUND
    assert "no incident 'inc-0' in local" in capsys.readouterr().err


def test_a_folder_that_cannot_be_written_is_told(aws: FakeAws, capsys: Capture, tmp_path: Path) -> None:
    aws.put("inc-1")
    aws.objects["incidents/inc-1/report.html"] = b"x"
    (tmp_path / "file").write_text("no folder")
    assert call("incidents", "open", "inc-1", "--output", str(tmp_path / "file" / "below")) == ExitCode.USAGE
    assert "the report cannot be written" in capsys.readouterr().err


@pytest.mark.parametrize("incident_id", ["../inc-1", "/etc/inc-1", "a/b"])
def test_an_id_cannot_lead_out_of_the_folder(aws: FakeAws, tmp_path: Path, incident_id: str) -> None:
    aws.put("inc-1")
    assert call("incidents", "open", incident_id, "--output", str(tmp_path / "in")) == ExitCode.NOT_FOUND
    assert list(tmp_path.iterdir()) in ([], [tmp_path / "dot-local"])
