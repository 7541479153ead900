"""Which machine each task token belongs to, open or closed."""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock

MOST = 100_000

_machines: OrderedDict[str, str] = OrderedDict()
_closed: set[str] = set()
_lock = Lock()


def opened(token: str, machine_arn: str) -> None:
    """Remember a token; the oldest of very many are forgotten."""
    with _lock:
        _machines[token] = machine_arn
        while len(_machines) > MOST:
            oldest, _ = _machines.popitem(last=False)
            _closed.discard(oldest)


def closed(token: str) -> None:
    """The task that waited has ended."""
    with _lock:
        _closed.add(token)


def is_closed(token: str) -> bool:
    """Whether the token's task has ended."""
    return token in _closed


def machine_that_waits(token: str) -> str | None:
    """The ARN of the machine that the token belongs to; None for a token never given out."""
    return _machines.get(token)
