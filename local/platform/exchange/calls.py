"""What came in, for those who want to know what was really sent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any


@dataclass
class Call:
    """One request. `at` in epoch milliseconds; `params` without signature; `client_id`: the order's. `status` 0: it
    got no answer. `fault`: what it met."""

    at: int
    method: str
    path: str
    params: Mapping[str, str]
    account: str | None = None
    client_id: str | None = None
    status: int = 0
    code: int | None = None
    fault: str | None = None

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def client_id_of(params: Mapping[str, str]) -> str | None:
    names = ("newClientOrderId", "clientAlgoId", "origClientOrderId")
    return next((params[name] for name in names if name in params), None)
