"""The status page, by HTTP in Statuspage's shape: `POST {url}` makes an incident, `PATCH {url}/{id}` updates it.

Source: Statuspage API, "Create an incident", "Update an incident". The token is read from Secrets Manager once a
container; it is in no log and in no error, so nothing that a library says about the request is passed on.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Any, Final
from urllib.parse import urlsplit

from functions.adapters.aws import Aws
from functions.adapters.aws_errors import Saying, saying
from functions.errors import Broken, Refused, Transient, Uncertain
from functions.halt_settings import StatusPageSettings

CONNECT_SECONDS: Final = 3
READ_SECONDS: Final = 5
MOST_READ: Final = 65_536
# Statuspage says 420 where it is asked too often.
TOO_OFTEN: Final = frozenset({420, 429})
NO_TOKEN: Final = frozenset({401, 403})
IDENTIFIER: Final = re.compile(r"[0-9A-Za-z_-]{1,64}")


class HttpStatusPage:
    """`page` None: there is no page, and nothing is said."""

    def __init__(self, aws: Aws, page: StatusPageSettings | None) -> None:
        self._aws, self._page = aws, page
        self._token: str | None = None

    def post(self, *, name: str, body: str) -> str | None:
        if self._page is None:
            return None
        told = {"name": name, "status": "investigating", "body": body, **self._components("major_outage")}
        made = self._say("POST", "", told).get("id")
        if not isinstance(made, str) or not IDENTIFIER.fullmatch(made):
            raise Uncertain("status page: it took the incident and named no id (it may stand there)")
        return made

    def update(self, page_incident: str, *, status: str, body: str) -> None:
        if not IDENTIFIER.fullmatch(page_incident):
            raise Broken(f"status page: {page_incident!r} is no incident of it")
        over = self._components("operational") if status == "resolved" else {}
        self._say("PATCH", f"/{page_incident}", {"status": status, "body": body, **over})

    def _components(self, status: str) -> dict[str, Any]:
        ids = self._page.components if self._page else ()
        return {"components": dict.fromkeys(ids, status), "component_ids": list(ids)} if ids else {}

    def _say(self, method: str, below: str, incident: Mapping[str, Any]) -> Mapping[str, Any]:
        if self._page is None:
            raise Broken("status page: the settings name none")
        url = urlsplit(self._page.url)
        headers = {
            "Authorization": f"OAuth {self._secret(self._page.secret)}",
            "Content-Type": "application/json",
            "Accept": "application/json",
        }
        kind = HTTPSConnection if url.scheme == "https" else HTTPConnection
        connection = kind(url.hostname or "", url.port, timeout=CONNECT_SECONDS)
        try:
            status, text = self._exchange(connection, method, url.path.rstrip("/") + below, incident, headers)
        finally:
            connection.close()
        return self._answered(method, status, text)

    def _exchange(
        self,
        connection: HTTPConnection,
        method: str,
        path: str,
        incident: Mapping[str, Any],
        headers: Mapping[str, str],
    ) -> tuple[int, bytes]:
        try:
            connection.connect()
        except (OSError, HTTPException) as error:
            raise Transient(f"status page: {type(error).__name__} (never sent)") from None
        try:
            connection.sock.settimeout(READ_SECONDS)
            connection.request(method, path, json.dumps({"incident": incident}), dict(headers))
            answer = connection.getresponse()
            return answer.status, answer.read(MOST_READ)
        except (OSError, HTTPException) as error:
            raise self._unclear(method, type(error).__name__) from None

    def _answered(self, method: str, status: int, text: bytes) -> Mapping[str, Any]:
        if status in TOO_OFTEN:
            raise Transient(f"status page: HTTP {status} (turned away, nothing done)")
        if status >= 500:
            raise self._unclear(method, f"HTTP {status}")
        if status in NO_TOKEN:
            # It may have been replaced since this container read it.
            self._token = None
        if not 200 <= status < 300:
            raise Refused(f"status page: HTTP {status}")
        try:
            found = json.loads(text)
        except (ValueError, RecursionError):
            found = None
        return found if isinstance(found, dict) else {}

    def _unclear(self, method: str, what: str) -> Transient | Uncertain:
        """An update says the same thing twice; an incident would stand there twice."""
        if method == "PATCH":
            return Transient(f"status page: {what}")
        return Uncertain(f"status page: {what} (it may have happened)")

    def _secret(self, name: str) -> str:
        if self._token is None:
            with saying(Saying.READ, f"secretsmanager:GetSecretValue {name}"):
                answer = self._aws.client("secretsmanager", Saying.READ).get_secret_value(SecretId=name)
            token = str(answer.get("SecretString") or "").strip()
            if not re.fullmatch(r"[!-~]+", token):
                raise Broken(f"the secret {name} holds no token: one word of ASCII is expected")
            self._token = token
        return self._token
