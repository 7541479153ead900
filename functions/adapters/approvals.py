"""Table `tradai-runbook-approvals-{env}`: requests for a person's decision. Nothing is ever deleted from it.

All writes carry a mark of their own, so a repeat after a lost answer knows itself and nobody else does.
No reading but `token` brings the task token along: the projections leave it out.
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import uuid4

from functions.adapters import approval_items as items
from functions.adapters.aws import Aws
from functions.adapters.aws_errors import ConditionFailed, Saying
from functions.adapters.tables import Table
from functions.approvals import Approval


class DynamoApprovals:
    def __init__(self, aws: Aws, table: str) -> None:
        self._table = Table(aws, table, "approval_id")

    def ask(self, approval: Approval, task_token: str) -> bool:
        mark = uuid4().hex
        item = {**items.item_of(approval, mark), items.TOKEN: task_token}
        try:
            self._table.put(item, "attribute_not_exists(#approval_id)")
        except ConditionFailed as failed:
            return (failed.old or {}).get(items.WRITTEN_BY) == mark
        return True

    def get(self, approval_id: str) -> Approval | None:
        item = self._table.get(approval_id, items.ATTRIBUTES)
        return items.approval_of(item) if item else None

    def open(self) -> Sequence[Approval]:
        keys = [str(item["approval_id"]) for item in self._table.index(items.INDEX, items.MARKER, items.OPEN)]
        found = self._table.batch(keys, items.ATTRIBUTES)
        approvals = items.readable(found[key] for key in keys if key in found)
        return [approval for approval in approvals if approval.open]

    def change(self, changed: Approval) -> bool:
        mark = uuid4().hex
        item = items.item_of(changed, mark)
        gone = [f"#{name}" for name in items.gone(item)]
        key = str(item.pop("approval_id"))
        sets = ", ".join(f"#{name} = :{name}" for name in item)
        try:
            self._table.update(
                Saying.REPEATABLE,
                key,
                f"SET {sets}" + (f" REMOVE {', '.join(gone)}" if gone else ""),
                "#version = :version_before",
                {**item, "version_before": changed.version - 1},
            )
        except ConditionFailed as failed:
            return (failed.old or {}).get(items.WRITTEN_BY) == mark
        return True

    def token(self, approval_id: str) -> str | None:
        item = self._table.get(approval_id, (items.TOKEN,)) or {}
        token: str | None = item.get(items.TOKEN)
        return token
