"""The task token and the personal keys stand nowhere that anybody reads, whatever goes wrong."""

from __future__ import annotations

import json
import traceback
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from functions import keys
from functions.errors import Broken, Refused, RunbookError, Transient, Uncertain
from functions.tasks import ask
from tests.tasks.desk import RAISE, REJECT, RESUME, ApprovalDesk, question

TOKEN = "AQCEAAAAKgAAAAMAAAAA-known-task-token-" + "x" * 600

Story = Callable[[ApprovalDesk], object]


def answered(desk: ApprovalDesk) -> None:
    desk.votes("ana", RAISE, typed="wrong")
    desk.looks("ana")
    desk.votes("ana", RAISE)
    desk.votes("ben", REJECT)


def unanswered(desk: ApprovalDesk) -> None:
    desk.minutes(1, 40)
    desk.execution(desk.approval().execution_arn, "FAILED")
    desk.ports().incidents.close(desk.approval().incident_id, {"outcome": "escalated"})
    desk.acknowledges("ana")


def too_late(desk: ApprovalDesk) -> None:
    desk.world.tokens_over.add(TOKEN)
    desk.after(2)
    desk.votes("ana", RAISE)
    desk.sweep()


def unreached(desk: ApprovalDesk) -> None:
    desk.event("ana")
    desk.event("ben")
    if desk.mails_to("cleo"):
        desk.event("cleo")
    desk.sweep(5)


def revoked(desk: ApprovalDesk) -> None:
    desk.execution(desk.approval().execution_arn, "ABORTED")
    desk.sweep(1)


def asked_anew(desk: ApprovalDesk) -> None:
    run = desk.run(execution_arn=desk.approval().execution_arn)
    desk.ask(run, token=TOKEN, retry_count=1)


def two_people(desk: ApprovalDesk) -> None:
    desk.votes("ana", RESUME)
    desk.votes("ben", RESUME)


STORIES: dict[str, Story] = {
    story.__name__: story for story in (answered, unanswered, too_late, unreached, revoked, asked_anew, two_people)
}
TROUBLE = [
    None,
    *(
        (method, word)
        for method in (
            "approvals.change",
            "approvals.get",
            "approvals.open",
            "approvals.token",
            "callbacks.succeed",
            "executions.status",
            "incidents.record_approval",
            "mailer.send",
            "notifier.page",
        )
        for word in (Transient, Refused, Uncertain, Broken)
    ),
]


@pytest.mark.parametrize("trouble", TROUBLE, ids=lambda one: f"{one[0]}-{one[1].__name__}" if one else "none")
@pytest.mark.parametrize("story", STORIES.values(), ids=STORIES)
def test_the_token_is_seen_nowhere(
    desk: ApprovalDesk,
    story: Story,
    trouble: tuple[str, type[RunbookError]] | None,
    capfd: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    seen = [repr(desk.ask(token=TOKEN))]
    approval_id = desk.approval().approval_id
    if trouble is not None:
        desk.world.trouble[trouble[0]] = trouble[1]("trouble")
    try:
        seen.append(repr(story(desk)))
    except RunbookError as error:
        seen.append("".join(traceback.TracebackException.from_exception(error).format()))
    seen += [*logged(capfd, caplog), *world_of(desk), repr(desk.approvals())]
    for text in seen:
        assert TOKEN not in text
    assert TOKEN in str(desk.world.item("approvals", approval_id)), "else this test sees nothing"


def test_what_is_logged_is_seen_with_its_keys(
    desk: ApprovalDesk, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    """Else the tests here would see nothing of the log."""
    desk.world.trouble["notifier.page"] = Transient("a word of its own")
    desk.ask(token=TOKEN)
    assert any("a word of its own" in text for text in logged(capfd, caplog))


def test_a_key_is_in_its_own_mail_alone_and_its_hash_in_the_table_alone(
    desk: ApprovalDesk, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    desk.ask(token=TOKEN)
    mine = [desk.key_of(person_id) for person_id in ("ana", "ben")]
    unanswered(desk)
    mine += [desk.key_of(person_id) for person_id in ("ana", "ben", "cleo")]
    texts = [*logged(capfd, caplog), *world_of(desk, mails=False)]
    for key in mine:
        assert all(key not in text and keys.hash_of(key) not in text for text in texts)
        assert key not in str(desk.world.items("approvals"))
        assert len([mail for mail in desk.world.mails if key in mail.text]) == 1
        assert keys.hash_of(key) in str(desk.world.items("approvals"))


@pytest.mark.parametrize(
    "wrong",
    [
        {"task_token": [TOKEN]},
        {"task_token": {"Token": TOKEN}},
        {"state": [TOKEN]},
        {"retry_count": TOKEN},
        {"token": TOKEN},
        {"question": TOKEN},
        {"entered_at": "2026-01-31T03:00:00"},
    ],
)
def test_an_event_that_cannot_be_read_is_refused_without_its_token(
    desk: ApprovalDesk,
    wrong: dict[str, Any],
    capfd: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    event = {**event_of(desk), **wrong}
    with pytest.raises(Broken) as raised:
        ask.handler(event, None)
    told = "".join(traceback.format_exception(raised.value))
    for text in (told, *logged(capfd, caplog)):
        assert TOKEN not in text


def test_the_request_shows_its_token_to_nobody_who_prints_it(desk: ApprovalDesk) -> None:
    request = ask.Request.model_validate(event_of(desk))
    assert TOKEN not in f"{request!r} {request} {request.model_dump()} {request.model_dump_json()}"
    assert request.task_token.get_secret_value() == TOKEN


def logged(capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture) -> list[str]:
    """All that was printed, and every log record with its keys."""
    return [*capfd.readouterr(), *(repr(vars(record)) for record in caplog.records)]


def event_of(desk: ApprovalDesk) -> dict[str, Any]:
    """As the waiting state sends it."""
    run = desk.run()
    return {
        "run": json.loads(run.model_dump_json()),
        "question": {
            "kind": "change",
            "title": question().title,
            "target": "STRATEGIES",
            "facts": [],
            "options": [{"id": "a", "label": "A", "consequence": "", "risk": "none", "act": "A"}],
        },
        "execution_arn": run.execution_arn,
        "state": "AskAPerson",
        "entered_at": "2026-01-31T03:00:00Z",
        "retry_count": 0,
        "task_token": TOKEN,
    }


def world_of(desk: ApprovalDesk, *, mails: bool = True) -> Iterator[str]:
    """Everything that was written or sent, but the one place where the token is kept."""
    world = desk.world
    yield from (repr(mail) for mail in world.mails if mails)
    yield repr((world.paged, world.sent, world.objects, world.measures, world.executions))
    yield repr({name: desk.world.items(name) for name in world.tables if name != "approvals"})
    # What was answered, without the tokens that name it in the twin.
    yield repr(list(world.callbacks.values()))
