"""A task token stands in no error, whatever AWS or botocore says about it; and what SES's errors mean."""

from __future__ import annotations

import traceback
from typing import Any

import pytest
from aws_lambda_powertools.logging.formatter import LambdaPowertoolsFormatter
from botocore.exceptions import ClientError, ParamValidationError, ReadTimeoutError
from botocore.session import get_session

from functions.adapters.callbacks import NOBODY_WAITS, StepFunctionsCallbacks
from functions.adapters.mailer import NOT_TAKEN, SesMailer
from functions.approvals import Mail
from functions.errors import Broken, Refused, RunbookError, Transient, Uncertain

TOKEN = "AQCEAAAAKgAAAAMAAAAAAAAAAe-token-that-nobody-may-see"
MAIL = Mail("ana@tradai.example", "subject", "text", "<p>text</p>", {"approval_id": "apr-1"})


def answered(code: str, status: int = 400) -> ClientError:
    response: Any = {
        "Error": {"Code": code, "Message": f"Invalid Token: '{TOKEN}'"},
        "ResponseMetadata": {"HTTPStatusCode": status},
    }
    return ClientError(response, "SendTaskSuccess")


class Failing:
    """An Aws whose every client raises the same."""

    def __init__(self, error: Exception) -> None:
        self.error, self.said = error, 0

    def client(self, service: str, saying: object) -> Any:
        return self

    def __getattr__(self, operation: str) -> Any:
        def say(**request: Any) -> Any:
            self.said += 1
            raise self.error

        return say


def callbacks(error: Exception) -> StepFunctionsCallbacks:
    aws: Any = Failing(error)
    return StepFunctionsCallbacks(aws)


FAILURES: dict[str, tuple[Exception, type[RunbookError]]] = {
    "InvalidOutput": (answered("InvalidOutput"), Broken),
    "AccessDeniedException": (answered("AccessDeniedException"), Broken),
    "ThrottlingException": (answered("ThrottlingException"), Transient),
    "KmsThrottlingException": (answered("KmsThrottlingException", 429), Transient),
    "InternalFailure": (answered("InternalFailure", 500), Transient),
    "ParamValidationError": (ParamValidationError(report=f"taskToken, value: {TOKEN}"), Broken),
    "ReadTimeoutError": (ReadTimeoutError(endpoint_url=f"https://x/{TOKEN}"), Transient),
}


@pytest.mark.parametrize("name", sorted(FAILURES))
def test_an_answer_that_fails_names_the_failure_and_never_the_token(name: str) -> None:
    error, word = FAILURES[name]
    assert TOKEN in str(error)
    with pytest.raises(RunbookError) as caught:
        callbacks(error).succeed(TOKEN, {"decision": "approve"})
    raised = caught.value
    assert type(raised) is word
    assert str(raised) == f"states:SendTaskSuccess: {name}"
    assert raised.__cause__ is None
    assert raised.__context__ is None
    logged = LambdaPowertoolsFormatter().formatException((type(raised), raised, raised.__traceback__))
    assert TOKEN not in repr(raised) + "".join(traceback.format_exception(raised)) + logged


@pytest.mark.parametrize("code", sorted(NOBODY_WAITS))
def test_a_token_that_nobody_waits_for_is_no_failure(code: str) -> None:
    assert not callbacks(answered(code)).succeed(TOKEN, {"decision": "approve"})


def test_the_codes_are_those_of_the_service() -> None:
    session = get_session()
    for service, operation, codes in (
        ("stepfunctions", "SendTaskSuccess", NOBODY_WAITS),
        ("sesv2", "SendEmail", NOT_TAKEN),
    ):
        known = session.get_service_model(service).operation_model(operation).error_shapes
        assert codes <= {shape.metadata.get("error", {}).get("code") or shape.name for shape in known}


@pytest.mark.parametrize(
    ("code", "status", "word"),
    [
        *((code, 400, Refused) for code in sorted(NOT_TAKEN)),
        ("LimitExceededException", 400, Transient),
        ("TooManyRequestsException", 429, Transient),
        ("NotFoundException", 404, Broken),
        ("AccessDeniedException", 403, Broken),
        ("InternalServiceErrorException", 500, Uncertain),
    ],
)
def test_what_ses_says_has_its_word(code: str, status: int, word: type[RunbookError]) -> None:
    aws: Any = Failing(answered(code, status))
    with pytest.raises(word, match=code) as caught:
        SesMailer(aws, sender="runbooks@tradai.example", configuration_set="set").send(MAIL)
    assert type(caught.value) is word


def test_a_mail_without_an_answer_may_have_left() -> None:
    aws: Any = Failing(ReadTimeoutError(endpoint_url="https://x"))
    with pytest.raises(Uncertain):
        SesMailer(aws, sender="runbooks@tradai.example", configuration_set="set").send(MAIL)


def test_nothing_is_sent_where_the_settings_name_no_sender() -> None:
    aws: Any = Failing(AssertionError("nobody may be asked"))
    with pytest.raises(Refused, match=r"approvals\.sender"):
        SesMailer(aws, sender=None, configuration_set="set").send(MAIL)
    assert aws.said == 0
