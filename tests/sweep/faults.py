"""What can happen to a state, one thing at a time: the answers of its attempts, as a mock file says them, or none.

A fault is `once` (the first attempt) or for ever, and it comes before anything was done or after all of it was:
the answer is lost then. Error names: functions/errors.py, and AWS's Step Functions developer guide, "Handling
errors" and the pages of each service integration.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from tests.sweep.places import Kind, Place, places

ONCE: Final = "0"
FOR_EVER: Final = "0-9999"
SAID: Final = "a single fault of the sweep"


@dataclass(frozen=True)
class Fault:
    """`error` None: the execution is stopped while the state is being worked on. `done`: the real call was made.
    `real`: nothing is made up, the function may run no copy of itself (reserved concurrency 0). `silent`: nobody
    answers what is asked."""

    name: str
    error: str | None
    attempts: str = ONCE
    done: bool = False
    real: bool = False
    silent: bool = False

    def answers(self) -> dict[str, Any]:
        """Of the state's attempts; {} where they are not made up."""
        if self.real:
            return {}
        if self.error is None:
            return {self.attempts: {"Stop": SAID}}
        thrown: dict[str, Any] = {"Throw": {"Error": self.error, "Cause": self._cause()}}
        return {self.attempts: {**thrown, "Done": True} if self.done else thrown}

    def _cause(self) -> str:
        """As the engine says it: an object of the function's, or a child's whole description."""
        if self.error == "States.TaskFailed":
            child = {"ExecutionArn": "", "Status": "FAILED", "Error": "States.Runtime", "Cause": SAID}
            return json.dumps(child)
        if "." in str(self.error):
            return SAID
        return json.dumps({"errorMessage": SAID, "errorType": self.error, "stackTrace": []})


THROTTLED: Final = "Lambda.TooManyRequestsException"
STOPPED: Final = Fault("stopped", None)
BY_LAMBDA: Final = Fault("throttled by Lambda", THROTTLED, FOR_EVER, real=True)
# Where another state of the machine calls the same function: that one would be struck too, or first.
OF_THIS_STATE: Final = Fault("throttled", THROTTLED, FOR_EVER)
OF_A_FUNCTION: Final = (
    Fault("transient once", "Transient"),
    Fault("transient for ever", "Transient", FOR_EVER),
    Fault("refused", "Refused"),
    Fault("uncertain, not done", "Uncertain"),
    Fault("uncertain, done", "Uncertain", done=True),
    Fault("broken", "Broken", FOR_EVER),
    Fault("timeout, done", "Sandbox.Timedout", done=True),
    Fault("timeout for ever", "Sandbox.Timedout", FOR_EVER),
    BY_LAMBDA,
    STOPPED,
)
FAULTS: Final[Mapping[Kind, tuple[Fault, ...]]] = {
    "function": OF_A_FUNCTION,
    # The question was sent, and stands.
    "callback": (*OF_A_FUNCTION, Fault("nobody answers", "States.Timeout", done=True, silent=True)),
    "child": (
        Fault("limit once", "StepFunctions.ExecutionLimitExceededException"),
        Fault("limit for ever", "StepFunctions.ExecutionLimitExceededException", FOR_EVER),
        Fault("child failed, not done", "States.TaskFailed"),
        Fault("child failed, done", "States.TaskFailed", done=True),
        Fault("no access", "StepFunctions.AccessDeniedException", FOR_EVER),
        Fault("service error for ever", "StepFunctions.SdkClientException", FOR_EVER),
        Fault("throttled for ever", "StepFunctions.ThrottlingException", FOR_EVER),
        Fault("timeout, done", "States.Timeout", done=True),
        STOPPED,
    ),
    "topic": (
        Fault("client error once", "SNS.SdkClientException"),
        Fault("client error for ever", "SNS.SdkClientException", FOR_EVER),
        Fault("no access", "SNS.AuthorizationErrorException", FOR_EVER),
        Fault("throttled", "SNS.ThrottledException", FOR_EVER),
        Fault("internal error, done", "SNS.InternalErrorException", done=True),
        Fault("timeout, done", "States.Timeout", done=True),
        Fault("timeout, not done", "States.Timeout"),
        STOPPED,
    ),
    "table": (
        Fault("throttled once", "DynamoDB.ProvisionedThroughputExceededException"),
        Fault("throttled", "DynamoDB.ProvisionedThroughputExceededException", FOR_EVER),
        Fault("no access", "DynamoDB.AccessDeniedException", FOR_EVER),
        Fault("internal error, done", "DynamoDB.InternalServerErrorException", done=True),
        Fault("timeout, done", "States.Timeout", done=True),
        Fault("timeout, not done", "States.Timeout"),
        STOPPED,
    ),
}


def faults_of(place: Place) -> tuple[Fault, ...]:
    sharing = [one for one in places() if (one.machine, one.task) == (place.machine, place.task)]
    found = FAULTS[place.kind]
    return found if len(sharing) == 1 else tuple(OF_THIS_STATE if one is BY_LAMBDA else one for one in found)


def mock_file(prefix: str, wanted: Mapping[tuple[str, str], Mapping[str, Any]]) -> dict[str, Any]:
    """For every execution of these machines. `wanted`: answers by (machine's folder, state)."""
    machines: dict[str, Any] = {}
    answers: dict[str, Any] = {}
    for (machine, state), said in wanted.items():
        if said:
            name = f"{machine}-{state}"
            machines.setdefault(f"{prefix}{machine}", {"TestCases": {"*": {}}})["TestCases"]["*"][state] = name
            answers[name] = dict(said)
    return {"StateMachines": machines, "MockedResponses": answers}
