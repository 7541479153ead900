"""A shortened schedule calls a function again only when its last call has ended."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from ministack.services import lambda_svc

from local.engine.fixes.patching import around
from local.engine.fixes.registry import Setup, fix


@fix("schedule-turns")
def one_call_at_a_time(setup: Setup) -> None:
    """Periods are shortened by the time scale, cold starts are not.

    A function that starts more slowly than its schedule ticks would get a new process at every tick, each of
    which makes the others slower still. In real time nothing is held back.

    AWS: EventBridge user guide, "Creating a rule that runs on a schedule": the shortest rate is a minute.
    """
    if setup.time_scale >= 1:
        return
    lock, busy = threading.Lock(), set[str]()

    def make(original: Callable[..., Any]) -> Callable[..., Any]:
        def execute(record: dict[str, Any], event: Any, *rest: Any, **named: Any) -> Any:
            if not isinstance(event, dict) or event.get("detail-type") != "Scheduled Event":
                return original(record, event, *rest, **named)
            function = str(record["config"]["FunctionArn"])
            with lock:
                if function in busy:
                    # As a call that went well: nobody tries it again.
                    return {}
                busy.add(function)
            try:
                return original(record, event, *rest, **named)
            finally:
                with lock:
                    busy.discard(function)

        return execute

    around(lambda_svc, "_execute_function", make)
