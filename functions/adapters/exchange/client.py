"""Makes ccxt clients: one a container for each account, and one a venue for what is public.

ccxt is imported when the first one is made. The key is read from Secrets Manager once a container; it is in no log
and in no error. Source of the options: EXCHANGE.md; ccxt 4.5.90, base/exchange.py.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from decimal import Decimal
from importlib import import_module
from threading import Lock
from time import monotonic
from typing import Any, Final

from botocore.exceptions import ClientError

from functions.adapters.aws import Aws
from functions.adapters.aws_errors import Saying, code_of, saying
from functions.adapters.exchange.ccxt_client import Ccxt
from functions.adapters.exchange.venues.base import VenueApi
from functions.errors import Broken, Refused, Transient
from functions.ports.exchange import RECV_WINDOW
from functions.settings import Settings
from functions.venue import Row, Trouble, Where

FIELDS: Final = frozenset({"apiKey", "secret", "password"})
# An account whose key is not there, or not for this function.
NO_KEY: Final = frozenset({"ResourceNotFoundException", "AccessDeniedException"})
# At DEBUG they log whole requests, with headers, bodies and signatures.
TALKATIVE: Final = ("ccxt", "urllib3", "requests")


class Clients:
    """`urls`: base address by venue, of a stand-in; a venue that is not in it has its own addresses."""

    def __init__(self, aws: Aws, settings: Settings, urls: Mapping[str, str]) -> None:
        self._aws, self._settings, self._urls = aws, settings, urls
        self._made: dict[tuple[str, str | None], Ccxt] = {}
        self._making = Lock()

    def public(self, api: VenueApi) -> Ccxt:
        return self._client(api, None)

    def of(self, api: VenueApi, where: Where) -> Ccxt:
        return self._client(api, where)

    def forget(self, where: Where) -> None:
        """Its key was turned away: it may have been replaced since this container read it."""
        self._made.pop((where.venue, where.account), None)

    def _client(self, api: VenueApi, where: Where | None) -> Ccxt:
        with self._making:
            slot = (api.venue, where.account if where else None)
            if slot not in self._made:
                self._made[slot] = self._make(api, self._key(where) if where else {})
            return self._made[slot]

    def _make(self, api: VenueApi, key: Mapping[str, str]) -> Ccxt:
        for name in TALKATIVE:
            logging.getLogger(name).setLevel(logging.WARNING)
        settings = self._settings.exchanges[api.venue]
        # By name, for ccxt has no types; from the venue's own module, for once that is imported the attribute of
        # the same name in a trimmed package may be the module and not its class.
        client: Any = getattr(import_module(f"ccxt.{api.venue}"), api.venue)(
            {
                **key,
                "timeout": settings.http_timeout * 1_000,
                "enableRateLimit": False,
                "number": Decimal,
                "enableLastJsonResponse": True,
                # With a key, ccxt would load the wallet's currencies before the markets.
                "has": {"fetchCurrencies": False},
                "options": {"maxRetriesOnFailure": 0, **api.options(int(RECV_WINDOW * 1_000))},
            }
        )
        # A redirect would take the key to another address.
        client.session.max_redirects = 0
        _watch(client)
        if base := self._urls.get(api.venue):
            api.redirect(client, base.rstrip("/"))
        made: Ccxt = client
        return made

    def _key(self, where: Where) -> Mapping[str, str]:
        name = self._settings.exchanges[where.venue].secret.format(
            env=self._settings.env.value, venue=where.venue, account=where.account
        )
        what = f"secretsmanager:GetSecretValue {name}"
        try:
            answer = self._aws.client("secretsmanager", Saying.READ).get_secret_value(SecretId=name)
        except ClientError as error:
            if (code := code_of(error)) in NO_KEY:
                trouble = Trouble(Row.KEY, "NoKey", code, f"no key for {where.venue}/{where.account}: {name}")
                raise Refused(f"{what}: {trouble.told()}").of(trouble) from None
            with saying(Saying.READ, what):
                raise
        return _key_of(str(answer.get("SecretString") or ""), name)


def _key_of(text: str, name: str) -> Mapping[str, str]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict) or not all(isinstance(found.get(field), str) for field in ("apiKey", "secret")):
        raise Broken(f'the secret {name} holds no key: {{"apiKey", "secret"}} is expected')
    return {field: found[field] for field in FIELDS if isinstance(found.get(field), str)}


def _watch(client: Any) -> None:
    """Counts what may change something, before it leaves, and lets none leave too late. What was said last belongs
    to the request that was answered, not to the next one, which may get no answer."""
    inner = client.fetch
    client.acts, client.leaves_by = 0, None

    def fetch(url: str, method: str = "GET", *args: Any, **kwargs: Any) -> Any:
        client.last_json_response = client.last_http_response = client.last_response_headers = None
        if method != "GET" and client.leaves_by is not None and monotonic() > client.leaves_by:
            trouble = Trouble(
                Row.UNREACHABLE, "Late", None, "not sent: the readings before the order took too long"
            )
            raise Transient(f"{client.id}: {trouble.told()}").of(trouble)
        client.acts += method != "GET"
        return inner(url, method, *args, **kwargs)

    client.fetch = fetch
