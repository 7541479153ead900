"""A Lambda process that dies, or cannot start, says so in AWS's words."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from ministack.services import lambda_svc

from local.engine.fixes.patching import around
from local.engine.fixes.registry import Setup, fix

DEAD = re.compile(r"Worker process died|Worker returned no response|Worker process exited immediately.*", re.S)
NO_MODULE = re.compile(r"Worker init failed: (No module named .*|cannot import .*)", re.S)
NO_HANDLER = re.compile(r"Worker init failed: module .* has no attribute .*", re.S)


@fix("lambda-exit")
def name_the_exit(_setup: Setup) -> None:
    """A dead process is `Runtime.ExitError`; a module or handler that is not there has its own name.

    AWS: Lambda developer guide, "Lambda runtime environment" and "Troubleshoot execution issues"; Step
    Functions developer guide, "Handling errors": unhandled Lambda runtime errors.
    """

    def make(original: Callable[..., dict[str, Any]]) -> Callable[..., dict[str, Any]]:
        def execute(func: Any, event: Any, request_id: str) -> dict[str, Any]:
            result = original(func, event, request_id)
            body = result.get("body")
            if result.get("error") and isinstance(body, dict):
                message = str(body.get("errorMessage", ""))
                if DEAD.fullmatch(message):
                    told = f"RequestId: {request_id} Error: Runtime exited without providing a reason"
                    result["body"] = {"errorType": "Runtime.ExitError", "errorMessage": told}
                elif NO_MODULE.fullmatch(message):
                    body["errorType"] = "Runtime.ImportModuleError"
                elif NO_HANDLER.fullmatch(message):
                    body["errorType"] = "Runtime.HandlerNotFound"
            return result

        return execute

    around(lambda_svc, "_execute_function_warm", make)
