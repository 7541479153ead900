"""Creates what the TradAI platform owns (CONTRACT.md, section 1), through nothing but the AWS API."""

from __future__ import annotations

from collections.abc import Sequence

from local.platform.aws import Aws
from local.platform.seeding.alerts import create_alerts
from local.platform.seeding.people import create_people
from local.platform.seeding.secrets import create_bot_password, create_exchange_keys, create_status_page_secret
from local.platform.seeding.service import create_service
from local.platform.seeding.tables import DEFAULT_STRATEGIES, StrategySeed, create_tables, put_strategies

__all__ = ["DEFAULT_STRATEGIES", "StrategySeed", "seed"]


def seed(
    endpoint_url: str,
    credentials: tuple[str, str] | None,
    strategies: Sequence[StrategySeed] = DEFAULT_STRATEGIES,
) -> None:
    """Fills an empty account of the embedded AWS with the platform's resources.

    The service's task starts as soon as ECS likes; it beats only once the stand-in was told to begin.

    Args:
        endpoint_url: of the embedded AWS.
        credentials: key id and secret; None where any will do.
        strategies: the strategies to put, each with its config.

    Raises:
        botocore.exceptions.ClientError: the account is not empty, or a call was refused.
    """
    aws = Aws(endpoint_url, credentials)
    create_tables(aws)
    put_strategies(aws, strategies)
    create_people(aws)
    create_alerts(aws)
    create_service(aws)
    create_status_page_secret(aws)
    create_exchange_keys(aws)
    create_bot_password(aws)
