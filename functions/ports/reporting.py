"""What a report is made with: the histories of executions, and pictures."""

from __future__ import annotations

from typing import Protocol

from functions.history import History
from functions.rules.reporting.timeline import Timeline


class Histories(Protocol):
    """Step Functions' histories."""

    def of(self, execution_arn: str) -> History:
        """The whole history, over all pages, with those of its children (a child that cannot be read stands in
        `unread`). Raises `Refused` where there is no such execution (any more)."""
        ...


class Pictures(Protocol):
    """Pictures for documents that load nothing."""

    def timeline(self, timeline: Timeline) -> str:
        """`<svg>` elements without script, outside reference or XML prolog, each with a title and description of
        its own for whoever sees no picture; of more than one the page shows one (desk, phone). Raises
        `Broken` where it cannot be drawn."""
        ...
