"""What the platform keeps in Secrets Manager."""

from __future__ import annotations

import json
from secrets import token_hex

from local.platform.aws import Aws
from local.platform.exchange.fallback import ID as FALLBACK
from local.platform.names import (
    ACCOUNTS,
    BOT_SECRET,
    BOT_USER,
    EXCHANGE_SECRETS,
    STATUS_PAGE_SECRET,
    STATUS_PAGE_TOKEN,
    VENUE,
)


def create_status_page_secret(aws: Aws) -> None:
    """The token of the stand-in status page."""
    aws.client("secretsmanager").create_secret(Name=STATUS_PAGE_SECRET, SecretString=STATUS_PAGE_TOKEN)


def create_bot_password(aws: Aws) -> None:
    """User and password of the bots' REST API, another one at each start; the stand-in reads them here."""
    text = json.dumps({"username": BOT_USER, "password": token_hex(16)})
    aws.client("secretsmanager").create_secret(Name=BOT_SECRET, SecretString=text)


def bot_password(aws: Aws) -> tuple[str, str]:
    """Raises botocore's ClientError where it is missing."""
    found = json.loads(aws.client("secretsmanager").get_secret_value(SecretId=BOT_SECRET)["SecretString"])
    return str(found["username"]), str(found["password"])


def create_exchange_keys(aws: Aws) -> None:
    """A key of each account at each stand-in venue, other ones at each start; the venues read them here."""
    for venue in (VENUE, FALLBACK):
        for account in ACCOUNTS:
            key = {"apiKey": token_hex(32), "secret": token_hex(32)}
            name = EXCHANGE_SECRETS.format(venue=venue, account=account)
            aws.client("secretsmanager").create_secret(Name=name, SecretString=json.dumps(key))


def exchange_keys(aws: Aws, venue: str = VENUE) -> dict[str, tuple[str, str]]:
    """(key, secret) by account. Raises botocore's ClientError where one is missing."""
    found = {}
    for account in ACCOUNTS:
        name = EXCHANGE_SECRETS.format(venue=venue, account=account)
        text = aws.client("secretsmanager").get_secret_value(SecretId=name)
        key = json.loads(text["SecretString"])
        found[account] = (str(key["apiKey"]), str(key["secret"]))
    return found
