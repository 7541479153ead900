"""What a deployment may replace without another template: where the probes look, and the pace of a rehearsal."""

from __future__ import annotations

from aws_cdk import CfnParameter
from constructs import Construct

from functions.settings import Settings

FIRST_VENUE = "binanceusdm"


def probe_addresses(stack: Construct, settings: Settings) -> dict[str, str]:
    """The environment variables of the probes, by CloudFormation parameters with the settings as defaults."""
    connectivity = settings.connectivity
    defaults = {
        "ExchangeUrl": connectivity.exchange[FIRST_VENUE],
        "DatabaseProbeUrl": connectivity.database,
        "NetworkProbeUrl": connectivity.network,
    }
    values = {
        name: CfnParameter(
            stack,
            name,
            default=default,
            allowed_pattern=r"(https?|tcp)://\S+",
            description=f"{name}: http(s)://... or tcp://host:port",
        ).value_as_string
        for name, default in defaults.items()
    }
    return {
        "EXCHANGE_URL": values["ExchangeUrl"],
        "DATABASE_PROBE_URL": values["DatabaseProbeUrl"],
        "NETWORK_PROBE_URL": values["NetworkProbeUrl"],
    }


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
