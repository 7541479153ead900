"""Clients of AWS, made when first used: a task pays only for the services that it names.

botocore's session is used directly; boto3 would add a tenth to a cold start and nothing that is used here.
Readings and repeatable writes are tried three times, acts once: a second try of an act is the business of
the intent that was written before it. The endpoint comes from `AWS_ENDPOINT_URL`, which botocore reads.
"""

from __future__ import annotations

from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING, Any, Final

from functions.adapters.aws_errors import Saying

if TYPE_CHECKING:
    from botocore.session import Session

# Batches of a stop are said side by side by one client.
CONNECTIONS: Final = 16


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds to connect and to wait for an answer, and how often it is said."""

    connect: float
    read: float
    tries: int


PATIENT: Final = Pace(2, 5, 3)
ONCE: Final = Pace(2, 5, 1)
# Two sentences, one after the other, give up within 2 s.
AT_ONCE: Final = Pace(0.5, 0.7, 1)
PACES: Final = {
    Saying.READ: PATIENT,
    Saying.REPEATABLE: PATIENT,
    Saying.ACT: ONCE,
    Saying.AT_ONCE: AT_ONCE,
}


class Aws:
    """One session of a container, and its clients by service and pace. Threads may share it."""

    def __init__(self, region: str) -> None:
        self.region = region
        self._session: Session | None = None
        self._clients: dict[tuple[str, Pace], Any] = {}
        self._making = Lock()

    def client(self, service: str, saying: Saying) -> Any:
        """The botocore client for this kind of sentence."""
        pace = PACES[saying]
        # A client may be shared by threads, the session that makes it may not.
        with self._making:
            made = self._clients.get((service, pace))
            if made is None:
                made = self._clients[service, pace] = self._make(service, pace)
        return made

    @property
    def session(self) -> Session:
        if self._session is None:
            from botocore.session import get_session

            self._session = get_session()
        return self._session

    def _make(self, service: str, pace: Pace) -> Any:
        from botocore.config import Config

        return self.session.create_client(
            service,
            region_name=self.region,
            config=Config(
                connect_timeout=pace.connect,
                read_timeout=pace.read,
                max_pool_connections=CONNECTIONS,
                retries={"mode": "standard", "total_max_attempts": pace.tries},
            ),
        )
