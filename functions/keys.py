"""Personal keys and the anti-forgery value of the forms. Only a key's hash is ever kept."""

from __future__ import annotations

import hmac
import secrets
from hashlib import sha256
from typing import Final

from functions.approvals import Approval, Asked

# Compared with where there is nothing to compare with; no SHA-256 is all zeros.
DUMMY: Final = "0" * 64


def new_key() -> str:
    """256 bits from the system's generator, in letters that a link may hold."""
    return secrets.token_urlsafe(32)


def hash_of(key: str) -> str:
    """SHA-256 in hex. A key is random and long: nothing is gained by salt or by slowness."""
    return sha256(_bytes(key)).hexdigest()


def holder(approval: Approval | None, key: str) -> Asked | None:
    """Who was given this key. Every hash is compared to its end, and one where there is none, so that the
    time tells neither whether the request exists nor how much of a key is right."""
    hashed = hash_of(key)
    found: Asked | None = None
    same(DUMMY, hashed)
    for asked in approval.asked if approval is not None else ():
        if same(asked.key_hash or DUMMY, hashed):
            found = asked
    return found


def form_value(key: str, approval_id: str, person_id: str, used: int, members: int) -> str:
    """The anti-forgery value of a form (HMAC-SHA256, hex), bound to the link's key, the person, the number of
    forms taken from that person (`Tries.used`) and the number of members that the page showed."""
    told = "\n".join((approval_id, person_id, str(used), str(members)))
    return hmac.new(_bytes(key), _bytes(told), sha256).hexdigest()


def same(one: str, other: str) -> bool:
    """Compared in constant time, whatever letters a caller sends."""
    return hmac.compare_digest(_bytes(one), _bytes(other))


def _bytes(text: str) -> bytes:
    """Also of half a surrogate pair, which a hostile link may hold and UTF-8 does not."""
    return text.encode("utf-8", "surrogatepass")
