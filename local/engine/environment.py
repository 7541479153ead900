"""The process environment that ministack reads at import, set before it is imported."""

from __future__ import annotations

import os
import secrets
import tempfile
from dataclasses import dataclass
from pathlib import Path

ACCOUNT_ID = "000000000000"
REGION = "eu-central-1"

# What a child of ours inherits. Nothing of AWS_*, TRADAI_* or PYTHON*: a Lambda's process gets the engine's
# environment underneath its own, and a developer's credentials have no business there.
INHERITED = ("PATH", "HOME", "LANG", "LC_ALL", "TZ", "VIRTUAL_ENV", "SSL_CERT_FILE", "TMPDIR")


@dataclass(frozen=True)
class Credentials:
    """An access key pair of the embedded AWS."""

    access_key_id: str
    secret_access_key: str


def clean() -> dict[str, str]:
    """The environment to start an engine with: the inherited names and nothing else."""
    return {name: os.environ[name] for name in INHERITED if name in os.environ}


def new_credentials(iam: bool) -> Credentials:
    """A key pair that may do everything; without enforcement ministack's usual one."""
    if not iam:
        return Credentials("test", "test")
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
    key_id = "AKIA" + "".join(secrets.choice(alphabet) for _ in range(16))
    return Credentials(key_id, secrets.token_hex(20))


def prepare(port: int, time_scale: float, folder: Path, credentials: Credentials, iam: bool) -> None:
    """Set what ministack reads at import, and switch off what the runbooks never use.

    Docker is hidden even where there is a daemon: with one, ministack would run the stand-in service's
    image for real.
    """
    scratch = folder / "tmp"
    scratch.mkdir(parents=True, exist_ok=True)
    os.environ.update(
        MINISTACK_REGION=REGION,
        MINISTACK_ACCOUNT_ID=ACCOUNT_ID,
        MINISTACK_HOST="127.0.0.1",
        AWS_DEFAULT_REGION=REGION,
        AWS_ACCESS_KEY_ID=credentials.access_key_id,
        AWS_SECRET_ACCESS_KEY=credentials.secret_access_key,
        AUTH="true" if iam else "false",
        GATEWAY_PORT=str(port),
        BIND_HOST="127.0.0.1",
        SFN_WAIT_SCALE=str(time_scale),
        LOG_LEVEL=os.environ.get("LOG_LEVEL", "WARNING"),
        TMPDIR=str(scratch),
        STATE_DIR=str(folder / "state"),
        S3_DATA_DIR=str(folder / "s3"),
        DOCKER_HOST=f"unix://{folder}/no-docker.sock",
        IOT_MTLS_ENABLED="0",
        SFTP_ENABLED="0",
        LAMBDA_EXECUTOR="local",
    )
    tempfile.tempdir = None  # read TMPDIR again
