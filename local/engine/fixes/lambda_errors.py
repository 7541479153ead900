"""A failed Python handler is known by its exception."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ministack.core import lambda_runtime
from ministack.services import lambda_svc

from local.engine.fixes.patching import around, reworded
from local.engine.fixes.registry import Setup, fix

MARK = "__handler_error__"

# In the worker: the exception travels as a result, so that ministack neither renames it nor ends the
# process, which AWS keeps for the next call too.
REPORT_OLD = (
    '_real_stdout.write(json.dumps({"status": "error", "error": str(e), "trace": traceback.format_exc()}) + "\\n")'
)
REPORT_NEW = (
    "traceback.print_exc(file=sys.stderr)\n"
    "            _real_stdout.write(json.dumps({'status': 'ok', 'result': {'" + MARK + "': {"
    "'errorMessage': str(e), 'errorType': type(e).__name__, "
    "'requestId': _ms_ctx.get('request_id', ''), "
    "'stackTrace': traceback.format_list(traceback.extract_tb(e.__traceback__)[1:])}}}) + '\\n')"
)


@fix("lambda-error-name")
def name_the_exception(_setup: Setup) -> None:
    """The error's name is the exception's class; its payload has message, type, request id and stack trace.

    AWS: Lambda developer guide, "Lambda function handler in Python" and "Python function errors"; Step
    Functions developer guide, "Handling errors", on Lambda errors.
    """
    script = lambda_runtime._PYTHON_WORKER_SCRIPT
    lambda_runtime._PYTHON_WORKER_SCRIPT = reworded(script, REPORT_OLD, REPORT_NEW)

    def make(original: Callable[..., dict[str, Any]]) -> Callable[..., dict[str, Any]]:
        def execute(func: Any, event: Any, request_id: str) -> dict[str, Any]:
            result = original(func, event, request_id)
            body = result.get("body")
            if isinstance(body, dict) and set(body) == {MARK}:
                return {**result, "body": body[MARK], "error": True}
            return result

        return execute

    around(lambda_svc, "_execute_function_warm", make)
