"""Secrets out of the texts that a report shows: log lines, errors and notes carry what somebody logged.

Names decide where there are names (`apiSecret=...`, `Authorization: Bearer ...`), the form decides where there are
none (a JSON Web Token, a long random string). What the runbooks name themselves - ARNs, digests, ids of executions,
tasks and orders - has another form and stays.
"""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, Final

REDACTED: Final = "[redacted]"
# A text is one field of one entry; what is behind this is cut by whoever shows it.
MOST: Final = 8_000
_NAMES: Final = (
    r"api[_-]?key|api[_-]?secret|secret(?:[_-]?(?:access[_-]?)?key)?|passw(?:or)?d|passphrase|pwd|token"
    r"|access[_-]?key(?:[_-]?id)?|private[_-]?key|mbx-apikey|signature|credentials?|listen[_-]?key|cookie"
    r"|session[_-]?id"
)
# A quote or a backslash may stand before the colon and behind it, for a line may hold JSON inside JSON.
_QUOTES: Final = r"[\"'\\]{0,6}"
_NAME: Final = re.compile(_NAMES, re.IGNORECASE)
# In quotes to their end, else to the end of the word.
_VALUE: Final = r"(?!\[redacted\])(?:(?<=[\"'])[^\"'\\]+|[^\s\"'\\,;&}\])]+)"
_NAMED: Final = re.compile(rf"((?:{_NAMES})[A-Za-z]{{0,3}}{_QUOTES}\s?[:=]\s?{_QUOTES}){_VALUE}", re.IGNORECASE)
_AUTHORIZATION: Final = re.compile(
    rf"(authorization{_QUOTES}\s?[:=]\s?{_QUOTES})(?:(?:basic|bearer|digest|token|hmac)\s+)?{_VALUE}", re.IGNORECASE
)
_BEARER: Final = re.compile(r"\b(bearer\s+)[A-Za-z0-9._~+/=-]{12,}", re.IGNORECASE)
_PERSONAL_KEY: Final = re.compile(r"((?:[?&]|amp;|u0026)k(?:=|%3D))[A-Za-z0-9_-]+", re.IGNORECASE)
_IN_ADDRESS: Final = re.compile(r"(?<=://)([^\s/:@]{1,200}):[^\s/@]{1,400}(?=@)")
_PRIVATE_KEY: Final = re.compile(
    r"-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----.*?(?:-----END [A-Z ]{0,30}KEY-----|\Z)", re.S
)
_AWS_KEY: Final = re.compile(r"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b")
_JWT: Final = re.compile(r"\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.?[A-Za-z0-9_-]*")
# Behind `sha256:` stands a digest, behind `-`, `/` or `:` an id inside a name.
_HEX: Final = re.compile(r"(?<![0-9A-Za-z:/_@-])(?:0x)?[0-9a-fA-F]{40,}(?![0-9A-Za-z_-])")
_LONG: Final = re.compile(r"(?<![A-Za-z0-9+/_=-])[A-Za-z0-9+/_-]{40,}={0,2}(?![A-Za-z0-9+/_-])")
# Bits a character; random base64 of 40 characters has 4.5 and more, words joined to a name have less than 4.2.
_RANDOM: Final = 4.3
_CUT: Final = re.compile(
    r"(?<![:=\"'\\\s])(?<!bearer)(?<!basic)(?<!digest)(?<!token)(?<!hmac)[ \n](?![:=\s])", re.IGNORECASE
)
# Without one of these in it a text holds nothing of the above; nearly every text of an item has none.
_HINT: Final = re.compile(
    rf"{_NAMES}|authori|bearer|://[^/\s]*@|PRIVATE KEY|eyJ|[?&;6]k(?:=|%3D)|[A-Za-z0-9+/_-]{{20}}", re.IGNORECASE
)


def redacted(text: str) -> str:
    """The text without what looks like a secret. Never raises."""
    for pattern, instead in (
        (_PRIVATE_KEY, REDACTED),
        (_PERSONAL_KEY, rf"\g<1>{REDACTED}"),
        (_IN_ADDRESS, rf"\g<1>:{REDACTED}"),
        (_AUTHORIZATION, rf"\g<1>{REDACTED}"),
        (_BEARER, rf"\g<1>{REDACTED}"),
        (_NAMED, rf"\g<1>{REDACTED}"),
        (_AWS_KEY, REDACTED),
        (_JWT, REDACTED),
        (_HEX, REDACTED),
    ):
        text = pattern.sub(instead, text[:MOST])
    return _LONG.sub(_if_random, text)


def clean(text: str) -> str:
    """The same for a text of any length that is kept or sent, fast where there is nothing to find: nothing is cut
    away, and a second time changes nothing. Never raises."""
    if _HINT.search(text) is None:
        return text
    if len(text) <= MOST:
        return redacted(text)
    return "".join(map(redacted, _pieces(text)))


def cleaned(value: Any) -> Any:
    """The same mapping, list or text with every text in it without its secrets; other values as they are."""
    match value:
        case str():
            return clean(value)
        case Mapping():
            return {name: REDACTED if _secret(name, one) else cleaned(one) for name, one in value.items()}
        case list() | tuple():
            return [cleaned(one) for one in value]
    return value


def is_secret_name(name: object) -> bool:
    """A field of this name holds a secret, whatever it looks like: `apiSecret`, `passphrase`, `listenKey` ..."""
    return isinstance(name, str) and _NAME.fullmatch(name) is not None


def _secret(name: object, value: object) -> bool:
    return isinstance(value, (str, int)) and not isinstance(value, bool) and is_secret_name(name)


def clean_body(body: str, content_type: str) -> str:
    """A file for the bucket, where it is JSON or JSON Lines: each value without its secrets, so that it stays JSON.
    Pages are made from clean texts, and what is neither is kept as text."""
    if content_type not in ("application/json", "application/jsonl"):
        return body
    kept = body.splitlines(keepends=True) if content_type == "application/jsonl" else [body]
    return "".join(map(_clean_json, kept))


def _clean_json(text: str) -> str:
    if _HINT.search(text) is None:
        return text
    try:
        held = json.loads(text)
    except (ValueError, RecursionError):
        return clean(text)
    return json.dumps(cleaned(held), sort_keys=True) + ("\n" if text.endswith("\n") else "")


def _pieces(text: str) -> Iterator[str]:
    """At most `MOST` characters each, cut at the last space of each where there is one, and not between a name
    and what it names."""
    while len(text) > MOST:
        ends = (found.end() for found in _CUT.finditer(text, 0, MOST + 1))
        end = max((end for end in ends if end <= MOST), default=MOST)
        yield text[:end]
        text = text[end:]
    yield text


def _if_random(found: re.Match[str]) -> str:
    text = found[0].rstrip("=")
    least = ((str.isdigit, 1), (str.isupper, 3), (str.islower, 3))
    mixed = all(sum(map(kind, text)) >= count for kind, count in least)
    bits = -sum(n / len(text) * math.log2(n / len(text)) for n in Counter(text).values())
    return REDACTED if mixed and bits >= _RANDOM else found[0]
