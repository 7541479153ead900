"""An EventBridge rule reaches a target only if it may."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from typing import Any

from ministack.core import iam_evaluator
from ministack.core.arn import parse_arn
from ministack.services import eventbridge, lambda_svc

from local.engine.environment import ACCOUNT_ID, REGION
from local.engine.fixes.patching import around
from local.engine.fixes.registry import Setup, fix
from local.engine.iam.roles import Call, refused

EVENTS = "events.amazonaws.com"
logger = logging.getLogger("local.engine")


@fix("iam-rule-targets")
def check_rule_targets(setup: Setup) -> None:
    """A machine needs the target's role to allow StartExecution, a function its own policy to name the rule.

    AWS: EventBridge user guide, "Using IAM roles to grant access" and "Using resource-based policies"; an
    event that cannot be delivered for want of permission goes to the target's dead-letter queue at once
    ("Using dead-letter queues to process undelivered events").
    """
    if not setup.iam:
        return

    def make(original: Callable[..., None]) -> Callable[..., None]:
        def invoke_target(target: dict[str, Any], event: Any, rule: dict[str, Any], view: Any = None) -> None:
            if _may(target, rule):
                original(target, event, rule, view)
                return
            logger.warning("rule %s may not reach %s", rule.get("Name"), target.get("Arn"))
            if queue := (target.get("DeadLetterConfig") or {}).get("Arn"):
                seen = view or eventbridge._pattern_event_view(event)
                eventbridge._dispatch_to_sqs(parse_arn(queue), json.dumps(seen.event_with_detail()))

        return invoke_target

    around(eventbridge, "_invoke_target", make)


def _may(target: dict[str, Any], rule: dict[str, Any]) -> bool:
    arn = str(target.get("Arn", ""))
    if ":states:" in arn:
        return refused(str(target.get("RoleArn", "")), [Call("states:StartExecution", arn)]) is None
    if ":lambda:" in arn:
        return _named_by_its_policy(arn, str(rule.get("Arn", "")))
    return True


def _named_by_its_policy(function: str, rule: str) -> bool:
    record, _, _ = lambda_svc._get_func_record_for_ref(function)
    question = iam_evaluator.EvalContext(
        principal_arn=f"arn:aws:iam::{ACCOUNT_ID}:service",
        principal_type="Service",
        principal_account=ACCOUNT_ID,
        action="lambda:InvokeFunction",
        resource_arn=function,
        region=REGION,
        service_context={"aws:sourcearn": rule, "aws:sourceaccount": ACCOUNT_ID},
    )
    policy = (record or {}).get("policy")
    return bool(iam_evaluator.evaluate_resource_policy(policy, question, EVENTS).decision == "Allow")
