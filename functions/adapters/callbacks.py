"""Step Functions' callbacks. A task token is as good as a signature: it stands in no message and no trace."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from botocore.exceptions import BotoCoreError, ClientError

from functions.adapters.aws import Aws
from functions.adapters.aws_errors import Saying, code_of, word_for
from functions.adapters.values import json_default, plain

# Answers that mean that nobody waits for this token (any more).
NOBODY_WAITS: Final = frozenset({"InvalidToken", "TaskDoesNotExist", "TaskTimedOut"})

WHAT: Final = "states:SendTaskSuccess"


class StepFunctionsCallbacks:
    def __init__(self, aws: Aws) -> None:
        self._aws = aws

    def succeed(self, task_token: str, output: Mapping[str, Any]) -> bool:
        """Repeatable: a token is answered once, whoever repeats it."""
        told = json.dumps(plain(output), default=json_default)
        failure = self._say(task_token, told)
        # Raised out here so that botocore's exception, which may quote the token, hangs on to nothing.
        match failure:
            case None:
                return True
            case ClientError() if code_of(failure) in NOBODY_WAITS:
                return False
        word = type(word_for(failure, Saying.REPEATABLE, WHAT))
        raise word(f"{WHAT}: {_named(failure)}")

    def _say(self, task_token: str, output: str) -> ClientError | BotoCoreError | None:
        try:
            self._aws.client("stepfunctions", Saying.REPEATABLE).send_task_success(
                taskToken=task_token, output=output
            )
        except (ClientError, BotoCoreError) as error:
            return error
        return None


def _named(failure: ClientError | BotoCoreError) -> str:
    """The failure's name alone: its text may quote what was said."""
    return code_of(failure) if isinstance(failure, ClientError) else type(failure).__name__
