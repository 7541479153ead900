"""Who calls: the ARN that AWS has verified, which a run's input may claim."""

from __future__ import annotations

import getpass

from botocore.exceptions import BotoCoreError, ClientError

from console.aws import Aws


def claim(aws: Aws) -> str:
    """The caller's ARN; where AWS does not tell it, the name of this machine's user, said as such."""
    if aws.caller:
        return aws.caller
    if aws.local:
        try:
            return str(aws.hurried("sts").get_caller_identity()["Arn"])
        except (ClientError, BotoCoreError):
            pass
    return f"{user()} (not verified by AWS)"


def short(claimed: str) -> str:
    """The name at an ARN's end, for the name of a direct stop."""
    return claimed.rsplit("/", 1)[-1].rsplit(":", 1)[-1]


def user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "somebody"
