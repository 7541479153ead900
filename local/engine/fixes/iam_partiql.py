"""PartiQL is checked under the names that AWS knows."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

from ministack.core import iam_actions

from local.engine.fixes.patching import around
from local.engine.fixes.registry import Setup, fix

CALLS = frozenset({"ExecuteStatement", "BatchExecuteStatement", "ExecuteTransaction"})
STATEMENT = re.compile(
    r"""\s*(?P<verb>select\b.*?\bfrom|insert\s+into|update|delete\s+from)\s+"?(?P<table>[\w.:/-]+?)"?
        (?:\."?(?P<index>[\w.-]+)"?)?(?:\s|$)""",
    re.IGNORECASE | re.DOTALL | re.VERBOSE,
)


@fix("iam-partiql")
def name_partiql_actions(_setup: Setup) -> None:
    """Each statement is `dynamodb:PartiQLSelect`, `...Insert`, `...Update` or `...Delete` on its table.

    AWS: DynamoDB developer guide, "IAM security policies with PartiQL for DynamoDB".
    """

    def make(original: Callable[..., list[tuple[str, str]]]) -> Callable[..., list[tuple[str, str]]]:
        def checks(iam_action: str, body: bytes, region: str, account_id: str) -> list[tuple[str, str]]:
            if iam_action.removeprefix("dynamodb:") not in CALLS:
                return original(iam_action, body, region, account_id)
            return [needed(text, region, account_id) for text in _statements(json.loads(body or b"{}"))]

        return checks

    around(iam_actions, "dynamodb_transaction_checks", make)


def _statements(body: dict[str, Any]) -> list[str]:
    single = [body["Statement"]] if "Statement" in body else []
    many = body.get("Statements") or body.get("TransactStatements") or ()
    return [*single, *(str(entry.get("Statement", "")) for entry in many)]


def needed(statement: str, region: str, account_id: str) -> tuple[str, str]:
    """Action and resource of one statement; `*` where it cannot be read, which only a wildcard allows."""
    found = STATEMENT.match(statement)
    if found is None:
        return "dynamodb:PartiQLSelect", "*"
    verb = found["verb"].split()[0].capitalize()
    index = f"/index/{found['index']}" if found["index"] else ""
    return f"dynamodb:PartiQL{verb}", f"arn:aws:dynamodb:{region}:{account_id}:table/{found['table']}{index}"
