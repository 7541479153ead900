"""The exchanges by ccxt."""

from __future__ import annotations

from functions.adapters.aws import Aws
from functions.errors import Broken
from functions.ports import Clock, Exchange
from functions.settings import Settings


def exchanges(aws: Aws, settings: Settings, clock: Clock) -> Exchange:
    """Every venue of the settings, behind the one port."""
    raise Broken(f"no exchange is wired: {aws}, {settings.env}, {clock}")
