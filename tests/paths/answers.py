"""What a mocked task answers, attempt by attempt."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

from tests.paths.unknowns import Conflict, Unknown

CAUSE: Final = "mocked"
# Answers for whichever attempt: of a task that several items of a Map call at once.
EVERY: Final = "0-9999"


@dataclass
class Answers:
    """Of the attempts of one task, in order: an error's name, or what it returns."""

    given: list[str | Unknown] = field(default_factory=list)
    shared: bool = False

    def mocked(self) -> dict[str, Any]:
        said = [{"Throw": {"Error": one, "Cause": CAUSE}} if isinstance(one, str) else {"Return": one.fulfilled()}
                for one in self.given]  # fmt: skip
        if not self.shared:
            # One attempt more than there are would be told nothing that fits.
            said.append({"Return": {}})
            return {str(attempt): one for attempt, one in enumerate(said)}
        if len({str(one) for one in said}) == 1:
            return {EVERY: said[0]}
        if len(said) == 2 and "Throw" in said[0]:
            return {"0": said[0], f"1-{EVERY.partition('-')[2]}": said[1]}
        raise Conflict("items that are worked on side by side cannot be told apart")
