"""What the platform keeps in Secrets Manager."""

from __future__ import annotations

from local.platform.aws import Aws
from local.platform.names import STATUS_PAGE_SECRET, STATUS_PAGE_TOKEN


def create_status_page_secret(aws: Aws) -> None:
    """The token of the stand-in status page."""
    aws.client("secretsmanager").create_secret(Name=STATUS_PAGE_SECRET, SecretString=STATUS_PAGE_TOKEN)
