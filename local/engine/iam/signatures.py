"""Is a request signed by who it says?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ministack.core import iam_evaluator, sigv4

from local.engine.environment import ACCOUNT_ID, REGION

SERVICE = "execute-api"


@dataclass(frozen=True)
class Call:
    """A request as it arrived: `path` still encoded, header names in lower case."""

    method: str
    path: str
    query: Mapping[str, Any]
    headers: Mapping[str, str]
    body: bytes


def signed_well(call: Call, enforced: bool) -> bool:
    """Whether the Authorization header's signature version 4 is whole, timely and, where its secret is known,
    right.

    Without enforcement only keys that were made have a known secret: any other pair of credentials does.

    Source: AWS Signature Version 4 for API requests, IAM user guide.
    """
    signature = sigv4.parse_header_signature(call.headers)
    if isinstance(signature, tuple) or not signature.signed_headers:
        return False
    if (signature.service, signature.region) != (SERVICE, REGION) or sigv4.request_time_failure(signature):
        return False
    if "host" not in signature.signed_headers.split(";"):
        return False
    if not enforced and iam_evaluator.is_root_access_key(signature.access_key_id):
        return True
    credential = iam_evaluator.resolve_credential(
        signature.access_key_id, ACCOUNT_ID, call.headers.get("x-amz-security-token", "")
    )
    if isinstance(credential, iam_evaluator.CredentialResolutionError):
        return not enforced and not _was_made(signature.access_key_id)
    failure = sigv4.header_signature_failure(
        signature, credential.secret_access_key, call.method, call.path, call.query, call.headers, call.body
    )
    return failure is None


def _was_made(access_key_id: str) -> bool:
    from ministack.services import sts

    return access_key_id in sts._sessions or iam_evaluator.find_iam_access_key_account(access_key_id) is not None
