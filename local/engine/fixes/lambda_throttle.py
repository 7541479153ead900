"""A throttled Lambda task is `Lambda.TooManyRequestsException`."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from ministack.services import stepfunctions

from local.engine.fixes.patching import around
from local.engine.fixes.registry import Setup, fix


@fix("lambda-throttle")
def name_the_throttle(_setup: Setup) -> None:
    """Step Functions reports Lambda's own service errors under their own names.

    AWS: Step Functions developer guide, "Best practices": handle transient Lambda service exceptions; Lambda
    API reference, Invoke, TooManyRequestsException.
    """

    def make(original: Callable[..., Any]) -> Callable[..., Any]:
        def call(func_ref: Any, event: Any) -> Any:
            try:
                return original(func_ref, event)
            except stepfunctions._ExecutionError as error:
                if error.error == "Lambda.Unknown" and "TooManyRequestsException" in error.cause:
                    told = json.loads(error.cause).get("message", "Rate Exceeded.")
                    raise stepfunctions._ExecutionError("Lambda.TooManyRequestsException", told) from error
                raise

        return call

    around(stepfunctions, "_call_lambda", make)
