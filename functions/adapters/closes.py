"""What the runbooks remember of a close, in the table `tradai-runbook-guards-{env}`."""

from __future__ import annotations

from functions.adapters.aws import Aws
from functions.ports import Clock


class DynamoCloses:
    def __init__(self, aws: Aws, guards_table: str, *, approvals_table: str, clock: Clock) -> None:
        self._aws, self._guards, self._approvals, self._clock = aws, guards_table, approvals_table, clock
