"""The error words: four of ours, and those that the engines report themselves.

A task raises one of the four; the class name is the error name that a definition catches.
The engine's words may stand in a definition beside them. One table, read by the definition checks.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Self

if TYPE_CHECKING:
    from functions.venue import Trouble


class RunbookError(Exception):
    """Base of the four words; never raised itself. `trouble`: what an exchange said, where one did."""

    trouble: Trouble | None = None

    def of(self, trouble: Trouble) -> Self:
        """The same error with what the exchange said."""
        self.trouble = trouble
        return self


class Transient(RunbookError):
    """Nothing happened. May be retried with backoff and full jitter."""


class Refused(RunbookError):
    """The world said no. Take the other branch."""


class Uncertain(RunbookError):
    """It may have happened. Never retry: reconcile."""


class Broken(RunbookError):
    """Our own fault. Stop and page."""


OUR_WORDS: Final = frozenset({"Transient", "Refused", "Uncertain", "Broken"})

# The function was not started: may be retried by every task, acts included.
NOTHING_RAN: Final = frozenset({"Lambda.TooManyRequestsException"})

# The function may have run: a retry is right for a read and wrong for an act.
MAY_HAVE_RUN: Final = frozenset(
    {
        "Lambda.ServiceException",
        "Lambda.AWSLambdaException",
        "Lambda.SdkClientException",
        "Lambda.ClientExecutionTimeoutException",
        "Lambda.Unknown",
        "Sandbox.Timedout",
        "Runtime.ExitError",
        "States.Timeout",
    }
)

# Only in last catchers; `States.ALL` does not take `States.DataLimitExceeded`, so both are named.
LAST_RESORT: Final = frozenset({"States.ALL", "States.DataLimitExceeded"})

# A child execution that ended badly; its own error stands inside the cause.
OF_A_CHILD: Final = frozenset({"States.TaskFailed"})

# Errors of direct service integrations that a definition may name.
OF_INTEGRATIONS: Final = frozenset({"StepFunctions.ExecutionLimitExceededException", "SNS.SdkClientException"})

ENGINE_WORDS: Final = NOTHING_RAN | MAY_HAVE_RUN | LAST_RESORT | OF_A_CHILD | OF_INTEGRATIONS
KNOWN_WORDS: Final = OUR_WORDS | ENGINE_WORDS
