"""Where the REST API of each strategy's freqtrade answers, and by when its candles must be new."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Annotated, Final
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field

from functions.model import Model, Seconds

# `{env}` and `{strategy_id}` are filled in. Its text is `{"username": ..., "password": ...}`.
SECRET: Final = "tradai-{env}-freqtrade"  # noqa: S105 - a name

# What may stand in an address: no id leads to another host, and none to another path.
PLAIN_ID: Final = re.compile(r"[0-9A-Za-z][0-9A-Za-z_-]{0,62}")

Timeframes = Annotated[Decimal, Field(ge=1, le=100)]


def _base_url(url: str) -> str:
    """What the paths `/api/v1/...` are put behind."""
    said = url.replace("{env}", "env").replace("{strategy_id}", "id")
    try:
        parts = urlsplit(said)
        named = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        named = False
    if not named or not re.fullmatch(r"[!-~]+", said) or "{" in said or "}" in said:
        raise ValueError("must be http://host:port or https://host:port, with {env} and {strategy_id} at most")
    if parts.username is not None or parts.password is not None or "@" in said:
        raise ValueError("holds a user or a password: both belong in the secret")
    if parts.query or parts.fragment or "?" in said or "#" in said:
        raise ValueError("has a query or a fragment: a base address is expected")
    return url.rstrip("/")


BaseUrl = Annotated[str, Field(max_length=300), AfterValidator(_base_url)]


class StrategyApiSettings(Model):
    """freqtrade's REST API, where it is reachable; without an address none is asked.

    `url`: of every strategy; `urls`: of single ones by id, before `url`. Plain http is for addresses inside the
    platform's network: the adapter sends no password to a public one. `secret` names the secret with username and
    password. A bot does not process when its last analysis is older than `analyzed_within` timeframes and
    `grace` seconds, or its last candle opened longer than `candles_within` timeframes ago.
    """

    url: BaseUrl | None = None
    urls: dict[str, BaseUrl] = Field(default={})
    secret: Annotated[str, Field(min_length=1, max_length=400, pattern=r"^[!-~]+$")] = SECRET
    http_timeout: Annotated[int, Field(ge=1, le=10)] = 3
    analyzed_within: Timeframes = Decimal("1.5")
    grace: Seconds = 30
    candles_within: Timeframes = Decimal("2.5")
    # Of one strategy's pairs; the rest is counted in the answer.
    pairs_asked: Annotated[int, Field(ge=1, le=100)] = 10

    def base_of(self, strategy_id: str, env: str) -> str | None:
        """None: no API of this strategy is known. An id that has no place in an address has none either."""
        if strategy_id in self.urls:
            return self.urls[strategy_id].replace("{env}", env)
        if self.url is None or not PLAIN_ID.fullmatch(strategy_id):
            return None
        return self.url.replace("{env}", env).replace("{strategy_id}", strategy_id)

    def secret_of(self, strategy_id: str, env: str) -> str:
        return self.secret.replace("{env}", env).replace("{strategy_id}", strategy_id)

    @property
    def named(self) -> bool:
        """Some strategy has an address."""
        return self.url is not None or bool(self.urls)
