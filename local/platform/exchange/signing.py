"""Whose call it is: the key, the time and the signature, checked as the venue checks them."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Mapping
from typing import Final

from local.platform.exchange import errors
from local.platform.exchange.account import Account
from local.platform.exchange.errors import Refused, mandatory
from local.platform.exchange.exchange import Exchange
from local.platform.exchange.wanted import whole

SIGNATURE: Final = re.compile(r"(^|&)signature=[^&]*")
USUAL_WINDOW: Final = 5_000
LONGEST_WINDOW: Final = 60_000
AHEAD_AT_MOST: Final = 1_000


def check(exchange: Exchange, key: str | None, sent: str, params: Mapping[str, str], now: int) -> Account:
    """The account of a signed call.

    Args:
        key: the header X-MBX-APIKEY.
        sent: query string and body as they came, one after the other.
        params: what they say.
        now: the venue's time in epoch milliseconds.

    Raises:
        Refused: -2014, -2015, -1102, -1131, -1021, -1022, in this order.
    """
    if not key:
        raise Refused(errors.NO_KEY)
    account = exchange.by_key(key)
    if account is None or account.rights.revoked:
        raise Refused(errors.BAD_KEY)
    if not params.get("signature"):
        raise Refused(mandatory("signature"))
    sent_at, window = whole(params, "timestamp"), whole(params, "recvWindow")
    if sent_at is None:
        raise Refused(mandatory("timestamp"))
    window = USUAL_WINDOW if window is None else window
    if not 0 < window <= LONGEST_WINDOW:
        raise Refused(errors.LONG_WINDOW)
    if sent_at >= now + AHEAD_AT_MOST:
        raise Refused(errors.AHEAD)
    if now - sent_at > window:
        raise Refused(errors.OUTSIDE_WINDOW)
    if not hmac.compare_digest(signature(account.secret, sent), params["signature"].lower()):
        raise Refused(errors.BAD_SIGNATURE)
    return account


def signature(secret: str, sent: str) -> str:
    """HMAC-SHA256 over all that was sent but the signature itself."""
    return hmac.new(secret.encode(), SIGNATURE.sub("", sent).encode(), hashlib.sha256).hexdigest()
