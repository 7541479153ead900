"""Client order ids of test orders: the same thing has the same id however often it is tried."""

from __future__ import annotations

import re
from hashlib import sha256
from typing import Final

# Beside those of closes (functions/rules/closing/client_ids.py): `[A-Za-z0-9]{1,32}` fits every venue.
PROBE: Final = re.compile(r"rbt[0-9a-f]{29}")


def probe_id(execution_arn: str, venue: str, account: str, symbol: str) -> str:
    text = "|".join(f"{len(part)}:{part}" for part in (execution_arn, venue, account, symbol))
    return ("rbt" + sha256(text.encode()).hexdigest())[:32]


def is_probe(client_order_id: str | None) -> bool:
    """A test order of this project, whichever run placed it."""
    return client_order_id is not None and PROBE.fullmatch(client_order_id) is not None
