"""What an emergency stop and the way back from it are told by the settings."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field

from functions.model import Model


class StatusPageSettings(Model):
    """Where the outside is told. `url` takes Statuspage's `POST /v1/pages/{page}/incidents`; the token is the text
    of the secret `secret` in Secrets Manager and is sent as `Authorization: OAuth {token}`; `components` are set
    to `major_outage`."""

    url: Annotated[str, Field(pattern=r"^https?://\S+$")]
    secret: Annotated[str, Field(min_length=1, max_length=512)]
    components: tuple[str, ...] = ()


class EmergencyStopSettings(Model):
    """`risk_alarms`: CloudWatch alarms that stop everything without a person. None by default. Each must judge one
    metric by M of N points with N at least 2, must not treat missing data as breaching, and is not about
    heartbeats."""

    risk_alarms: tuple[Annotated[str, Field(min_length=1, max_length=255)], ...] = ()
    status_page: StatusPageSettings | None = None

    def with_page(self, url: str, *, secret: str) -> Self:
        """The same with the page at `url` (empty: none), its token in `secret` where it has no settings yet."""
        given = self.status_page.model_dump() if self.status_page else {"secret": secret}
        page = StatusPageSettings.model_validate({**given, "url": url}) if url else None
        return self.model_copy(update={"status_page": page})


class ResumeSettings(Model):
    """`break_glass`: whether one person alone may bring trading back once the others have been silent."""

    break_glass: bool = True
