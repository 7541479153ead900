"""Clients of AWS, made when first used: a task pays only for the services that it names.

botocore's session is used directly; boto3 would add a tenth to a cold start and nothing that is used here.
Readings and repeatable writes are tried three times, acts once: a second try of an act is the business of
the intent that was written before it. The endpoint comes from `AWS_ENDPOINT_URL`, which botocore reads.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from functions.adapters.aws_errors import Saying

if TYPE_CHECKING:
    from botocore.session import Session

CONNECT_SECONDS: Final = 2
READ_SECONDS: Final = 5
READ_TRIES: Final = 3


class Aws:
    """One session of a container, and its clients by service and number of tries."""

    def __init__(self, region: str) -> None:
        self.region = region
        self._session: Session | None = None
        self._clients: dict[tuple[str, int], Any] = {}

    def client(self, service: str, saying: Saying) -> Any:
        """The botocore client for this kind of sentence."""
        tries = 1 if saying is Saying.ACT else READ_TRIES
        made = self._clients.get((service, tries))
        if made is None:
            made = self._clients[service, tries] = self._make(service, tries)
        return made

    @property
    def session(self) -> Session:
        if self._session is None:
            from botocore.session import get_session

            self._session = get_session()
        return self._session

    def _make(self, service: str, tries: int) -> Any:
        from botocore.config import Config

        return self.session.create_client(
            service,
            region_name=self.region,
            config=Config(
                connect_timeout=CONNECT_SECONDS,
                read_timeout=READ_SECONDS,
                retries={"mode": "standard", "total_max_attempts": tries},
            ),
        )
