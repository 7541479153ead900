"""Asks people for a decision: stores the question with the task token, then tells the first wave.

The waiting state goes on when somebody answers (`Answer`), not when this function ends. After the request is
stored nothing that fails ends the wait: the sweeper goes on with it. Only where nobody can be asked at all
does the state fail at once.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import AwareDatetime, Field, SecretStr

from functions import contracts, requesting
from functions.approvals import Question, Standing
from functions.contracts import Frozen, Run
from functions.errors import Broken, Refused
from functions.ports import Ports
from functions.rules.asking.sound import faults
from functions.runtime import task
from functions.settings import Settings

ACT = True
TIMEOUT_SECONDS = 60
MEMORY_MB = 512
LAYERS = ("web",)

# What the waiting state gets by its token; the definition checks read it.
Answer = contracts.Answer


class Request(Frozen):
    """`state`, `entered_at` and `retry_count` name the one entry of the state that waits. The token is a secret:
    it is shown in no trace and no message."""

    run: Run
    question: Question
    execution_arn: str
    state: str
    entered_at: AwareDatetime
    retry_count: Annotated[int, Field(ge=0, le=100)]
    task_token: Annotated[SecretStr, Field(min_length=1)]


class Response(Frozen):
    """`joined`: the request that speaks for this one, because many alike came at once."""

    approval_id: str
    lapses_at: datetime
    joined: str | None


@task(Request, needs=requesting.NEEDS)
def handler(request: Request, ports: Ports, settings: Settings) -> Response:
    run, question = request.run, request.question
    if run.dry_run:
        raise Broken("a dry run asks nobody: the definition must not come here")
    if not settings.approvals.rungs_of(question.desk):
        raise Refused(
            f"nobody could be asked: the settings name neither a desk {question.desk!r} nor a default one"
        )
    people = {person for rung in settings.approvals.rungs_of(question.desk) for person in rung}
    if wrong := faults(question, len(people)):
        raise Broken(f"the question cannot be asked: {'; '.join(wrong)}"[:1_000])
    entry = requesting.Entry(request.execution_arn, request.state, request.entered_at, request.retry_count)
    approval = requesting.request_of(run, question, entry, ports.clock.now(), settings)
    asked = requesting.begin(ports, settings, approval, entry, request.task_token.get_secret_value())
    if asked.standing is Standing.UNREACHED:
        why = "; ".join(f"{one.name}: {one.why or one.mail}" for one in asked.asked)
        raise Refused(f"nobody could be asked: {why}"[:1_000])
    return Response(approval_id=asked.approval_id, lapses_at=asked.lapses_at, joined=asked.parent)
