"""What became of a call that was refused something."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

# As AWS words it, and as ministack and botocore name it.
REFUSED: Final = ("not authorized to perform", "AccessDenied")


def answered(result: Mapping[str, Any]) -> dict[str, Any]:
    """What became of a function's call; an answer over HTTP may be an error as well."""
    body = result.get("body")
    text = json.dumps(body, default=str)
    said = body if isinstance(body, dict) else {}
    status = int(said.get("statusCode") or 200)
    name = str(said.get("errorType", "")) if result.get("error") else f"HTTP {status}" if status >= 400 else ""
    return how(name, says_so=told(text), logs_it=told(str(result.get("log"))), answer=text)


def how(error: str, *, says_so: bool = False, logs_it: bool = False, answer: str = "") -> dict[str, Any]:
    """`error`: the name of the failure, or nothing; `says_so`, `logs_it`: whether the answer, or the log, tells of
    a refusal."""
    return {"error": error, "says_so": says_so, "logs_it": logs_it, "answer": answer[:400]}


def told(text: str) -> bool:
    """Whether a text tells of a refusal."""
    return any(word in text for word in REFUSED)
