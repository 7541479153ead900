"""Reading what a caller sent, strictly: sizes first, then the kind, then each field once.

Nothing here looks at whether a request exists: whoever sends nonsense hears the same about every address.
"""

from __future__ import annotations

import json
import unicodedata
from base64 import b64decode
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import parse_qsl

Event = Mapping[str, Any]

FORM: Final = "application/x-www-form-urlencoded"
MOST_BYTES: Final = 16_384
MOST_KEY: Final = 128
_MOST_QUERY: Final = 4_096
_MOST_AGENT: Final = 200
# A note may be 1,000 characters long; what is a little longer is told so with the note kept.
FIELDS: Final = {
    "decision": 64,
    "confirm": 200,
    "note": 4_000,
    "until_minutes": 12,
    "form": 100,
    "looking": 1,
    "again": 1,
    "ratify": 1,
}
JSON_FIELDS: Final = {"decision": 64, "confirm": 200, "note": 4_000, "until": 40, "members": 6}
FOLLOW_UP_FIELDS: Final = {"root_cause": 4_000, "prevention": 4_000, "note": 4_000}


class Bad(Exception):
    """The call itself is wrong: an HTTP status and a sentence for whoever made it."""

    def __init__(self, status: int, message: str, **headers: str) -> None:
        super().__init__(message)
        self.status, self.message, self.headers = status, message, headers


def method_of(event: Event) -> str:
    return str(event["requestContext"]["http"]["method"]).upper()


def key_of(event: Event) -> str | None:
    """The personal key: in the query string alone, and there once."""
    query = str(event.get("rawQueryString") or "")
    if len(query) > _MOST_QUERY:
        return None
    try:
        pairs = parse_qsl(query, keep_blank_values=True, errors="strict", max_num_fields=20)
    except ValueError:
        return None
    keys = [value for name, value in pairs if name == "k"]
    return keys[0] if len(keys) == 1 and 0 < len(keys[0]) <= MOST_KEY else None


def form_of(event: Event) -> dict[str, str]:
    """The fields of a form, lines ending in `\\n`. Raises `Bad` 400, 413 or 415."""
    body = _body(event, FORM)
    try:
        pairs = parse_qsl(
            body.decode("ascii"),
            keep_blank_values=True,
            strict_parsing=True,
            errors="strict",
            max_num_fields=len(FIELDS),
        )
    except ValueError:
        raise Bad(400, "The form cannot be read.") from None
    if not pairs:
        raise Bad(400, "The form is empty.")
    return _fields([(name, value.replace("\r\n", "\n")) for name, value in pairs], FIELDS)


def json_of(event: Event, known: Mapping[str, int] = JSON_FIELDS) -> dict[str, str]:
    """The fields of a JSON object, numbers as texts, absent where they are null. Raises `Bad` 400, 413 or 415."""
    try:
        pairs = json.loads(_body(event, "application/json").decode("utf-8"), object_pairs_hook=tuple)
    except (ValueError, RecursionError):
        raise Bad(400, "The body is no JSON.") from None
    if not isinstance(pairs, tuple):  # of an object; a list has stayed one
        raise Bad(400, "The body is no JSON object.")
    given = [(name, str(value) if type(value) is int else value) for name, value in pairs if value is not None]
    if wrong := [name for name, value in given if not isinstance(value, str)]:
        raise Bad(400, f"{_name(wrong[0])} must be a text.")
    return _fields(given, known)


def address_of(event: Event) -> str:
    """Where the call came from as API Gateway saw it, never what a header claims."""
    return _line(str(event["requestContext"]["http"].get("sourceIp") or "unknown"))


def agent_of(event: Event) -> str:
    return _line(str(event["requestContext"]["http"].get("userAgent") or "unknown"))


def caller_of(event: Event) -> str | None:
    """The ARN that AWS verified; None where the route's authorizer gave none."""
    authorizer = event["requestContext"].get("authorizer")
    identity = authorizer.get("iam") if isinstance(authorizer, Mapping) else None
    arn = identity.get("userArn") if isinstance(identity, Mapping) else None
    return arn if isinstance(arn, str) and arn else None


def _body(event: Event, kind: str) -> bytes:
    told = event.get("body") or ""
    if not isinstance(told, str) or len(told) > 2 * MOST_BYTES:
        raise Bad(413, "That is too long.")
    try:
        body = b64decode(told, validate=True) if event.get("isBase64Encoded") else told.encode()
    except ValueError:
        raise Bad(400, "The body cannot be read.") from None
    if len(body) > MOST_BYTES:
        raise Bad(413, "That is too long.")
    _of_kind(event, kind)
    return body


def _of_kind(event: Event, kind: str) -> None:
    headers = event.get("headers") or {}
    given = [str(value) for name, value in headers.items() if str(name).lower() == "content-type"]
    told = given[0].lower().replace(" ", "") if len(given) == 1 else ""
    if told not in (kind, f"{kind};charset=utf-8"):
        raise Bad(415, f"Only {kind} is taken here.")


def _fields(pairs: list[tuple[str, str]], known: Mapping[str, int]) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in pairs:
        if name not in known:
            raise Bad(400, f"There is no field {_name(name)}.")
        if name in found:
            raise Bad(400, f"The field {name} is there twice.")
        if len(value) > known[name]:
            raise Bad(413, f"The field {name} is too long.")
        found[name] = value
    return found


def _name(name: str) -> str:
    return repr(_line(name)[:40])


def _line(text: str) -> str:
    """Kept as evidence: one line without control characters, cut."""
    return "".join(_seen(one) for one in text[:_MOST_AGENT])


def _seen(one: str) -> str:
    return one if one == " " or unicodedata.category(one)[0] not in "CZ" else "?"
