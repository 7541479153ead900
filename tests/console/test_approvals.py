"""Deciding from the command line: signed, told plainly, sent once, and never blindly."""

from __future__ import annotations

import io
import json
import os
import re
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.exceptions import ReadTimeoutError

from console import state_file
from console.approvals import clean, lapse
from console.choosing import choose, until_of
from console.errors import ConsoleError, ExitCode
from console.main import run
from console.operators import Operators
from console.state_file import LocalState
from tests.console.fakes import HEALTHY, Answer, FakeHttp, http

Capture = pytest.CaptureFixture[str]
ID = "apr-0123456789abcdef0123456789"
PATH = f"/api/operators/approvals/{ID}"
SOON = (datetime.now(UTC) + timedelta(minutes=55)).isoformat()


def option(name: str, act: str, **more: Any) -> dict[str, Any]:
    return {
        "id": name, "label": f"do {name}", "consequence": f"what {name} does", "risk": "adds", "act": act,
        "needed": 1, "until_at_most_minutes": None, "statement": None, **more,
    }  # fmt: skip


SHOWN: dict[str, Any] = {
    "approval_id": ID, "standing": "pending", "delivery": "none", "runbook": "stale-heartbeat",
    "incident_id": "inc-1", "lapses_at": SOON, "asked_at": SOON, "requested_by": "a claim",
    "question": {
        "kind": "change", "title": "Raise the memory to 3072 MiB?", "target": "3072MIB",
        "facts": [{"name": "memory", "value": "2048 MiB"}],
        "options": [option("approve", "RAISE"), option("reject", "REJECT", risk="none")],
        "evidence": [{"what": "stopped reason", "where": "ECS", "value": "OutOfMemoryError", "at": SOON}],
    },
    "asked": [
        {"person_id": "alice", "name": "Alice", "rung": 0, "at": SOON, "mail": "sent", "why": None},
        {"person_id": "bob", "name": "Bob", "rung": 1, "at": SOON, "mail": "refused", "why": "suppressed"},
    ],
    "seen": [{"voter": {"person_id": "alice"}, "at": SOON, "looking": True}], "votes": [], "decision": None,
    "members": [], "trouble": [],
}  # fmt: skip


@pytest.fixture
def api() -> Iterator[FakeHttp]:
    """An engine with the API behind a path, as the embedded AWS has it."""
    answers: dict[str, Answer] = {
        **HEALTHY,
        "GET /api/operators/approvals": (200, {"approvals": [SHOWN]}),
        f"GET {PATH}": (200, SHOWN),
        f"POST {PATH}": (200, {"ruling": "accepted", "message": "approve is decided, by Alice", "approval": SHOWN}),
    }
    with http(answers) as fake:
        state_file.write(
            LocalState(
                endpoint_url=fake.url, pid=os.getpid(), time_scale=1, mailbox_url=fake.url, exchange_url=fake.url,
                approvals_url=f"{fake.url}/api",
            )
        )  # fmt: skip
        yield fake


def voted(api: FakeHttp) -> list[dict[str, Any]]:
    return [json.loads(body) for key, body in api.asked if key == f"POST {PATH}"]


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def call(line: str) -> int:
    return run([*line.split(), "--env", "local"])


def test_lists_what_waits_with_its_lapse_and_whom_the_mail_did_not_reach(api: FakeHttp, capsys: Capture) -> None:
    assert call("approvals list") == ExitCode.OK
    out = capsys.readouterr().out
    assert "Raise the memory to 3072 MiB?" in out
    # The module is read long before its tests are run.
    assert re.search(r"UTC \(in [1-5]?\d min\)", out)
    assert "asked Alice, Bob (refused: suppressed)" in out
    assert "seen by Alice (is looking)" in out


def test_names_a_person_once_however_often_he_was_asked(api: FakeHttp, capsys: Capture) -> None:
    alice, bob = SHOWN["asked"]
    again = [alice, {**bob, "mail": "sent"}, {**alice, "mail": "not_reached"}, bob]
    api.answers["GET /api/operators/approvals"] = (200, {"approvals": [{**SHOWN, "asked": again}]})
    assert call("approvals list") == ExitCode.OK
    assert "asked Alice, Bob\n" in capsys.readouterr().out


