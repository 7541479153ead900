"""A function that a rule calls and that fails is tried again; then its event lies in the function's own queue."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from typing import Final

from ministack.services import eventbridge, lambda_svc

from local.engine.fixes.patching import around
from local.engine.fixes.registry import Setup, fix

# Seconds before the second try; before the third it is twice as long.
FIRST_PAUSE: Final = 60.0
logger = logging.getLogger("local.engine")


@fix("rule-retries")
def try_functions_of_rules_again(setup: Setup) -> None:
    """EventBridge calls a function asynchronously: Lambda makes two more tries, after one minute and after two (as
    often and as long as the function's own configuration says), and sends the event to its failure destination.

    AWS: Lambda developer guide, "Invoking a Lambda function asynchronously" and "How Lambda handles errors and
    retries with asynchronous invocation"; EventBridge user guide, "Targets" (Lambda: asynchronous invocation).
    """
    lambda_svc._LAMBDA_ASYNC_RETRY_BASE_SECONDS = FIRST_PAUSE * setup.time_scale
    lambda_svc._LAMBDA_ASYNC_RETRY_MAX_SECONDS = 2 * FIRST_PAUSE * setup.time_scale

    def make(_original: Callable[..., None]) -> Callable[..., None]:
        def dispatch(arn: str, payload: str) -> None:
            found, config, name = lambda_svc._get_func_record_for_ref(arn)
            if not found or not config:
                logger.warning("a rule's function is not there: %s", name)
                return
            record = lambda_svc._execution_record_for_config(found, config)
            lambda_svc.invoke_async_with_retry(record, json.loads(payload))

        return dispatch

    around(eventbridge, "_dispatch_to_lambda", make)
