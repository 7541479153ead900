"""Which third is held out: a rule that looks at ids and labels alone, fixed before any rule was measured."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256
from typing import Final

from tests.corpus.load import Case

SALT: Final = "tradai-order-errors-1"


def held_out(cases: Iterable[Case]) -> frozenset[str]:
    """The ids of every third case, in the order of (labels, venue, kind) and, inside these, of the id's hash.

    Counting on from stratum to stratum keeps the whole at a third, however small a stratum is.
    """
    return frozenset(case.id for case in sorted(cases, key=_place)[2::3])


def _place(case: Case) -> tuple[str, str, str, str]:
    return "+".join(sorted(case.labels)), case.venue, case.kind, sha256(f"{SALT}:{case.id}".encode()).hexdigest()
