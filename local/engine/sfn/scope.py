"""A part of an execution that can be stopped: the whole, a branch's siblings, a task with a timeout."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from ministack.services import stepfunctions


class Stopped(stepfunctions._ExecutionError):  # type: ignore[misc] # ministack is not typed
    """Raised in a thread whose scope was stopped; no retry and no catcher takes it."""

    def __init__(self) -> None:
        super().__init__("States.Runtime", "stopped")


class Scope:
    """A tree of scopes; stopping one stops those below it.

    Attributes:
        parent: the scope around this one; None for a whole execution.
    """

    def __init__(self, parent: Scope | None = None) -> None:
        self.parent = parent
        self._lock = threading.Lock()
        self._stopped = threading.Event()
        self._calls: list[Callable[[], None]] = []
        if parent is not None:
            parent.on_stop(self.stop)

    @property
    def stopped(self) -> bool:
        """Whether this scope, or one around it, was stopped."""
        return self._stopped.is_set()

    def stop(self) -> None:
        """Stop the scope and everything below it; the second time does nothing."""
        with self._lock:
            calls, self._calls = self._calls, []
            self._stopped.set()
        for call in calls:
            call()

    def on_stop(self, call: Callable[[], None]) -> None:
        """Call when the scope is stopped; at once if it already is."""
        with self._lock:
            if not self._stopped.is_set():
                self._calls.append(call)
                return
        call()

    def forget(self, call: Callable[[], None]) -> None:
        """Take back what `on_stop` was given."""
        with self._lock:
            if call in self._calls:
                self._calls.remove(call)

    def check(self) -> None:
        """Raise Stopped if the scope was stopped."""
        if self.stopped:
            raise Stopped

    def sleep(self, seconds: float) -> None:
        """Sleep, but no longer than until the scope is stopped; then raise Stopped."""
        self._stopped.wait(seconds)
        self.check()


_current: ContextVar[Scope | None] = ContextVar("scope", default=None)
# For what runs outside an execution, such as TestState.
_FREE = Scope()


def current() -> Scope:
    """The scope of this thread."""
    return _current.get() or _FREE


@contextmanager
def inside(scope: Scope) -> Iterator[Scope]:
    """Make a scope this thread's, and that of the threads that it starts with its context."""
    token = _current.set(scope)
    try:
        yield scope
    finally:
        _current.reset(token)
        if scope.parent is not None:
            scope.parent.forget(scope.stop)


class Runs:
    """The scopes of running executions, by ARN, and who waits for their end."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._scopes: dict[str, Scope] = {}
        self._waiting: dict[str, list[Callable[[], None]]] = {}

    def begin(self, arn: str) -> Scope:
        """The scope of an execution, made if there is none yet."""
        with self._lock:
            return self._scopes.setdefault(arn, Scope())

    def end(self, arn: str) -> None:
        """Tell those who wait that the execution's status is final."""
        with self._lock:
            self._scopes.pop(arn, None)
            calls = self._waiting.pop(arn, [])
        for call in calls:
            call()

    def when_ended(self, arn: str, call: Callable[[], None]) -> None:
        """Call when the execution has ended."""
        with self._lock:
            self._waiting.setdefault(arn, []).append(call)
        found = stepfunctions._executions.get(arn)
        if found is None or found["status"] != "RUNNING":
            call()


RUNS = Runs()
