"""Keys, rights, position mode and clock of every account, asked by the function that stands where orders leave."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Final

from console.aws import Aws
from console.preflight.model import Answer, Result, failed, noted, passed

LOOKS: Final = "check-keys"
RESULTS: Final = {"good": Result.PASS, "note": Result.NOTE, "bad": Result.FAIL, "unknown": Result.UNKNOWN}


def keys(aws: Aws) -> Iterator[Answer]:
    """One line a thing that is not good, one line an account that is."""
    name = f"tradai-{aws.env}-rb-{LOOKS}"
    answer = aws.client("lambda").invoke(FunctionName=name, Payload=json.dumps({"quiet": True}))
    found: dict[str, Any] = json.loads(answer["Payload"].read())
    if answer.get("FunctionError"):
        yield Answer(
            "exchange keys", Result.UNKNOWN, str(found.get("errorMessage", found))[:300], f"see the log of {name}"
        )
        return
    if not found["accounts"] and not found["findings"]:
        yield noted("exchange keys", "no account that trades live is known", "settings: platform.accounts")
    by_account: dict[str, list[dict[str, str]]] = {}
    for one in found["findings"]:
        by_account.setdefault(one["about"], []).append(one)
    for about, findings in by_account.items():
        yield from _told(about, findings)


def _told(about: str, findings: list[dict[str, str]]) -> Iterator[Answer]:
    what = f"exchange key of {about}"
    good = [f"{one['what']} {one['value']}" for one in findings if one["verdict"] == "good"]
    if good:
        yield passed(what, ", ".join(good))
    for one in findings:
        told = f"{one['what']}: {one['value']}"
        match RESULTS[one["verdict"]]:
            case Result.PASS:
                continue
            case Result.NOTE:
                yield noted(what, told, one["advice"])
            case Result.FAIL:
                yield failed(what, told, one["advice"])
            case Result.UNKNOWN:
                yield Answer(what, Result.UNKNOWN, told, one["advice"])
