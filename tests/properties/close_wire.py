"""The real ccxt adapter over HTTP, on the walker's clock, with a wire that loses, breaks and holds up single calls.

Only three things of the client are not as in production: the time it stamps its requests with, how long it waits
for an answer in real time, and that every request passes `Wire` before it leaves.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib import import_module
from io import BytesIO
from typing import TYPE_CHECKING, Any, Final, Protocol, cast

import requests
from requests.adapters import HTTPAdapter

from functions.adapters.aws import Aws
from functions.adapters.exchange.adapter import CcxtExchange
from functions.adapters.exchange.ccxt_client import Ccxt
from functions.adapters.exchange.client import Clients
from functions.adapters.exchange.venues.base import VenueApi
from functions.ports import Clock, Exchange
from functions.position_settings import ExchangeSettings
from local.platform.exchange.exchange import Exchange as Market
from local.platform.exchange.server import MAIN, Keys, Served, serve
from local.platform.exchange.venue import Venue
from local.platform.pace import Pace
from tests.adapters.exchange_rigs import VENUE, KeysOf
from tests.adapters.rigs import SETTINGS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

# Real seconds that a client waits for a call that hangs, and that the venue hangs.
PATIENCE: Final = 0.08
HANGS: Final = 0.16
# Any other call is answered within this, however busy the machine is.
ANSWERS: Final = 20.0


class Timekeeper:
    """The venue's clock, epoch milliseconds: whoever plays now sets `now`."""

    def __init__(self) -> None:
        self.now: Callable[[], datetime] = lambda: datetime.now(UTC)

    def __call__(self) -> int:
        return round(self.now().timestamp() * 1_000)


class Passing(Protocol):
    """Who decides about a request. `leaving` answers how long the client waits for the answer, or raises what the
    client is to see of it; `answered` comes after it was answered or lost, and `reads` gives what the client gets
    to read of an answer."""

    def leaving(self, request: requests.PreparedRequest) -> float: ...
    def answered(self) -> None: ...
    def reads(self, answer: requests.Response) -> requests.Response: ...


class Wire(HTTPAdapter):
    def __init__(self, passing: Passing) -> None:
        self.passing = passing
        super().__init__()

    def send(
        self,
        request: requests.PreparedRequest,
        stream: bool = False,
        timeout: Any = None,
        verify: Any = True,
        cert: Any = None,
        proxies: dict[str, str] | None = None,
    ) -> requests.Response:
        patience = self.passing.leaving(request)
        try:
            return self.passing.reads(super().send(request, stream, patience, verify, cert, proxies))
        finally:
            self.passing.answered()


class WalkersClients(Clients):
    def __init__(self, served: Served, clock: Clock, passing: Passing) -> None:
        # No call is waited for so long in real time; see `PATIENCE`.
        settings = SETTINGS.model_copy(update={"exchanges": {VENUE: ExchangeSettings(http_timeout=5)}})
        super().__init__(cast(Aws, KeysOf(served.keys)), settings, {VENUE: served.url})
        self._clock, self._passing = clock, passing

    def _make(self, api: VenueApi, key: Mapping[str, str]) -> Ccxt:
        client: Any = super()._make(api, key)
        client.milliseconds = lambda: int(self._clock.now().timestamp() * 1_000)
        client.session.mount("http://", Wire(self._passing))
        made: Ccxt = client
        return made


def exchange_over(served: Served, clock: Clock, passing: Passing) -> Exchange:
    """A new container's: its client has read nothing yet."""
    module = import_module(f"functions.adapters.exchange.venues.{VENUE}")
    return CcxtExchange(WalkersClients(served, clock, passing), lambda _: cast(VenueApi, module.API), clock)


def instead(answer: requests.Response, body: bytes) -> requests.Response:
    """Another body under the same answer."""
    changed = requests.Response()
    changed.status_code, changed.request, changed.url = answer.status_code, answer.request, answer.url
    changed.headers["content-type"], changed.raw = "application/json", BytesIO(body)
    return changed


def deliver(request: requests.PreparedRequest) -> None:
    """A request that was held up arrives, and nobody waits for its answer."""
    with requests.Session() as session:
        session.trust_env = False
        session.send(request, timeout=ANSWERS)


@contextmanager
def venue_by_http() -> Iterator[tuple[Served, Timekeeper]]:
    """A stand-in whose time is the walker's, served on 127.0.0.1."""
    # Imported now: that may take longer than the readings before an order are given.
    import_module("ccxt")
    keeper = Timekeeper()
    venue = Venue(Pace(), exchange=Market(clock=keeper))
    keys = Keys.new()
    venue.exchange.add_account(MAIN, keys.key, keys.secret)
    with serve(venue) as served:
        yield served, keeper
