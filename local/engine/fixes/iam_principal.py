"""In a condition, whoever acts by a role is that role."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ministack.core import iam_evaluator
from ministack.services import iam

from local.engine.environment import ACCOUNT_ID
from local.engine.fixes.patching import around
from local.engine.fixes.registry import Setup, fix

SESSION = ":assumed-role/"


@fix("iam-principal-arn")
def name_the_role_of_a_session(_setup: Setup) -> None:
    """`aws:PrincipalArn` of a session is its role's ARN, path included; ministack compares the session's.

    AWS: IAM user guide, "AWS global condition context keys", aws:PrincipalArn.
    """

    def make(original: Callable[[str, Any], Any]) -> Callable[[str, Any], Any]:
        def resolve(key: str, context: Any) -> Any:
            found = original(key, context)
            if key.lower() != "aws:principalarn" or SESSION not in str(found):
                return found
            name = str(found).partition(SESSION)[2].split("/")[0]
            role = iam._roles.get_scoped(ACCOUNT_ID, None, name) or {}
            return role.get("Arn") or f"arn:aws:iam::{ACCOUNT_ID}:role/{name}"

        return resolve

    around(iam_evaluator, "_resolve_condition_key", make)
