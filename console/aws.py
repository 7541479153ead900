"""The session with which a command talks to AWS: one environment, named, and in its own account."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectionClosedError,
    EndpointConnectionError,
    NoCredentialsError,
    PartialCredentialsError,
    ProfileNotFound,
    SSOError,
    TokenRetrievalError,
)

from console import local_stack
from console.errors import ConsoleError, ExitCode
from console.state_file import LocalState
from functions.settings import Env, Settings
from infra.config import SettingsError, load_settings
from infra.names import Names

NO_KEYS = (NoCredentialsError, PartialCredentialsError, ProfileNotFound, SSOError, TokenRetrievalError)
BAD_KEYS = frozenset(
    {"InvalidClientTokenId", "ExpiredToken", "ExpiredTokenException", "UnrecognizedClientException",
     "SignatureDoesNotMatch", "InvalidAccessKeyId"}
)  # fmt: skip

# AWS is always behind https; plain http on this machine is the embedded one.
EMBEDDED = "http://127.0.0.1:"
EMBEDDED_IS_GONE = (EndpointConnectionError, ConnectionClosedError)


@dataclass(frozen=True)
class Aws:
    """One environment's AWS. `local` is set where it is the embedded one. `caller` is the ARN that AWS has
    verified; `unverified` says why it could not, for a stop alone."""

    settings: Settings
    session: boto3.session.Session
    local: LocalState | None = None
    caller: str | None = None
    unverified: str | None = None

    @cached_property
    def names(self) -> Names:
        return Names(self.settings)

    @property
    def env(self) -> str:
        return self.settings.env.value

    @property
    def time_scale(self) -> float:
        return self.local.time_scale if self.local else 1.0

    @property
    def look_every(self) -> float:
        """Seconds between two looks at a history: AWS allows few calls, the embedded engine many."""
        return 0.25 if self.local else 1.5

    def client(self, service: str) -> Any:
        return self._client(service, tries=5, connect=5, read=30)

    def hurried(self, service: str) -> Any:
        """Gives up within seconds: for whoever has something else to try then."""
        return self._client(service, tries=2, connect=2, read=5)

    def _client(self, service: str, *, tries: int, connect: int, read: int) -> Any:
        config = Config(
            retries={"mode": "standard", "total_max_attempts": tries}, connect_timeout=connect, read_timeout=read
        )
        endpoint = self.local.endpoint_url if self.local else None
        # boto3-stubs wants a literal name; callers here choose it.
        make: Any = self.session.client
        return make(service, endpoint_url=endpoint, config=config)

    def table(self, name: str) -> Any:
        endpoint = self.local.endpoint_url if self.local else None
        return self.session.resource("dynamodb", endpoint_url=endpoint).Table(name)


def connect(env: str | None, *, to_stop: bool = False) -> Aws:
    """The environment's AWS, or `ConsoleError`: no environment, no credentials, another account.

    `to_stop`: where AWS cannot say whose the credentials are, that is no reason not to stop; every name that a stop
    writes to holds its environment.
    """
    if not env:
        raise ConsoleError(
            ExitCode.NO_ENVIRONMENT, "no environment was named",
            f"give --env ({', '.join(one.value for one in Env)}) or set TRADAI_ENV",
        )  # fmt: skip
    if env not in [one.value for one in Env]:
        raise ConsoleError(
            ExitCode.NO_ENVIRONMENT, f"there is no environment {env!r}",
            f"there are {', '.join(one.value for one in Env)}",
        )  # fmt: skip
    try:
        settings = load_settings(env)
    except SettingsError as error:
        raise ConsoleError(ExitCode.BAD_SETTINGS, str(error), f"see infra/environments/{env}.yaml") from error
    return _embedded(settings) if settings.env is Env.LOCAL else _real(settings, to_stop=to_stop)


def _embedded(settings: Settings) -> Aws:
    state = local_stack.require()
    session = boto3.session.Session(
        aws_access_key_id=state.access_key_id or "test",
        aws_secret_access_key=state.secret_access_key or "test",
        region_name=state.region,
    )
    return Aws(settings, session, state)


def _real(settings: Settings, *, to_stop: bool) -> Aws:
    env = settings.env.value
    try:
        session = boto3.session.Session(region_name=settings.region)
        config = Config(retries={"total_max_attempts": 2}, connect_timeout=5, read_timeout=5 if to_stop else 60)
        caller = session.client("sts", config=config).get_caller_identity()
    except NO_KEYS as error:
        raise _no_credentials(env, str(error)) from error
    except ClientError as error:
        if error.response["Error"]["Code"] in BAD_KEYS:
            raise _no_credentials(env, str(error)) from error
        if to_stop:
            return Aws(settings, session, unverified=str(error))
        raise trouble(error) from error
    except BotoCoreError as error:
        if to_stop:
            return Aws(settings, session, unverified=str(error))
        raise trouble(error) from error
    account = str(caller["Account"])
    if account != settings.account_id:
        raise ConsoleError(
            ExitCode.OTHER_ACCOUNT,
            f"these credentials belong to account {account}, but {env} is account {settings.account_id}",
            "nothing was done; choose the profile of that account",
        )
    return Aws(settings, session, caller=str(caller["Arn"]))


def _no_credentials(env: str, why: str) -> ConsoleError:
    return ConsoleError(
        ExitCode.NO_CREDENTIALS, f"no AWS credentials that work for {env}: {why}",
        "sign in (`aws sso login`) or set AWS_PROFILE",
    )  # fmt: skip


def trouble(error: ClientError | BotoCoreError) -> ConsoleError:
    """AWS's own words in one line."""
    gone = str(error.kwargs.get("endpoint_url", "")) if isinstance(error, EMBEDDED_IS_GONE) else ""
    if gone.startswith(EMBEDDED):
        return ConsoleError(
            ExitCode.EMULATOR_DIED, f"the embedded AWS at {gone.rstrip('/')} is gone",
            "`runbooks local up --detach` starts one",
        )  # fmt: skip
    if isinstance(error, EndpointConnectionError):
        return ConsoleError(ExitCode.AWS_TROUBLE, str(error), "is the network up?")
    if isinstance(error, NO_KEYS):
        return ConsoleError(ExitCode.NO_CREDENTIALS, str(error), "sign in or set AWS_PROFILE")
    return ConsoleError(ExitCode.AWS_TROUBLE, str(error))
