"""The stand-in platform as one thing: an ASGI application and three threads beside it."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

from local.platform.aws import Aws
from local.platform.bots import Bots
from local.platform.copies import EcsCopies
from local.platform.detector import Detector
from local.platform.ecs import EcsControl
from local.platform.exchange.control import ExchangeControl
from local.platform.exchange.fallback import ID as FALLBACK
from local.platform.exchange.fallback import FallbackRoutes
from local.platform.exchange.routes import ExchangeRoutes
from local.platform.exchange.venue import Venue
from local.platform.freqtrade.api import FreqtradeRoutes
from local.platform.freqtrade.signals import Signals
from local.platform.halt_routes import HaltRoutes
from local.platform.http import Receive, Scope, Send
from local.platform.journal import Journal
from local.platform.log_routes import LogRoutes
from local.platform.mail_routes import MailRoutes
from local.platform.mailbox import Mailbox
from local.platform.names import VENUE
from local.platform.ordering.kit import Ordering
from local.platform.pace import DETECT_EVERY, LOOK_EVERY, SCALE_EVERY, Pace, now
from local.platform.position_routes import PositionRoutes
from local.platform.routes import Routes
from local.platform.scaling import AutoScaling
from local.platform.seeding.secrets import bot_password, exchange_keys
from local.platform.service import StrategyService
from local.platform.status_page import StatusPage
from local.platform.tables import Tables
from local.platform.tally import Tally
from local.platform.world import ServiceWorld

BREATHER = 2.0
logger = logging.getLogger(__name__)


class StandIn:
    """The platform. It answers its routes from the first moment; it trades only once it was told to begin."""

    def __init__(self, endpoint_url: str, time_scale: float, credentials: tuple[str, str] | None) -> None:
        aws, pace, tally = Aws(endpoint_url, credentials), Pace(time_scale), Tally()
        tables, venue, fallback = Tables(aws), Venue(pace), Venue(pace)
        self._pace, self._aws, self._exchange, self._second = pace, aws, venue.exchange, fallback.exchange
        self._detector = Detector(aws, tables, tally)
        self._ecs = EcsControl(aws)
        self._scaling, page = AutoScaling(aws, pace), StatusPage()
        ordering = Ordering.of(aws, venue, pace)
        world = ServiceWorld(
            pace, tables, Journal(aws), (venue, fallback), self._detector, self._ecs, tally, page, ordering
        )
        self._service = StrategyService(world, EcsCopies(), Bots(aws, venue.exchange, ordering.flow))
        self._bots_api = FreqtradeRoutes(aws, self._service.bot, Signals())
        self._routes = Routes(
            self,
            self._service,
            MailRoutes(Mailbox(aws)),
            ExchangeRoutes(venue),
            FallbackRoutes(fallback),
            HaltRoutes(aws, self._service, page),
            ExchangeControl(venue),
            PositionRoutes(aws, venue.exchange),
            self._bots_api,
            LogRoutes(aws),
        )
        self._ended = threading.Event()
        self._begin_once = threading.Lock()
        self._threads: list[threading.Thread] = []

    async def asgi(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Everything below `/_local/`."""
        await self._routes(scope, receive, send)

    def start(self) -> None:
        """Called by the engine when it serves. The platform is not seeded yet then, so nothing begins here:
        `POST /_local/platform {"start": true}` (or `begin`) starts the service once the stack is deployed."""

    @property
    def begun(self) -> bool:
        return bool(self._threads)

    def begin(self) -> None:
        """The service beats and the detector looks from now on; does nothing the second time."""
        with self._begin_once:
            if self._threads:
                return
            for exchange, name in ((self._exchange, VENUE), (self._second, FALLBACK)):
                for account, (key, secret) in exchange_keys(self._aws, name).items():
                    exchange.add_account(account, key, secret)
            self._bots_api.doors.known = bot_password(self._aws)
            # A platform that has been trading for long: whoever is told "ready" finds its service running.
            self._ecs.run_pending()
            self._threads = [
                self._thread("strategy-service", self._service.look, LOOK_EVERY, at_once=True),
                # Its first look comes a period later: by then the service has written its first heartbeats.
                self._thread("heartbeat-detector", lambda: self._detector.look(now()), DETECT_EVERY, at_once=False),
                self._thread("auto-scaling", self._scaling.look, SCALE_EVERY, at_once=False),
            ]
            for thread in self._threads:
                thread.start()

    def stop(self) -> None:
        """Ends the threads; what they are doing ends with its present call."""
        self._ended.set()
        for thread in self._threads:
            thread.join(timeout=5)

    def _thread(self, name: str, work: Callable[[], None], every: float, *, at_once: bool) -> threading.Thread:
        def run() -> None:
            wait = 0.0 if at_once else self._pace.real(every)
            while not self._ended.wait(wait):
                begun = time.monotonic()
                try:
                    work()
                except Exception:
                    if self._ended.is_set():
                        # The engine is going down under this very call.
                        return
                    # A table that is throttled or gone is the platform's trouble, never the thread's end.
                    logger.exception("%s: one cycle failed", name)
                # With thousands of strategies a cycle is long: the rest of the time belongs to others.
                wait = max(self._pace.real(every), BREATHER * (time.monotonic() - begun))

        return threading.Thread(target=run, name=name, daemon=True)


def create(endpoint_url: str, time_scale: float, iam_credentials: tuple[str, str] | None) -> StandIn:
    """The stand-in for an embedded AWS.

    Args:
        endpoint_url: where the embedded AWS answers.
        time_scale: factor on the stand-in's own periods, above 0 and at most 1.
        iam_credentials: key id and secret under IAM enforcement; None where any will do.
    """
    return StandIn(endpoint_url, time_scale, iam_credentials)
