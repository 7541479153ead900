"""A failed branch stops its siblings."""

from __future__ import annotations

import contextvars
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from functools import partial
from typing import Any

from ministack.services import stepfunctions

from local.engine.fixes.patching import around
from local.engine.fixes.registry import Setup, fix
from local.engine.sfn.scope import Scope, current, inside


@fix("failed-branch-stops-siblings")
def stop_the_siblings(_setup: Setup) -> None:
    """When a branch or an iteration fails, the state fails at once and the others enter no further state.

    AWS: Step Functions developer guide, "Parallel workflow state" and "Map workflow state" (error handling).
    Each branch has its own context object, so that none sees another's `$$.State` or task token.
    """
    around(stepfunctions, "_run_parallel_branches", lambda _original: _parallel)
    around(stepfunctions, "_run_map_items", _map)


def together(jobs: Sequence[Callable[[], Any]], most: int) -> list[Any]:
    """Run jobs at the same time, at most so many; the first failure stops the others and is raised."""
    if not jobs:
        return []
    with inside(Scope(current())) as scope:
        pool = ThreadPoolExecutor(max_workers=most)
        futures = [pool.submit(contextvars.copy_context().run, job) for job in jobs]
        done, _ = wait(futures, return_when=FIRST_EXCEPTION)
        failed = next((error for future in done if (error := future.exception())), None)
        if failed is not None:
            scope.stop()
        pool.shutdown(wait=False, cancel_futures=True)
    if isinstance(failed, stepfunctions._ExecutionError):
        raise failed
    if failed is not None:
        raise stepfunctions._ExecutionError("States.Runtime", str(failed)) from failed
    return [future.result() for future in futures]


def _parallel(state_def: dict[str, Any], raw_input: Any, execution: dict[str, Any], ctx: dict[str, Any]) -> Any:
    effective = stepfunctions._apply_input_path(state_def, raw_input, ctx)
    effective = stepfunctions._apply_parameters(state_def, effective, ctx)
    jobs = [
        partial(_sub_machine, branch["States"], branch["StartAt"], effective, execution, {**ctx})
        for branch in state_def.get("Branches", [])
    ]
    return _finished(state_def, raw_input, ctx, together(jobs, len(jobs)))


def _map(original: Callable[..., Any]) -> Callable[..., Any]:
    def run_map_items(
        state_def: dict[str, Any], raw_input: Any, execution: dict[str, Any], ctx: dict[str, Any]
    ) -> Any:
        processor = state_def.get("Iterator") or state_def.get("ItemProcessor", {})
        distributed = (processor.get("ProcessorConfig") or {}).get("Mode") == "DISTRIBUTED"
        if distributed or stepfunctions._state_query_language(state_def, ctx) == "JSONata":
            return original(state_def, raw_input, execution, ctx)
        effective = stepfunctions._apply_input_path(state_def, raw_input, ctx)
        items = stepfunctions._resolve_path_or_ctx(state_def.get("ItemsPath", "$"), effective, ctx)
        if not isinstance(items, list):
            told = f'Reference path "{state_def.get("ItemsPath", "$")}" must point to array.'
            raise stepfunctions._ExecutionError("States.Runtime", told)
        selector = state_def.get("ItemSelector") or state_def.get("Parameters")
        jobs = []
        for index, item in enumerate(items):
            own = {**ctx, "Map": {"Item": {"Index": index, "Value": item}}}
            given = stepfunctions._resolve_params_obj(selector, effective, own) if selector else item
            jobs.append(partial(_sub_machine, processor["States"], processor["StartAt"], given, execution, own))
        most = state_def.get("MaxConcurrency", 0) or len(jobs)
        return _finished(state_def, raw_input, ctx, together(jobs, most))

    return run_map_items


def _sub_machine(*arguments: Any) -> Any:
    # Looked up when it is called: another fix replaces it.
    return stepfunctions._run_sub_machine(*arguments)


def _finished(state_def: dict[str, Any], raw_input: Any, ctx: dict[str, Any], results: list[Any]) -> Any:
    result = stepfunctions._apply_result_selector(state_def, results)
    output = stepfunctions._apply_result_path(state_def, raw_input, result)
    return stepfunctions._apply_output_path(state_def, output, ctx), stepfunctions._next_or_end(state_def)
