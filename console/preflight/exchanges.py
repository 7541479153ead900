"""Keys, rights, position mode and clock of every account, and the API of every strategy's bot: asked by the
function that stands where orders leave."""

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
    found = _looked(aws, "keys")
    if isinstance(found, Answer):
        yield found
        return
    if not found["accounts"] and not found["findings"]:
        yield noted("exchange keys", "no account that trades live is known", "settings: platform.accounts")
    yield from _by_name("exchange key of ", found["findings"])


def bots(aws: Aws) -> Iterator[Answer]:
    """One line a bot that lets us in, one line what is not good."""
    found = _looked(aws, "bots")
    if isinstance(found, Answer):
        yield found
        return
    if not found["bots"]:
        yield noted("freqtrade", "no strategy's API is set", "signals and exits are told by tables and log alone")
    yield from _by_name("", found["bots"])


def _looked(aws: Aws, only: str) -> dict[str, Any] | Answer:
    name = f"tradai-{aws.env}-rb-{LOOKS}"
    wanted = json.dumps({"quiet": True, "only": only})
    answer = aws.client("lambda").invoke(FunctionName=name, Payload=wanted)
    found: dict[str, Any] = json.loads(answer["Payload"].read())
    if answer.get("FunctionError"):
        what = {"keys": "exchange keys", "bots": "freqtrade"}[only]
        return Answer(what, Result.UNKNOWN, str(found.get("errorMessage", found))[:300], f"see the log of {name}")
    return found


def _by_name(before: str, findings: list[dict[str, str]]) -> Iterator[Answer]:
    named: dict[str, list[dict[str, str]]] = {}
    for one in findings:
        named.setdefault(one["about"], []).append(one)
    for about, those in named.items():
        yield from _told(f"{before}{about}", those)


def _told(what: str, findings: list[dict[str, str]]) -> Iterator[Answer]:
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
