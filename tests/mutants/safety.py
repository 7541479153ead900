"""Every wrong edit of a safety condition: each must be seen by a test."""

from __future__ import annotations

from typing import Final

from tests.mutants.code import Edit
from tests.mutants.edits import kill_switch, owner, price_bound, reduce_only, two_copies, unknown

EDITS: Final[tuple[Edit, ...]] = (
    *kill_switch.EDITS,
    *price_bound.EDITS,
    *reduce_only.EDITS,
    *owner.EDITS,
    *unknown.EDITS,
    *two_copies.EDITS,
)
