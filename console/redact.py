"""Task tokens, personal keys and other secrets out of everything that was read from a history or from the API.

AWS keeps a callback's token in `TaskScheduled.parameters`, a JSON string that may hold further JSON
strings. Whoever has the token can answer for a person, so no reader shows it: the value of every field
named like a task token goes, and so does that value wherever else it stands in the same event. The key of a
personal link (`...?k=KEY`) lets its owner decide, and goes too, wherever a link stands. All else that looks like a
secret goes by the one set of rules that reports and incidents have (functions/rules/reporting/redact.py).
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, Final

from functions.rules.reporting.redact import REDACTED, clean, is_secret_name

__all__ = ["REDACTED", "redact"]

_NAME: Final = re.compile(r"^task[_-]?token(\.\$)?$", re.IGNORECASE)
# In text that is no whole JSON (a cut cause, a Python repr): name, quotes and colon as they may be escaped.
_IN_TEXT: Final = re.compile(r"(task[_-]?token[\\\"']*\s*[:=]\s*[\\\"']*)([^\\\"',;}\]\s]+)", re.IGNORECASE)
_IN_LINK: Final = re.compile(r"((?:[?&]|amp;|u0026)k(?:=|%3D))[A-Za-z0-9_-]+", re.IGNORECASE)
_SHORTEST_TOKEN: Final = 8


def redact(event: Mapping[str, Any]) -> dict[str, Any]:
    """The event (any shape of mappings, lists, JSON strings and text) without any task token or personal key."""
    tokens: set[str] = set()
    cleaned = _walk(dict(event), tokens)
    secrets = sorted((token for token in tokens if len(token) >= _SHORTEST_TOKEN), key=len, reverse=True)
    result: dict[str, Any] = _erase(cleaned, secrets) if secrets else cleaned
    return result


def _walk(value: Any, tokens: set[str]) -> Any:
    if isinstance(value, Mapping):
        return {key: _of(key, item, tokens) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_walk(item, tokens) for item in value]
    if isinstance(value, str):
        return _walk_text(value, tokens)
    return value


def _of(key: object, value: Any, tokens: set[str]) -> Any:
    if _named(key):
        return _hide(value, tokens)
    return REDACTED if isinstance(value, str) and value and is_secret_name(key) else _walk(value, tokens)


def _walk_text(text: str, tokens: set[str]) -> str:
    text = _IN_LINK.sub(rf"\g<1>{REDACTED}", text)
    held = _json(text)
    if isinstance(held, (dict, list, str)):
        cleaned = _walk(held, tokens)
        # Text without a token comes back as it stood, byte by byte.
        return text if cleaned == held else json.dumps(cleaned, ensure_ascii=False)

    def hide(found: re.Match[str]) -> str:
        tokens.add(found.group(2))
        return found.group(1) + REDACTED

    # What else may be a secret is told by the rules of the reports.
    return clean(_IN_TEXT.sub(hide, text))


def _json(text: str) -> Any:
    if not text.lstrip().startswith(("{", "[", '"')):
        return None
    try:
        return json.loads(text)
    except ValueError:
        return None


def _named(key: object) -> bool:
    return isinstance(key, str) and _NAME.match(key) is not None


def _hide(value: Any, tokens: set[str]) -> Any:
    """Whatever stands under the name goes, a nested thing too; only "there is none" may be seen."""
    if value is None:
        return None
    for text in _texts(value):
        tokens.add(text)
    return REDACTED


def _texts(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, Mapping):
        return [text for item in value.values() for text in _texts(item)]
    return [text for item in value for text in _texts(item)] if isinstance(value, (list, tuple)) else []


def _erase(value: Any, secrets: list[str]) -> Any:
    if isinstance(value, dict):
        return {key: _erase(item, secrets) for key, item in value.items()}
    if isinstance(value, list):
        return [_erase(item, secrets) for item in value]
    if isinstance(value, str):
        for secret in secrets:
            value = value.replace(secret, REDACTED)
    return value
