"""A mail is sent by an identity and through a configuration set, and both are asked about."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from email.utils import parseaddr
from typing import Any

from ministack import app
from ministack.services import ses_v2

from local.engine.environment import ACCOUNT_ID, REGION
from local.engine.fixes.patching import around
from local.engine.fixes.registry import Setup, fix

ARN = f"arn:aws:ses:{REGION}:{ACCOUNT_ID}"


@fix("iam-mail")
def ask_for_sender_and_configuration_set(_setup: Setup) -> None:
    """`ses:SendEmail` is checked on the sender's identity and on the configuration set, with `ses:FromAddress`.

    AWS: Service authorization reference, "Actions, resources, and condition keys for Amazon SES" (API v2);
    SES developer guide, "Controlling access in Amazon SES". Ministack asks for `*`.
    """

    def make(original: Callable[..., Any]) -> Callable[..., Any]:
        def enforce(
            method: str, path: str, headers: dict[str, str], body: bytes, query: Any, request_id: str
        ) -> Any:
            if method != "POST" or not path.rstrip("/").endswith("/outbound-emails"):
                return original(method, path, headers, body, query, request_id)
            sent = json.loads(body or b"{}")
            for arn in _resources(sent):
                denied = app._enforce_data_plane(
                    "sesv2",
                    "ses:SendEmail",
                    headers,
                    query,
                    request_id,
                    resource_arn=arn,
                    service_context=_context(sent),
                    named_resource=arn,
                )
                if denied:
                    return denied
            return None

        return enforce

    around(app, "_enforce_ses_v2", make)


def _resources(sent: Mapping[str, Any]) -> list[str]:
    """The address where it is an identity of its own, else its domain; then the configuration set, if any."""
    address = parseaddr(str(sent.get("FromEmailAddress") or ""))[1]
    domain = address.rpartition("@")[2]
    own = address in ses_v2._identities or domain not in ses_v2._identities
    name = sent.get("ConfigurationSetName")
    return [f"{ARN}:identity/{address if own else domain}"] + ([f"{ARN}:configuration-set/{name}"] if name else [])


def _context(sent: Mapping[str, Any]) -> dict[str, Any]:
    display, address = parseaddr(str(sent.get("FromEmailAddress") or ""))
    destination = sent.get("Destination") or {}
    kinds = ("ToAddresses", "CcAddresses", "BccAddresses")
    return {
        "ses:FromAddress": address,
        "ses:FromDisplayName": display,
        "ses:Recipients": [parseaddr(one)[1] for kind in kinds for one in destination.get(kind) or ()],
        "ses:ApiVersion": "2",
    }
