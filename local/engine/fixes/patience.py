"""Timeouts of functions and tasks allow for a slow machine."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

from ministack.core import lambda_runtime
from ministack.services import stepfunctions

from local.engine.fixes.patching import around
from local.engine.fixes.registry import Setup, fix

VARIABLE = "LOCAL_PATIENCE"


@fix("patience")
def be_patient(_setup: Setup) -> None:
    """`LOCAL_PATIENCE` multiplies functions' timeouts and tasks' TimeoutSeconds; 1 where it is not set.

    AWS: Lambda developer guide, "Configure Lambda function memory" (a function's CPU is its own). Here all
    functions share a laptop or a CI runner, and many cold starts at once would look like timeouts.
    """
    factor = float(os.environ.get(VARIABLE, "1"))
    if factor == 1:
        return
    around(lambda_runtime.Worker, "invoke", _longer(factor))
    around(stepfunctions, "_invoke_resource_with_timeout", _later(factor))


def _longer(factor: float) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    def make(original: Callable[..., Any]) -> Callable[..., Any]:
        def invoke(self: Any, *arguments: Any, **named: Any) -> Any:
            if "_patient" not in self.__dict__:
                self._patient = True
                # A copy: the configuration that clients are shown stays as it is.
                self.config = {**self.config, "Timeout": self.config.get("Timeout", 30) * factor}
            return original(self, *arguments, **named)

        return invoke

    return make


def _later(factor: float) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    def make(original: Callable[..., Any]) -> Callable[..., Any]:
        def invoke(resource: str, parameters: Any, timeout: float) -> Any:
            return original(resource, parameters, timeout * factor)

        return invoke

    return make
