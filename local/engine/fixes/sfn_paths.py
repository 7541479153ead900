"""A path that does not resolve ends the execution, and nothing catches it."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from ministack.services import stepfunctions

from local.engine.fixes.patching import around
from local.engine.fixes.registry import Setup, fix
from local.engine.sfn import place
from local.engine.sfn.jsonpath import Unresolved, resolve


@fix("path-resolution")
def make_paths_strict(_setup: Setup) -> None:
    """InputPath, Parameters, ItemsPath, Choice variables and the rest: no value is `States.Runtime`.

    AWS: Step Functions developer guide, "Handling errors in Step Functions workflows": States.Runtime is not
    retriable, always fails the execution, and is not caught by States.ALL; "Choice workflow state" for
    IsPresent, the one test that allows a missing value.
    """
    around(stepfunctions, "_resolve_path", _strict)
    around(stepfunctions, "_resolve_ctx_path", _with_context)
    around(stepfunctions, "_evaluate_rule", _with_presence)
    around(stepfunctions, "_execute_wait", _with_a_number)
    around(stepfunctions, "_evaluate_intrinsic", _with_its_own_error)
    around(stepfunctions, "_error_matches", _but_not_runtime)


def _strict(_original: Callable[..., Any]) -> Callable[..., Any]:
    def resolve_path(path: str, data: Any) -> Any:
        if path == "$$":
            return place.context.get() or {}
        try:
            return resolve(path, data)
        except Unresolved as error:
            told = f"The JSONPath '{path}' could not be found in the input '{json.dumps(data, default=str)}'"
            raise stepfunctions._ExecutionError("States.Runtime", told) from error

    return resolve_path


def _with_context(original: Callable[..., Any]) -> Callable[..., Any]:
    def resolve_ctx_path(path: str, ctx: dict[str, Any]) -> Any:
        return original(path, ctx or place.context.get() or {})

    return resolve_ctx_path


def _with_presence(original: Callable[..., bool]) -> Callable[..., bool]:
    def evaluate_rule(rule: dict[str, Any], data: Any, ctx: Any = None) -> bool:
        if "Variable" not in rule:
            return original(rule, data, ctx)
        if "IsPresent" in rule:
            try:
                stepfunctions._resolve_path_or_ctx(rule["Variable"], data, ctx)
            except stepfunctions._ExecutionError:
                return rule["IsPresent"] is False
            return rule["IsPresent"] is True
        # ministack knows few of the ...Path comparisons and calls the others false.
        by_path = next((name for name in rule if name.endswith("Path")), None)
        if by_path is not None:
            value = stepfunctions._resolve_path_or_ctx(rule[by_path], data, ctx)
            rule = {"Variable": rule["Variable"], by_path.removesuffix("Path"): value}
        return original(rule, data, ctx)

    return evaluate_rule


def _with_a_number(original: Callable[..., Any]) -> Callable[..., Any]:
    def execute_wait(state_def: dict[str, Any], raw_input: Any, ctx: Any = None) -> Any:
        if path := state_def.get("SecondsPath"):
            effective = stepfunctions._apply_input_path(state_def, raw_input, ctx)
            seconds = stepfunctions._resolve_path_or_ctx(path, effective, ctx)
            if not isinstance(seconds, int) or isinstance(seconds, bool) or seconds < 0:
                told = f"The SecondsPath parameter does not reference a positive integer: {seconds!r}"
                raise stepfunctions._ExecutionError("States.Runtime", told)
        return original(state_def, raw_input, ctx)

    return execute_wait


def _with_its_own_error(original: Callable[..., Any]) -> Callable[..., Any]:
    def evaluate_intrinsic(expression: str, data: Any, ctx: Any) -> Any:
        try:
            return original(expression, data, ctx)
        except stepfunctions._ExecutionError:
            raise
        except Exception as error:
            raise stepfunctions._ExecutionError("States.IntrinsicFailure", f"{expression}: {error}") from error

    return evaluate_intrinsic


def _but_not_runtime(original: Callable[..., bool]) -> Callable[..., bool]:
    def error_matches(error_equals: list[str], error: str) -> bool:
        if error == "States.Runtime":
            return False
        if error == "States.DataLimitExceeded":
            return error in error_equals
        return original(error_equals, error)

    return error_matches
