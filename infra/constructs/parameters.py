"""What a deployment may replace without another template: where the probes look, where the exchanges are, where
the outside is told of a stop, and the pace of a rehearsal."""

from __future__ import annotations

from aws_cdk import CfnParameter
from constructs import Construct

from functions.settings import Settings

# In the order of the settings' venues; a setting with fewer of them has fewer parameters.
VENUES = (("ExchangeUrl", "EXCHANGE_URL"), ("FallbackExchangeUrl", "FALLBACK_EXCHANGE_URL"))

# Whoever answers there sees the accounts' keys: a deployment may name addresses of the machine itself, no others.
_PAIR = r'"[a-z]+": "http://127\.0\.0\.1:[0-9]+/[^"]*"'
ON_THIS_MACHINE = rf"\{{({_PAIR}(, {_PAIR})*)?\}}"
# Likewise: whoever answers there sees the bots' password.
STRATEGIES_ON_THIS_MACHINE = r"(http://127\.0\.0\.1:[0-9]+/[^\s@?#]*)?"


def probe_addresses(stack: Construct, settings: Settings) -> dict[str, str]:
    """The environment variables of the probes, by CloudFormation parameters with the settings as defaults."""
    connectivity = settings.connectivity
    venues = [(*names, url) for names, url in zip(VENUES, connectivity.exchange.values(), strict=False)]
    addresses = [
        *venues,
        ("DatabaseProbeUrl", "DATABASE_PROBE_URL", connectivity.database),
        ("NetworkProbeUrl", "NETWORK_PROBE_URL", connectivity.network),
    ]
    return {
        variable: CfnParameter(
            stack,
            name,
            default=default,
            allowed_pattern=r"(https?|tcp)://\S+",
            description=f"{name}: http(s)://... or tcp://host:port",
        ).value_as_string
        for name, variable, default in addresses
    }


def exchange_api_urls(stack: Construct) -> dict[str, str]:
    """The environment variable of the exchanges' addresses: a JSON object `{venue: base URL}`. A venue that it does
    not name is spoken to at its own address."""
    parameter = CfnParameter(
        stack,
        "ExchangeApiUrls",
        default="{}",
        allowed_pattern=ON_THIS_MACHINE,
        description="For rehearsals only: other base addresses of the exchanges, as a JSON object by venue",
    )
    return {"EXCHANGE_API_URLS": parameter.value_as_string}


def strategy_api(stack: Construct) -> dict[str, str]:
    """The environment variable of another address of the strategies' API; empty: the settings' own."""
    parameter = CfnParameter(
        stack,
        "StrategyApiUrl",
        default="",
        allowed_pattern=STRATEGIES_ON_THIS_MACHINE,
        description="For rehearsals only: another base address of freqtrade's API, with {strategy_id}",
    )
    return {"STRATEGY_API_URL": parameter.value_as_string}


def time_scale(stack: Construct, settings: Settings) -> dict[str, str]:
    """The environment variable of the pace at which people are to answer."""
    parameter = CfnParameter(
        stack,
        "TimeScale",
        type="Number",
        default=f"{settings.time_scale:g}",
        min_value=0.001,
        max_value=1,
        description="For rehearsals only: by how much the time that people have to answer is shortened",
    )
    return {"TIME_SCALE": parameter.value_as_string}


def status_page(stack: Construct, settings: Settings) -> dict[str, str]:
    """The environment variable of the status page's address; empty: there is none."""
    page = settings.emergency_stop.status_page
    parameter = CfnParameter(
        stack,
        "StatusPageUrl",
        default=page.url if page else "",
        allowed_pattern=r"(https?://\S+)?",
        description="StatusPageUrl: where an emergency stop tells the outside, http(s)://...; empty: nowhere",
    )
    return {"STATUS_PAGE_URL": parameter.value_as_string}
