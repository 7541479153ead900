"""Step Functions: how an execution stands, and the start of a runbook under a name of its own."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from botocore.exceptions import BotoCoreError, ClientError

from functions.adapters.aws import Aws
from functions.adapters.aws_errors import Saying, code_of, word_for
from functions.adapters.values import json_default, plain

STOP: Final = "emergency-stop"
VERIFICATION: Final = "verify-trading"
TEST_ORDER: Final = "test-order"
# A redriven execution that waits for a free place has not ended.
_STILL_RUNS: Final = {"PENDING_REDRIVE": "RUNNING"}


class StepFunctionsExecutions:
    """`machine_prefix` is `arn:...:stateMachine:tradai-{env}-`."""

    def __init__(self, aws: Aws, machine_prefix: str) -> None:
        self._aws, self._prefix = aws, machine_prefix

    def status(self, execution_arn: str) -> str | None:
        answer = self._say("describe_execution", "ExecutionDoesNotExist", executionArn=execution_arn)
        return _STILL_RUNS.get(answer["status"], str(answer["status"])) if answer is not None else None

    def start(self, runbook: str, name: str, payload: Mapping[str, Any]) -> str | None:
        """Repeatable: the name is the token. AWS answers a repeat with the same ARN while the first runs
        with the same input, and says that the name is taken at any other time."""
        answer = self._say(
            "start_execution",
            "ExecutionAlreadyExists",
            stateMachineArn=f"{self._prefix}{runbook}",
            name=name,
            input=json.dumps(plain(payload), default=json_default),
        )
        return str(answer["executionArn"]) if answer is not None else None

    def start_stop(self, name: str, payload: Mapping[str, Any]) -> str | None:
        return self.start(STOP, name, payload)

    def start_verification(self, name: str, payload: Mapping[str, Any]) -> str | None:
        return self.start(VERIFICATION, name, payload)

    def start_withdrawal(self, name: str, payload: Mapping[str, Any]) -> str | None:
        return self.start(TEST_ORDER, name, payload)

    def _say(self, operation: str, nothing: str, **request: Any) -> Mapping[str, Any] | None:
        """None where the answer is the error `nothing`."""
        client = self._aws.client("stepfunctions", Saying.REPEATABLE)
        try:
            answer: Mapping[str, Any] = getattr(client, operation)(**request)
        except ClientError as error:
            if code_of(error) == nothing:
                return None
            raise word_for(error, Saying.REPEATABLE, f"states:{operation}") from error
        except BotoCoreError as error:
            raise word_for(error, Saying.REPEATABLE, f"states:{operation}") from error
        return answer
