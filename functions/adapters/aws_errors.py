"""botocore's exceptions to the four words, in one place.

What a failure means depends on what was said. After a reading nothing has happened, whatever went wrong.
After an act, only a refusal before the work (throttled, no connection) means that nothing happened; a
timeout, a 5xx or a connection that broke may hide an act that was done, and is `Uncertain`.
A repeatable write recognises itself (a key, an owner, a token), so a repeat is as harmless as a reading's.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from enum import Enum
from typing import Any, Final

from botocore import exceptions as aws
from botocore.parsers import ResponseParserError

from functions.errors import Broken, Refused, RunbookError, Transient, Uncertain


class Saying(Enum):
    """What kind of sentence is said to AWS. `AT_ONCE` is a repeatable write that cannot wait: whoever says it goes
    on without an answer, and says it again later."""

    READ = "read"
    REPEATABLE = "repeatable"
    ACT = "act"
    AT_ONCE = "at once"


# Turned away before any work was done (each service has its own spelling).
TURNED_AWAY: Final = frozenset(
    {
        "BandwidthLimitExceeded",
        "ConcurrentUpdateException",
        "ExecutionLimitExceeded",
        "LimitExceededException",
        "PriorRequestNotComplete",
        "ProvisionedThroughputExceeded",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "RequestThrottled",
        "RequestThrottledException",
        "SlowDown",
        "ThrottledException",
        "Throttling",
        "ThrottlingError",
        "ThrottlingException",
        "TooManyRequestsException",
        "TransactionConflict",
        "TransactionConflictException",
        "TransactionInProgressException",
    }
)

# The platform is in a state that does not allow it: nothing of ours is wrong.
WORLD_SAID_NO: Final = frozenset(
    {
        "BlockedException",
        "ConflictException",
        "ResourceInUseException",
        "ServiceNotActiveException",
        "UpdateInProgressException",
    }
)

# The request never left: no connection, no name, no TLS.
NEVER_SENT: Final = (
    aws.EndpointConnectionError,
    aws.ConnectTimeoutError,
    aws.ProxyConnectionError,
    aws.SSLError,
)

# It left, and no answer that can be read came back.
NO_ANSWER: Final = (aws.HTTPClientError, aws.ResponseStreamingError, ResponseParserError)


class ConditionFailed(Exception):
    """A conditional write did not hold; `old` is the item that stands there, None where none does."""

    def __init__(self, old: dict[str, Any] | None) -> None:
        super().__init__("the condition did not hold")
        self.old = old


@contextmanager
def saying(kind: Saying, what: str) -> Iterator[None]:
    """`with saying(Saying.ACT, "ecs:UpdateService tradai"): client.update_service(...)`."""
    try:
        yield
    except (aws.BotoCoreError, aws.ClientError) as error:
        raise word_for(error, kind, what) from error


def word_for(error: Exception, kind: Saying, what: str) -> RunbookError:
    """The word for a failure, with `what` was said and what came back."""
    if isinstance(error, aws.ClientError):
        return _answered(error, kind, what)
    text = f"{what}: {type(error).__name__}: {error}"
    if isinstance(error, NEVER_SENT):
        return Transient(f"{text} (never sent)")
    if isinstance(error, NO_ANSWER):
        return _unclear(kind, text)
    return Broken(f"{text} (our credentials, configuration or parameters)")


def code_of(error: aws.ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code", ""))


def _answered(error: aws.ClientError, kind: Saying, what: str) -> RunbookError:
    code = code_of(error)
    text = f"{what}: {code}: {error.response.get('Error', {}).get('Message', '')}"
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    if code in TURNED_AWAY or status == 429:
        return Transient(f"{text} (turned away, nothing done)")
    if code in WORLD_SAID_NO:
        return Refused(text)
    if status >= 500:
        return _unclear(kind, text)
    if code.startswith("AccessDenied") or code == "AuthorizationError":
        return Broken(f"{text} (a grant is missing: functions/grants.py)")
    if "NotFound" in code or "DoesNotExist" in code or code == "NoSuchBucket":
        return Broken(f"{text} (the settings name something that is not there)")
    return Broken(f"{text} (AWS does not accept what we said)")


def _unclear(kind: Saying, text: str) -> RunbookError:
    if kind is Saying.ACT:
        return Uncertain(f"{text} (it may have happened)")
    return Transient(text)