def test_one_that_another_speaks_for_names_that_one_instead_of_nobody(api: FakeHttp, capsys: Capture) -> None:
    joined = {**SHOWN, "asked": [], "seen": [], "parent": "apr-first"}
    api.answers["GET /api/operators/approvals"] = (200, {"approvals": [joined]})
    api.answers[f"GET {PATH}"] = (200, joined)
    for line in ("approvals list", f"approvals show {ID}"):
        assert call(line) == ExitCode.OK
        out = capsys.readouterr().out
        assert "answered together with apr-first" in out
        assert "nobody" not in out


def test_who_voted_without_having_been_asked_is_named_where_the_api_knows_the_name(
    api: FakeHttp, capsys: Capture
) -> None:
    vote = {"voter": {"person_id": "carol"}, "option": "approve", "at": SOON, "note": None}
    looks = {"voter": {"person_id": "dan"}, "at": SOON, "looking": False}
    shown = {**SHOWN, "votes": [vote], "seen": [looks], "names": {"carol": "Carol\x1b (head)"}}
    api.answers[f"GET {PATH}"] = (200, shown)
    assert call(f"approvals show {ID}") == ExitCode.OK
    out = capsys.readouterr().out
    assert "Carol? (head) chose approve" in out
    assert "dan" in out


def test_what_else_an_answer_counts_for_is_shown_before_the_phrase_is_asked_for(
    api: FakeHttp, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    facts = [{"name": "size", "value": "3 ETH"}]
    other = {"incident_id": "inc-2", "title": "Close it?", "target": "ETHUSDT", "facts": facts}
    asked = {**SHOWN["question"], "target": "ALL2"}
    api.answers[f"GET {PATH}"] = (200, {**SHOWN, "question": asked, "own_target": "3072MIB", "members": [other]})
    monkeypatch.setattr(sys, "stdin", Terminal("RAISE ALL2\n"))
    assert call(f"approvals approve {ID}") == ExitCode.OK
    err = capsys.readouterr().err
    for part in ("itself for     3072MIB", "Close it? (ETHUSDT, inc-2)", "size: 3 ETH", "target       ALL2"):
        assert part in err, part
    assert err.index("ETHUSDT") < err.index("ALL2")
    squeezed = "".join(sign for sign in err.upper() if sign.isalnum())
    assert "RAISEALL2" not in squeezed
    assert (voted(api)[0]["confirm"], voted(api)[0]["members"]) == ("RAISE ALL2", "1")


def test_says_so_when_nothing_waits(api: FakeHttp, capsys: Capture) -> None:
    api.answers["GET /api/operators/approvals"] = (200, {"approvals": []})
    assert call("approvals list") == ExitCode.OK
    assert capsys.readouterr().out.strip() == "nothing waits for a person"


def test_shows_facts_evidence_and_each_option_with_act_and_target_apart(api: FakeHttp, capsys: Capture) -> None:
    assert call(f"approvals show {ID}") == ExitCode.OK
    out = capsys.readouterr().out
    for part in ("memory         2048 MiB", "OutOfMemoryError (ECS)", "what approve does", "adds risk", "no risk"):
        assert part in out, part
    squeezed = "".join(sign for sign in out.upper() if sign.isalnum())
    assert "RAISE" in squeezed
    assert "RAISE3072MIB" not in squeezed, "the phrase stands nowhere whole"


def test_signs_every_call_for_the_callers_own_identity(api: FakeHttp, capsys: Capture) -> None:
    seen: list[AWSRequest] = []

    class Session:
        def send(self, request: Any) -> Any:
            seen.append(request)
            raise ReadTimeoutError(endpoint_url=request.url)

    from console.aws import connect

    aws = connect("local")
    with pytest.raises(ConsoleError):
        Operators(aws, f"{api.url}/api", Session()).approval(ID)
    (request,) = seen
    given = request.headers["Authorization"]
    assert "/eu-central-1/execute-api/aws4_request" in given
    again = AWSRequest(
        "GET", request.url, headers={"Accept": "application/json", "Content-Type": "application/json"}
    )
    again.context["timestamp"] = request.headers["X-Amz-Date"]
    signer = SigV4Auth(Credentials("test", "test"), "execute-api", "eu-central-1")
    again.headers["X-Amz-Date"] = request.headers["X-Amz-Date"]
    want = signer.signature(signer.string_to_sign(again, signer.canonical_request(again)), again)
    assert given.endswith(f"Signature={want}")


def test_approves_the_only_option_that_is_no_refusal(api: FakeHttp, capsys: Capture) -> None:
    assert run(["approvals", "approve", ID, "--confirm", "raise 3072mib", "--note", "go", "--env", "local"]) == 0
    assert voted(api) == [
        {"decision": "approve", "confirm": "raise 3072mib", "note": "go", "until": None, "members": "0"}
    ]
    assert capsys.readouterr().out.strip() == "approve is decided, by Alice"


def test_says_for_how_many_others_the_caller_was_shown_to_decide(api: FakeHttp) -> None:
    api.answers[f"GET {PATH}"] = (200, {**SHOWN, "members": [{"title": "a"}, {"title": "b"}]})
    assert call(f"approvals approve {ID} --confirm x") == ExitCode.OK
    assert voted(api)[0]["members"] == "2"


def test_rejects_by_the_option_of_that_name(api: FakeHttp, capsys: Capture) -> None:
    assert run(["approvals", "reject", ID, "--confirm", "REJECT3072MIB", "--json", "--env", "local"]) == ExitCode.OK
    assert voted(api)[0]["decision"] == "reject"
    assert json.loads(capsys.readouterr().out)["ruling"] == "accepted"


def test_asks_for_both_words_on_a_terminal_showing_them_apart(
    api: FakeHttp, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", Terminal("RAISE 3072MIB\n"))
    assert call(f"approvals approve {ID}") == ExitCode.OK
    assert voted(api)[0]["confirm"] == "RAISE 3072MIB"
    out, err = capsys.readouterr()
    assert "what approve does" in err
    assert out.strip() == "approve is decided, by Alice", "the result alone goes to stdout"


def test_takes_no_phrase_from_a_pipe(api: FakeHttp, capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("RAISE 3072MIB\n"))
    assert call(f"approvals approve {ID}") == ExitCode.USAGE
    assert "--confirm" in capsys.readouterr().err
    assert voted(api) == []


def test_does_not_guess_among_several_options(api: FakeHttp, capsys: Capture) -> None:
    several = [option("switch", "SWITCH"), option("leave", "LEAVE")]
    api.answers[f"GET {PATH}"] = (200, {**SHOWN, "question": {**SHOWN["question"], "options": several}})
    assert call(f"approvals approve {ID} --confirm x") == ExitCode.USAGE
    assert "there are switch, leave" in capsys.readouterr().err
    assert call(f"approvals reject {ID} --confirm x") == ExitCode.NOT_TAKEN
    assert call(f"approvals approve {ID} --option lead --confirm x") == ExitCode.NOT_TAKEN
    assert voted(api) == []
    assert call(f"approvals approve {ID} --option leave --confirm x") == ExitCode.OK
    assert voted(api)[0]["decision"] == "leave"


def test_an_option_with_an_end_needs_one(api: FakeHttp, capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    bounded = [option("leave", "LEAVE", until_at_most_minutes=60)]
    api.answers[f"GET {PATH}"] = (200, {**SHOWN, "question": {**SHOWN["question"], "options": bounded}})
    assert call(f"approvals approve {ID} --confirm x") == ExitCode.USAGE
    assert call(f"approvals approve {ID} --confirm x --until later") == ExitCode.USAGE
    assert voted(api) == []
    monkeypatch.setattr(sys, "stdin", Terminal("45m\n"))
    assert call(f"approvals approve {ID} --confirm x") == ExitCode.OK
    until = datetime.fromisoformat(voted(api)[0]["until"])
    assert timedelta(minutes=44) < until - datetime.now(UTC) < timedelta(minutes=46)


def test_what_is_decided_is_told_before_anybody_types(api: FakeHttp, capsys: Capture) -> None:
    decision = {"option": "approve", "by": ["alice"], "at": "2026-01-01T03:12:00+00:00", "note": "ok"}
    api.answers[f"GET {PATH}"] = (200, {**SHOWN, "standing": "decided", "decision": decision})
    assert call(f"approvals approve {ID} --confirm x") == ExitCode.TOO_LATE
    assert 'approve, by Alice at 03:12 UTC: "ok"' in capsys.readouterr().err
    assert voted(api) == []


@pytest.mark.parametrize(
    ("status", "code", "says"),
    [
        (400, ExitCode.NOT_TAKEN, "no until"),
        (403, ExitCode.NOT_AN_APPROVER, "nothing was changed"),
        (404, ExitCode.NOT_FOUND, "approvals list"),
        (409, ExitCode.TOO_LATE, "approvals show"),
        (410, ExitCode.TOO_LATE, "approvals show"),
        (422, ExitCode.NOT_TAKEN, "approvals show"),
        (429, ExitCode.TOO_SOON, "nothing was changed"),
        (500, ExitCode.AWS_TROUBLE, "HTTP 500"),
    ],
)
def test_every_refusal_has_its_exit_code_and_the_apis_own_words(
    api: FakeHttp, capsys: Capture, status: int, code: ExitCode, says: str
) -> None:
    words = {400: "no until", 403: "arn:aws:iam::1:user/x stands for nobody"}.get(status, "not so")
    api.answers[f"POST {PATH}"] = (status, {"message": words})
    assert call(f"approvals approve {ID} --confirm x") == code
    out, err = capsys.readouterr()
    assert out == ""
    assert words in err
    assert says in err
    assert len(err.strip().splitlines()) == 1


def test_the_gateways_own_refusal_says_which_right_is_missing(api: FakeHttp, capsys: Capture) -> None:
    api.answers[f"GET {PATH}"] = (403, {"message": "Forbidden"})
    assert call(f"approvals show {ID}") == ExitCode.NOT_AN_APPROVER
    assert "execute-api:Invoke" in capsys.readouterr().err


def test_a_page_instead_of_json_is_told_by_its_status(api: FakeHttp, capsys: Capture) -> None:
    api.answers[f"GET {PATH}"] = (200, "<html>sign in</html>")
    assert call(f"approvals show {ID}") == ExitCode.AWS_TROUBLE
    assert "answered 200" in capsys.readouterr().err


def test_a_vote_without_an_answer_is_unknown_and_is_not_sent_again(api: FakeHttp) -> None:
    sent: list[str] = []

    class Silent:
        def send(self, request: Any) -> Any:
            sent.append(request.method)
            raise ReadTimeoutError(endpoint_url=request.url)

    from console.aws import connect

    with pytest.raises(ConsoleError, match="whether it took this is not known"):
        Operators(connect("local"), f"{api.url}/api", Silent()).decide(
            ID, decision="approve", confirm="x", note=None, until=None, members=0
        )
    assert sent == ["POST"]


def test_no_key_of_a_link_and_no_token_reaches_the_terminal(api: FakeHttp, capsys: Capture) -> None:
    leak = {"task_token": "AQCEAAAATOKEN", "trouble": ["https://x/approvals/apr-1?k=KEYOFALICE-_x&b=1 was refused"]}
    api.answers[f"GET {PATH}"] = (200, {**SHOWN, **leak})
    assert call(f"approvals show {ID}") == ExitCode.OK
    assert call(f"approvals show {ID} --json") == ExitCode.OK
    out = capsys.readouterr().out
    assert "was refused" in out
    assert "KEYOFALICE" not in out
    assert "AQCEAAAATOKEN" not in out


def test_no_text_of_others_controls_the_terminal(api: FakeHttp, capsys: Capture) -> None:
    evil = "\x1b[2J\x07\u202eRaise [red]it[/red]\nnow"
    api.answers[f"GET {PATH}"] = (200, {**SHOWN, "question": {**SHOWN["question"], "title": evil}})
    assert call(f"approvals show {ID}") == ExitCode.OK
    out = capsys.readouterr().out
    assert "Raise [red]it[/red] now" in out
    assert not set(out) & {"\x1b", "\x07", "\u202e"}


def test_acknowledges_an_incident(api: FakeHttp, capsys: Capture) -> None:
    api.answers["POST /api/operators/incidents/inc-1/acknowledge"] = (200, {"message": "inc-1 is yours, Alice"})
    assert call("incidents ack inc-1") == ExitCode.OK
    assert capsys.readouterr().out.strip() == "inc-1 is yours, Alice"
    assert call("incidents ack inc-2") == ExitCode.NOT_FOUND
    assert "`runbooks incidents list`" in capsys.readouterr().err


def test_an_id_cannot_lead_to_another_route(api: FakeHttp) -> None:
    assert call("incidents ack ../approvals/x") == ExitCode.NOT_FOUND
    assert api.asked[-1][0] == "POST /api/operators/incidents/..%2Fapprovals%2Fx/acknowledge"


def test_a_stack_without_the_api_is_told(api: FakeHttp, capsys: Capture) -> None:
    state = state_file.read()
    assert state is not None
    state_file.write(state.model_copy(update={"approvals_url": None}))
    refused = "<ErrorResponse><Error><Code>ValidationError</Code><Message>no</Message></Error></ErrorResponse>"
    api.answers["POST /"] = (400, refused)
    assert call("approvals list") == ExitCode.AWS_TROUBLE
    assert "no output ApprovalsUrl" in capsys.readouterr().err


NOW = datetime(2026, 3, 1, 3, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "minutes"),
    [("45m", 45), ("45min", 45), ("2h", 120), ("1h30m", 90), ("1d", 1440), ("2026-03-01T05:00+01:00", 60)],
)
def test_reads_spans_and_times(text: str, minutes: int) -> None:
    assert until_of(text, NOW) == NOW + timedelta(minutes=minutes)


@pytest.mark.parametrize("text", ["", "45", "soon", "2026-03-01T05:00", "-5m", "h"])
def test_refuses_a_time_that_can_be_misread(text: str) -> None:
    with pytest.raises(ConsoleError) as refused:
        until_of(text, NOW)
    assert refused.value.code is ExitCode.USAGE


@pytest.mark.parametrize(
    ("seconds", "told"),
    [
        (660, "03:11 UTC (in 11 min)"),
        (45, "03:00 UTC (in 45 s)"),
        (-5, "02:59 UTC (now)"),
        (-180, "02:57 UTC (3 min ago)"),
    ],
)
def test_tells_a_lapse_with_what_is_left(seconds: int, told: str) -> None:
    assert lapse((NOW + timedelta(seconds=seconds)).isoformat(), NOW) == told
    assert lapse(None, NOW) == "at an unknown time"


def test_an_option_that_rejects_alone_is_never_approved() -> None:
    with pytest.raises(ConsoleError):
        choose({"question": {"options": [option("reject", "REJECT")]}}, None)


def test_cleans_only_what_a_terminal_could_obey() -> None:
    assert clean("naïve  BTC/USDT:USDT – ok") == "naïve BTC/USDT:USDT – ok"


GLASS = option(
    "break_glass", "BREAKGLASS", opens_after=1800, opens_at="2026-03-01T03:30:00+00:00", note_required=True
)
BROKEN: dict[str, Any] = {
    **SHOWN,
    "standing": "decided",
    "delivery": "taken",
    "decision": {"option": "break_glass", "by": ["alice"], "at": "2026-03-01T03:31:00+00:00", "note": "calm"},
    "glass": {"ratify_by": "2026-03-02T03:31:00+00:00", "ratified_by": None, "ratified_at": None, "note": None},
}
RATIFY = "POST /api/operators/incidents/inc-1/ratify"


def offers_glass(api: FakeHttp) -> None:
    asked = {**SHOWN["question"], "options": [GLASS, option("reject", "REJECT", risk="none")]}
    api.answers[f"GET {PATH}"] = (200, {**SHOWN, "question": asked})


def test_shows_from_when_an_option_is_taken_and_that_it_wants_a_note(api: FakeHttp, capsys: Capture) -> None:
    offers_glass(api)
    assert call(f"approvals show {ID}") == ExitCode.OK
    out = capsys.readouterr().out
    assert "from 03:30 UTC if nobody else has decided" in out
    assert out.count("required: it says why") == 1


def test_asks_for_the_note_that_an_option_wants(
    api: FakeHttp, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    offers_glass(api)
    assert call(f"approvals approve {ID} --confirm x") == ExitCode.USAGE
    assert "--note" in capsys.readouterr().err
    assert voted(api) == []
    monkeypatch.setattr(sys, "stdin", Terminal("nobody answers\n"))
    assert call(f"approvals approve {ID} --confirm x") == ExitCode.OK
    assert voted(api)[0]["note"] == "nobody answers"


def test_what_is_not_open_yet_is_too_soon_and_not_too_late(
    api: FakeHttp, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    from console import operators

    offers_glass(api)
    refused = operators.Operators._send

    def early(self: Operators, method: str, path: str, body: Any) -> Any:
        if method == "GET":
            return refused(self, method, path, body)
        return 409, {"Retry-After": "300"}, json.dumps({"message": "available from 03:30 UTC"})

    monkeypatch.setattr(operators.Operators, "_send", early)
    assert run(["approvals", "approve", ID, "--confirm", "x", "--note", "y", "--env", "local"]) == ExitCode.TOO_SOON
    err = capsys.readouterr().err
    assert "available from 03:30 UTC" in err
    assert "nothing was changed; try again in 300 s" in err


def test_lists_what_has_still_to_be_ratified_and_says_how(api: FakeHttp, capsys: Capture) -> None:
    api.answers["GET /api/operators/approvals"] = (200, {"approvals": [BROKEN]})
    api.answers[f"GET {PATH}"] = (200, BROKEN)
    assert call("approvals list") == ExitCode.OK
    assert "another person has to ratify it by 2026-03-02 03:31 UTC" in capsys.readouterr().out
    assert call(f"approvals show {ID}") == ExitCode.OK
    assert "runbooks incidents ratify inc-1" in capsys.readouterr().out


def test_shows_who_has_ratified_it(api: FakeHttp, capsys: Capture) -> None:
    done = {"ratified_by": "bob", "ratified_at": "2026-03-01T04:00:00+00:00", "note": "seen"}
    api.answers[f"GET {PATH}"] = (200, {**BROKEN, "glass": {**BROKEN["glass"], **done}})
    assert call(f"approvals show {ID}") == ExitCode.OK
    out = capsys.readouterr().out
    assert 'ratified by Bob at 2026-03-01 04:00 UTC: "seen"' in out
    assert "has to ratify" not in out


@pytest.mark.parametrize("note", [None, "seen"])
def test_ratifies_an_incident(api: FakeHttp, capsys: Capture, note: str | None) -> None:
    api.answers[RATIFY] = (200, {"message": "Ratified: Resume.", "verdict": "ratified"})
    given = ["--note", note] if note else []
    assert run(["incidents", "ratify", "inc-1", *given, "--env", "local"]) == ExitCode.OK
    assert capsys.readouterr().out.strip() == "Ratified: Resume."
    assert [json.loads(body) for key, body in api.asked if key == RATIFY] == [{"note": note}]


def test_whoever_broke_the_glass_is_told_why_he_cannot_ratify_it(api: FakeHttp, capsys: Capture) -> None:
    api.answers[RATIFY] = (403, {"message": "you broke the glass yourself"})
    assert call("incidents ratify inc-1") == ExitCode.NOT_AN_APPROVER
    assert "you broke the glass yourself" in capsys.readouterr().err
