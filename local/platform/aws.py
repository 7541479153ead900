"""boto3 clients that talk to the embedded AWS, and to nothing else."""

from __future__ import annotations

import threading
from typing import Any

import boto3
from botocore.config import Config

from local.engine.disturbed.state import BYSTANDER
from local.platform.names import REGION


class Aws:
    """One client a service, made when first asked for; safe to share between threads."""

    def __init__(self, endpoint_url: str, credentials: tuple[str, str] | None = None) -> None:
        self.endpoint_url = endpoint_url
        key_id, secret = credentials or ("stand-in", "stand-in")
        self._session = boto3.Session(key_id, secret, region_name=REGION)
        self._clients: dict[str, Any] = {}
        self._lock = threading.Lock()

    def client(self, service: str) -> Any:
        with self._lock:
            if service not in self._clients:
                self._clients[service] = self._session.client(
                    service,  # type: ignore[call-overload] # stubs know literals only
                    endpoint_url=self.endpoint_url,
                    # The engine is local: an answer that takes long is a fault to be seen, not waited out.
                    config=Config(
                        connect_timeout=5,
                        read_timeout=20,
                        retries={"total_max_attempts": 2},
                        # Where AWS is in trouble on demand, the stand-in itself is not hit.
                        user_agent_extra=BYSTANDER,
                        # What the stand-in sends is its own; checking each call costs a third of its time.
                        parameter_validation=False,
                    ),
                )
            return self._clients[service]
