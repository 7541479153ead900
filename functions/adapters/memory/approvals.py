"""Twin of the approvals table."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import uuid4

from functions.adapters import approval_items as items
from functions.adapters.memory.world import World, stored
from functions.approvals import Approval


class MemoryApprovals:
    def __init__(self, world: World) -> None:
        self._world = world

    def ask(self, approval: Approval, task_token: str) -> bool:
        new = {**items.item_of(approval, uuid4().hex), items.TOKEN: task_token}
        if self._world.item("approvals", approval.approval_id) is not None:
            return False
        self._world.put("approvals", stored(new))
        return True

    def get(self, approval_id: str) -> Approval | None:
        item = self._world.item("approvals", approval_id)
        return items.approval_of(item) if item else None

    def open(self) -> Sequence[Approval]:
        marked = [item for item in self._world.items("approvals") if items.MARKER in item]
        return items.readable(sorted(marked, key=lambda item: str(item["asked_at"])))

    def change(self, changed: Approval) -> bool:
        new = items.item_of(changed, uuid4().hex)
        item = self._world.item("approvals", changed.approval_id)
        if item is None or item["version"] != changed.version - 1:
            return False
        kept = {name: item[name] for name in items.BESIDES if name in item}
        self._world.put("approvals", stored({**new, **kept}))
        return True

    def token(self, approval_id: str) -> str | None:
        item = self._world.item("approvals", approval_id) or {}
        token: str | None = item.get(items.TOKEN)
        return token
