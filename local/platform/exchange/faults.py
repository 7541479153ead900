"""The ways in which the venue can fail, each for the next calls that it concerns."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal

When = Literal["instead", "after", "inside", "standing"]


@dataclass(frozen=True)
class Kind:
    """`when`: `instead` of the call (nothing is done), `after` it was carried out, `inside` it, or `standing`: a
    condition. `orders`: only calls that place an order. `count`: for how many calls unless told, None: until
    mended. `options`: what may be said besides `path`, `method`, `account` and `symbol`, with what holds unless
    told."""

    about: str
    when: When
    orders: bool = True
    count: int | None = 1
    options: Mapping[str, Any] = field(default_factory=dict)


HANG: Final = {"seconds": 60.0}
KINDS: Final[Mapping[str, Kind]] = {
    "timeout-before-accept": Kind("no answer, and the order was not accepted", "instead", options=HANG),
    "timeout-after-accept": Kind("no answer, but the order was accepted", "after", options=HANG),
    "connection-drop": Kind("the connection closes before anything was done", "instead"),
    "connection-drop-after-accept": Kind("the connection closes after the order was accepted", "after"),
    "unavailable": Kind("503 Service Unavailable: nothing was done", "instead"),
    "unavailable-after-accept": Kind("503 Unknown error: the order was accepted all the same", "after"),
    "overloaded": Kind("503 with -1008: nothing was done", "instead"),
    "internal-timeout": Kind("-1007, and the order was not accepted", "instead"),
    "internal-timeout-after-accept": Kind("-1007, but the order was accepted", "after"),
    "disconnected": Kind("-1001 internal error: nothing was done", "instead"),
    "rate-limited": Kind("429 with Retry-After", "instead", orders=False, options={"retry_after": 60}),
    "banned": Kind("418 with Retry-After", "instead", orders=False, options={"retry_after": 120}),
    "too-many-orders": Kind("-1015 too many new orders", "instead"),
    "maintenance": Kind(
        "503 with -1016 (`plain`: with a page) on every call; the wallet's status says maintenance",
        "instead",
        orders=False,
        count=None,
        options={"plain": False},
    ),
    "insufficient-balance": Kind("-2019 margin is insufficient", "instead", options={"code": -2019}),
    "invalid-price": Kind(
        "-4014 (or another code: -1111, -1013, -4016, -4024, -4131, -4164)", "instead", options={"code": -4014}
    ),
    "invalid-symbol": Kind("-1121 (or another code: -4140, -4141, -4144)", "instead", options={"code": -1121}),
    "reduce-only-refused": Kind("-2022 (or -4118) whatever the position is", "instead", options={"code": -2022}),
    "no-permission": Kind("-2015 on orders: the key lacks the right", "instead"),
    "refused": Kind(
        "any code and text", "instead", options={"code": -1000, "text": "An unknown error occurred.", "status": 400}
    ),
    "partial-fill": Kind("of what it could fill at once an order gets a share", "inside", options={"share": "0.5"}),
    "query-lag": Kind(
        "queries see a new order and its fills only after a while", "inside", options={"seconds": 2.0}
    ),
    "empty-answer": Kind("200 without a body; the order was accepted", "after"),
    "cut-answer": Kind("200 with half a body; the order was accepted", "after"),
    "html-answer": Kind("200 with a web page; the order was accepted", "after"),
    "answer-without-id": Kind("200 with {}; the order was accepted", "after"),
    "account-frozen": Kind(
        "orders are -2010, canTrade is false, the account's status says locked", "standing", count=None
    ),
    "key-without-permission": Kind("the key lost its right to futures: -2015", "standing", count=None),
    "key-revoked": Kind("the venue no longer knows the key: -2015", "standing", count=None),
    "symbol-delisted": Kind("the symbol is not TRADING", "standing", count=None, options={"status": "SETTLING"}),
    "hedge-mode": Kind("the account was switched to hedge mode", "standing", count=None),
    "clock-skew": Kind("the venue's clock is ahead", "standing", count=None, options={"seconds": 30.0}),
}
FAULTS: Final[Mapping[str, str]] = {name: kind.about for name, kind in KINDS.items()}
SCOPES: Final = ("path", "method", "account", "symbol")
ORDER_PATHS: Final = ("/fapi/v1/order", "/fapi/v1/algoOrder")
# What keeps an order from being accepted is said to one that is only tested, too, and its answer is lost as that of
# one that was accepted. Nothing happens inside it.
TEST_PATH: Final = "/fapi/v1/order/test"


class UnknownFault(ValueError):
    """No such fault, or an option that it has not."""


@dataclass
class Fault:
    """One that was asked for. `left` None: until mended."""

    name: str
    left: int | None
    options: Mapping[str, Any]
    path: str | None = None
    method: str | None = None
    account: str | None = None
    symbol: str | None = None
    undo: Callable[[], None] | None = None

    @property
    def kind(self) -> Kind:
        return KINDS[self.name]

    def concerns(self, method: str, path: str, account: str | None, symbol: str | None) -> bool:
        if self.path is None and self.kind.orders:
            paths = ORDER_PATHS if self.kind.when == "inside" else (*ORDER_PATHS, TEST_PATH)
            if method != "POST" or path not in paths:
                return False
        return (
            self.path in (None, path)
            and self.method in (None, method)
            and self.account in (None, account)
            and self.symbol in (None, symbol)
        )

    def as_dict(self) -> dict[str, Any]:
        scope = {name: getattr(self, name) for name in SCOPES if getattr(self, name) is not None}
        return {"name": self.name, "left": self.left, **scope, "options": dict(self.options)}


class Faults:
    """What is broken now. Safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._active: list[Fault] = []

    @property
    def active(self) -> list[Fault]:
        with self._lock:
            return list(self._active)

    def add(self, fault: Fault) -> None:
        with self._lock:
            self._active.append(fault)

    def remove(self, fault: Fault | None = None) -> list[Fault]:
        """Takes this one away, or all; returns those that were active."""
        with self._lock:
            gone = [one for one in self._active if fault is None or one is fault]
            self._active = [one for one in self._active if fault is not None and one is not fault]
            return gone

    def take(self, method: str, path: str, account: str | None, symbol: str | None) -> Fault | None:
        """The first that concerns this call, counted down. Standing ones are not taken."""
        with self._lock:
            for fault in self._active:
                if fault.kind.when == "standing" or not fault.concerns(method, path, account, symbol):
                    continue
                if fault.left is not None:
                    fault.left -= 1
                    if fault.left <= 0:
                        self._active.remove(fault)
                return fault
        return None

    def count_standing(self, account: str) -> None:
        """A signed call of this account: a standing one for so many calls may be over."""
        with self._lock:
            counted = [one for one in self._active if one.kind.when == "standing" and one.left is not None]
            over = []
            for fault in counted:
                if fault.account in (None, account) and fault.left is not None:
                    fault.left -= 1
                    if fault.left < 0:
                        self._active.remove(fault)
                        over.append(fault)
        for fault in over:
            if fault.undo is not None:
                fault.undo()

    def clock_skew(self) -> int:
        """Milliseconds by which the venue's clock is ahead."""
        with self._lock:
            skews = (one.options["seconds"] for one in self._active if one.name == "clock-skew")
            return int(1000 * next(skews, 0.0))


def asked_for(name: str, count: int | None, options: Mapping[str, Any]) -> Fault:
    """Raises UnknownFault."""
    kind = KINDS.get(name)
    if kind is None:
        raise UnknownFault(f"no such fault: {name}; known: {', '.join(KINDS)}")
    strange = sorted(set(options) - set(kind.options) - set(SCOPES))
    if strange:
        raise UnknownFault(f"{name} has no option {', '.join(strange)}")
    scope = {key: options[key] for key in SCOPES if key in options}
    told = {key: options.get(key, given) for key, given in kind.options.items()}
    return Fault(name, count, told, **scope)
