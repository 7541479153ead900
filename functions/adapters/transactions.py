"""TransactWriteItems: all of it or nothing, and which condition it was that did not hold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from functions.adapters.attribute_values import Item, unpacked_item
from functions.adapters.aws import Aws
from functions.adapters.aws_errors import TURNED_AWAY, Saying, code_of, word_for
from functions.errors import Broken, Transient


class Cancelled(Exception):
    """Conditions did not hold: `failed` maps the place in the transaction to the item that stands there."""

    def __init__(self, failed: Mapping[int, Item | None]) -> None:
        super().__init__(f"conditions {sorted(failed)} did not hold")
        self.failed = failed


def transact(aws: Aws, kind: Saying, what: str, writes: Sequence[Mapping[str, Any]]) -> None:
    """Raises `Cancelled` where a condition did not hold; then nothing was written."""
    try:
        aws.client("dynamodb", kind).transact_write_items(TransactItems=list(writes))
    except ClientError as error:
        if code_of(error) == "TransactionCanceledException":
            raise _reason(error, what) from None
        raise word_for(error, kind, f"dynamodb:TransactWriteItems {what}") from error
    except BotoCoreError as error:
        raise word_for(error, kind, f"dynamodb:TransactWriteItems {what}") from error


def _reason(error: ClientError, what: str) -> Exception:
    answer: Any = error.response
    reasons = answer.get("CancellationReasons", ())
    codes = [reason.get("Code", "None") for reason in reasons]
    failed = {
        place: unpacked_item(reason["Item"]) if reason.get("Item") else None
        for place, reason in enumerate(reasons)
        if reason.get("Code") == "ConditionalCheckFailed"
    }
    if failed:
        return Cancelled(failed)
    if any(code in TURNED_AWAY for code in codes):
        return Transient(f"dynamodb:TransactWriteItems {what}: cancelled, {', '.join(codes)} (nothing done)")
    return Broken(f"dynamodb:TransactWriteItems {what}: cancelled, {', '.join(codes)}")
