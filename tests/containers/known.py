"""Differences of other engines that are no fault of a definition: each with AWS's own word for it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tests.paths.cases import Case


@dataclass(frozen=True)
class Known:
    """A difference that is let pass.

    Attributes:
        image: how the names of the images begin of which it is known.
        concerns: which cases.
        reason: what the engine does, and why the embedded one is right, in AWS's words.
        link: AWS's page that says so.
    """

    image: str
    concerns: Callable[[Case], bool]
    reason: str
    link: str


def throws_an_error_of_the_engine(case: Case) -> bool:
    """A mocked answer throws what the engine itself would report."""
    thrown = (
        one["Throw"]["Error"] for answers in case.answers.values() for one in answers.values() if "Throw" in one
    )
    return any(error.startswith("States.") for error in thrown)


def catches_too_large_a_result(case: Case) -> bool:
    """What was inside a Parallel or a Map gives more than 256 KiB together, and its catcher names that."""
    return case.goal.endswith(" catch 0") and not any(
        "Throw" in one for answers in case.answers.values() for one in answers.values()
    )


# Of AWS's own image nothing is known: it could not be pulled where this was written. LocalStack's release 2026.3
# was asked a quarter of the cases.
KNOWN: Sequence[Known] = (
    Known(
        "localstack/",
        throws_an_error_of_the_engine,
        "it refuses mocked errors that begin with States., but a task does report States.Timeout",
        "https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html",
    ),
    Known(
        "localstack/",
        catches_too_large_a_result,
        "it ends the run; States.ALL does not take States.DataLimitExceeded, but a catcher that names it does",
        "https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html",
    ),
)


def known_of(image: str, known: Sequence[Known] = KNOWN) -> tuple[Known, ...]:
    """What is known of an image."""
    return tuple(one for one in known if image.startswith(one.image))


def excuse(case: Case, known: Sequence[Known]) -> Known | None:
    """The entry that lets differences of this case pass."""
    return next((one for one in known if one.concerns(case)), None)
