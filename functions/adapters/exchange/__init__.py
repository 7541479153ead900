"""The exchanges by ccxt."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from importlib import import_module
from typing import cast

from functions.adapters.aws import Aws
from functions.adapters.exchange.adapter import CcxtExchange
from functions.adapters.exchange.client import Clients
from functions.adapters.exchange.refusals import not_configured
from functions.adapters.exchange.venues.base import VenueApi
from functions.errors import Broken
from functions.ports import Clock, Exchange
from functions.settings import Settings

# `{"binanceusdm": "http://127.0.0.1:4566/_local/exchange"}`: a stand-in's address by venue.
API_URLS = "EXCHANGE_API_URLS"


def exchanges(
    aws: Aws, settings: Settings, clock: Clock, *, environment: Mapping[str, str] = os.environ
) -> Exchange:
    """Every venue of the settings, behind the one port. Nothing is imported or read before the first call."""

    def api_of(venue: str) -> VenueApi:
        if venue not in settings.exchanges:
            raise not_configured(venue)
        try:
            # A venue's module ends in `API`.
            module = import_module(f"functions.adapters.exchange.venues.{venue}")
        except ModuleNotFoundError:
            raise not_configured(venue) from None
        return cast(VenueApi, module.API)

    return CcxtExchange(Clients(aws, settings, _urls(environment)), api_of, clock)


def _urls(environment: Mapping[str, str]) -> Mapping[str, str]:
    said = environment.get(API_URLS) or "{}"
    try:
        found = json.loads(said)
    except ValueError:
        found = None
    if not isinstance(found, dict) or not all(isinstance(url, str) for url in found.values()):
        raise Broken(f"the environment variable {API_URLS} is no JSON object of addresses by venue")
    return found
