"""Who may ask a bot: HTTP Basic on every private path, or a token that `/token/login` gave for it.

Source: freqtrade 2026.9, `rpc/api_server/api_auth.py`. Its tokens are JWTs; a client sees a text in either case.
"""

from __future__ import annotations

import time
from base64 import b64decode
from dataclasses import dataclass, field
from secrets import token_urlsafe
from typing import Final

from local.platform.http import Answer, Request

ACCESS_SECONDS: Final = 15 * 60
REFRESH_SECONDS: Final = 30 * 86_400
UNAUTHORIZED: Final = Answer.json({"detail": "Unauthorized"}, 401)
NO_BASIC: Final = Answer.json({"detail": "Not authenticated"}, 401, {"www-authenticate": "Basic"})
WRONG: Final = Answer.json({"detail": "Incorrect username or password"}, 401)
NO_TOKEN: Final = Answer.json({"detail": "Could not validate credentials"}, 401, {"www-authenticate": "Bearer"})


@dataclass
class Doors:
    """`known` None until the platform's secret was read: then nobody comes in."""

    known: tuple[str, str] | None = None
    _tokens: dict[str, tuple[str, float]] = field(default_factory=dict)

    def turned_away(self, request: Request) -> Answer | None:
        """None: let in."""
        scheme, _, given = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer":
            return None if self._holds(given, "access") else NO_TOKEN
        return None if self._password(request) else UNAUTHORIZED

    def login(self, request: Request) -> Answer:
        if not request.headers.get("authorization", "").lower().startswith("basic "):
            return NO_BASIC
        if not self._password(request):
            return WRONG
        access, refresh = self._token("access", ACCESS_SECONDS), self._token("refresh", REFRESH_SECONDS)
        return Answer.json({"access_token": access, "refresh_token": refresh})

    def refresh(self, request: Request) -> Answer:
        _, _, given = request.headers.get("authorization", "").partition(" ")
        if not self._holds(given, "refresh"):
            return NO_TOKEN
        return Answer.json({"access_token": self._token("access", ACCESS_SECONDS)})

    def _password(self, request: Request) -> bool:
        scheme, _, given = request.headers.get("authorization", "").partition(" ")
        if self.known is None or scheme.lower() != "basic":
            return False
        try:
            username, _, password = b64decode(given, validate=True).decode().partition(":")
        except ValueError:
            return False
        return f"{username}:{password}" == ":".join(self.known)

    def _token(self, kind: str, seconds: float) -> str:
        token = token_urlsafe(48)
        self._tokens[token] = (kind, time.monotonic() + seconds)
        return token

    def _holds(self, token: str, kind: str) -> bool:
        found, until = self._tokens.get(token, ("", 0.0))
        return found == kind and time.monotonic() < until
