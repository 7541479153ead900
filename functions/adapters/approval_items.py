"""The item of an approval, built the same way for the table and for its twin.

Plain attributes under the names of `functions.approvals.Approval`, so that an auditor reads them without this
code; what is None or empty of optional parts is left out. Beside them stand `task_token` (`ask` alone writes
it, `token` alone reads it), `open_marker` (there only while something is left to do: the index `open` holds
no others), `written_by`, by which a writer whose answer got lost knows its own write, and `used_by` with
`used_at`: the incident whose close has used it (functions/adapters/closes.py).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import fields
from typing import Any, Final

from pydantic import TypeAdapter, ValidationError

from functions.adapters.attribute_values import Item
from functions.adapters.values import plain
from functions.approvals import Approval
from functions.errors import Broken
from functions.runtime import logger

TOKEN: Final = "task_token"  # noqa: S105 - the attribute's name, not a token
MARKER: Final = "open_marker"
WRITTEN_BY: Final = "written_by"
# What stands beside an approval and is not its writers' to change: who used it stands in closes.py.
BESIDES: Final = (TOKEN, "used_by", "used_at")
OPEN: Final = "open"
INDEX: Final = "open"

ATTRIBUTES: Final = tuple(field.name for field in fields(Approval))

_APPROVAL: Final = TypeAdapter(Approval)


def item_of(approval: Approval, written_by: str) -> Item:
    """Everything but the task token."""
    whole: Item = {name: value for name, value in plain(approval).items() if value is not None}
    marker = {MARKER: OPEN} if approval.open else {}
    return {**whole, **marker, WRITTEN_BY: written_by}


def gone(item: Mapping[str, Any]) -> tuple[str, ...]:
    """Attributes that an earlier version may have had and this one has not."""
    return tuple(name for name in (*ATTRIBUTES, MARKER) if name not in item)


def approval_of(item: Mapping[str, Any]) -> Approval:
    """The approval of an item; attributes that are none of it are not looked at."""
    try:
        return _APPROVAL.validate_python({name: item[name] for name in ATTRIBUTES if name in item})
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise Broken(f"approval {item.get('approval_id')}: {where} cannot be read: {first['msg']}") from None


def readable(found: Iterable[Mapping[str, Any]]) -> list[Approval]:
    """Those that can be read: one that cannot (another version wrote it) keeps no other from being looked at.
    Nobody answers that one then, and its run goes on when its own time is over."""
    read = []
    for item in found:
        try:
            read.append(approval_of(item))
        except Broken as error:
            logger.error("an approval is passed over", cause=str(error))
    return read
