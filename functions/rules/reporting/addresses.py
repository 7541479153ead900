"""Addresses of AWS's console that a report names: none is presigned, who follows one needs rights of his own."""

from __future__ import annotations

from urllib.parse import quote


def execution_url(region: str, arn: str) -> str:
    return f"{_console(region)}/states/home?region={region}#/v2/executions/details/{quote(arn, safe=':')}"


def log_group_url(region: str, name: str) -> str:
    return f"{_cloudwatch(region)}#logsV2:log-groups/log-group/{_hashed(name)}"


def alarm_url(region: str, name: str) -> str:
    return f"{_cloudwatch(region)}#alarmsV2:alarm/{quote(name, safe='')}"


def object_url(region: str, bucket: str, key: str) -> str:
    return (
        f"https://s3.console.aws.amazon.com/s3/object/{quote(bucket, safe='')}"
        f"?region={region}&prefix={quote(key, safe='/')}"
    )


def _cloudwatch(region: str) -> str:
    return f"{_console(region)}/cloudwatch/home?region={region}"


def _console(region: str) -> str:
    return f"https://{region}.console.aws.amazon.com"


def _hashed(name: str) -> str:
    """The console escapes a name behind the `#` twice, with `$` in place of the first `%`."""
    return quote(quote(name, safe=""), safe="").replace("%", "$")
