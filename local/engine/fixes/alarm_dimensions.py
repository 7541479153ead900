"""An alarm looks at the metric with its own dimensions."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextvars import ContextVar
from typing import Any

from ministack.services import cloudwatch

from local.engine.fixes.patching import MinistackChanged, around
from local.engine.fixes.registry import Setup, fix

_watched: ContextVar[tuple[str, str, str] | None] = ContextVar("watched", default=None)


@fix("alarm-dimensions")
def keep_dimensions_apart(_setup: Setup) -> None:
    """Datapoints with other dimensions are of another metric and move no alarm of this one.

    AWS: CloudWatch user guide, "Metrics concepts": each unique combination of dimensions is a metric of its
    own.
    """
    store = cloudwatch._metrics
    if not all(callable(getattr(store, name, None)) for name in ("get", "items")):
        raise MinistackChanged("the metrics are no mapping any more")
    store.__class__ = _seen_through(type(store))
    around(cloudwatch, "_evaluate_alarm", _looking)


def _seen_through(kind: type) -> type:
    """The store's class, whose `items` are those of the watched metric while an alarm is evaluated."""

    def items(self: Any) -> Iterator[tuple[Any, Any]]:
        watched = _watched.get()
        if watched is None:
            yield from kind.items(self)  # type: ignore[attr-defined] # a mapping of ministack's
        # Every alarm is evaluated at every datapoint: it asks for its own metric, and does not go through all.
        elif (points := self.get(watched)) is not None:
            yield watched, points

    return type(f"Watched{kind.__name__}", (kind,), {"items": items, "__slots__": ()})


def _looking(original: Callable[[dict[str, Any]], None]) -> Callable[[dict[str, Any]], None]:
    def evaluate_alarm(alarm: dict[str, Any]) -> None:
        dimensions = cloudwatch._dims_key(cloudwatch._dims_from_list(alarm.get("Dimensions") or []))
        token = _watched.set((str(alarm.get("Namespace")), str(alarm.get("MetricName")), dimensions))
        try:
            original(alarm)
        finally:
            _watched.reset(token)

    return evaluate_alarm
