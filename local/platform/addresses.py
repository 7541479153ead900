"""People whom no mail reaches: what becomes of mails to an address, changed while everything runs.

Done in the engine's own process, as with tasks that crash; imported when used, because ministack reads its settings
when it is imported.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from local.platform.http import BadRequest


def all_of_them() -> dict[str, str]:
    """Address -> `bounce`, `complaint`, `reject`, `delay` or `refuse`."""
    from local.engine.ses import outcomes

    return outcomes.told()


def change(fields: Mapping[str, Any]) -> None:
    """Raises BadRequest, naming the field."""
    from local.engine.ses import outcomes

    address, word = fields.get("address"), fields.get("becomes")
    if set(fields) != {"address", "becomes"}:
        raise BadRequest("send address and becomes")
    if not isinstance(address, str) or outcomes.illegal(address):
        raise BadRequest("address: must be a mail address")
    if word is not None and not isinstance(word, str):
        raise BadRequest("becomes: must be a word or null")
    try:
        outcomes.become(address, word)
    except ValueError as error:
        raise BadRequest(f"becomes: {error}") from None


def mend() -> None:
    """Mails arrive everywhere again."""
    for address in all_of_them():
        change({"address": address, "becomes": None})
