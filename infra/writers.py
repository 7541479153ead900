"""Which tasks may write a table, derived from their needs like their grants."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from functions.grants import GRANTS, Grant
from infra.tasks import TaskFile

# Every action by which an item comes, changes or goes. Transactions ask for the actions of their parts; a time to
# live on an attribute that lies in the past deletes every item (a table's policy may name that action too:
# docs.aws.amazon.com/amazondynamodb/latest/developerguide/rbac-iam-actions.html).
WRITES: Final = tuple(
    f"dynamodb:{action}"
    for action in (
        "BatchWriteItem",
        "DeleteItem",
        "PartiQLDelete",
        "PartiQLInsert",
        "PartiQLUpdate",
        "PutItem",
        "UpdateItem",
        "UpdateTimeToLive",
    )
)


def writers_of(
    table: str, tasks: Iterable[TaskFile], grants: Mapping[str, Sequence[Grant]] = GRANTS
) -> dict[str, tuple[str, ...]]:
    """The tasks whose needs let them do each of `WRITES` to a table (a resource key), by action."""
    found: dict[str, set[str]] = {action: set() for action in WRITES}
    for task in tasks:
        for grant in (grant for need in task.needs for grant in grants.get(need, ())):
            if grant.resource == table:
                for action in found.keys() & set(grant.actions):
                    found[action].add(task.name)
    return {action: tuple(sorted(names)) for action, names in found.items()}
