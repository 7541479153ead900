"""The AWS_IAM routes of the approvals API: signed with the caller's own credentials, told in plain words.

Who decides is the ARN that AWS verified, never a name that the caller gives. A request is sent once: whether a
vote whose answer was lost has arrived is asked, not guessed.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Protocol
from urllib.parse import quote

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.exceptions import HTTPClientError
from botocore.httpsession import URLLib3Session
from botocore.utils import get_environ_proxies

from console.aws import Aws
from console.errors import ConsoleError, ExitCode
from console.outputs import output
from console.redact import redact

SERVICE: Final = "execute-api"
OUTPUT: Final = "ApprovalsUrl"
SECONDS: Final = 30

# What each refusal of the API means for whoever sits at the command line; `{}` is `approvals` or `incidents`.
REFUSED: Final[Mapping[int, tuple[ExitCode, str]]] = {
    400: (ExitCode.NOT_TAKEN, "nothing was changed"),
    403: (ExitCode.NOT_AN_APPROVER, "nothing was changed"),
    404: (ExitCode.NOT_FOUND, "`runbooks {} list` shows what there is"),
    413: (ExitCode.NOT_TAKEN, "nothing was changed"),
    409: (ExitCode.TOO_LATE, "`runbooks {} show` says how it stands"),
    410: (ExitCode.TOO_LATE, "`runbooks {} show` says how it stands"),
    422: (ExitCode.NOT_TAKEN, "`runbooks {} show` says what can be chosen"),
    429: (ExitCode.TOO_SOON, "nothing was changed"),
}  # fmt: skip


class Sends(Protocol):
    """botocore's HTTP session, as far as it is used."""

    def send(self, request: Any) -> Any: ...


@dataclass(frozen=True)
class Operators:
    """Speaks for the caller of the command. Every method raises `ConsoleError` where the answer is no."""

    aws: Aws
    url: str
    session: Sends

    @classmethod
    def of(cls, aws: Aws) -> Operators:
        url = approvals_url(aws)
        proxies = {} if aws.local else get_environ_proxies(url)
        return cls(aws, url, URLLib3Session(proxies=proxies, timeout=SECONDS))

    def approvals(self) -> list[dict[str, Any]]:
        found = self._call("GET", "/operators/approvals").get("approvals", [])
        return [dict(one) for one in found if isinstance(one, dict)]

    def approval(self, approval_id: str) -> dict[str, Any]:
        return self._call("GET", f"/operators/approvals/{quote(approval_id, safe='')}")

    def decide(
        self, approval_id: str, *, decision: str, confirm: str, note: str | None, until: str | None, members: int
    ) -> dict[str, Any]:
        """`members`: for how many others the caller was shown to decide; one more of them makes it ask again."""
        vote = {
            "decision": decision, "confirm": confirm, "note": note, "until": until, "members": str(members),
        }  # fmt: skip
        return self._call("POST", f"/operators/approvals/{quote(approval_id, safe='')}", vote)

    def acknowledge(self, incident_id: str) -> dict[str, Any]:
        return self._call("POST", f"/operators/incidents/{quote(incident_id, safe='')}/acknowledge", {})

    def ratify(self, incident_id: str, note: str | None) -> dict[str, Any]:
        """Stands behind what another person has decided alone by breaking the glass; closes the incident."""
        return self._call("POST", f"/operators/incidents/{quote(incident_id, safe='')}/ratify", {"note": note})

    def note(self, incident_id: str, said: Mapping[str, str]) -> dict[str, Any]:
        """Appends `root_cause`, `prevention` and `note`, as far as they are given."""
        return self._call("POST", f"/operators/incidents/{quote(incident_id, safe='')}/note", said)

    def _call(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> dict[str, Any]:
        status, headers, text = self._send(method, path, body)
        try:
            said = json.loads(text)
        except ValueError:
            said = None
        answer = redact(said) if isinstance(said, dict) else {}
        if 200 <= status < 300 and isinstance(said, dict):
            return answer
        raise self._refusal(status, headers, answer, path.split("/")[2])

    def _send(self, method: str, path: str, body: Mapping[str, Any] | None) -> tuple[int, Mapping[str, str], str]:
        credentials = self.aws.session.get_credentials()
        if credentials is None:
            raise ConsoleError(ExitCode.NO_CREDENTIALS, "no AWS credentials", "sign in or set AWS_PROFILE")
        request = AWSRequest(
            method=method,
            url=self.url.rstrip("/") + path,
            data=None if body is None else json.dumps(body, ensure_ascii=False).encode(),
            headers={"Accept": "application/json", "Content-Type": "application/json"},
        )
        SigV4Auth(credentials.get_frozen_credentials(), SERVICE, self.aws.settings.region).add_auth(request)
        try:
            response = self.session.send(request.prepare())
            return int(response.status_code), response.headers, str(response.text)
        except HTTPClientError as error:
            raise self._unheard(method, path.split("/")[2], error) from error

    def _unheard(self, method: str, about: str, error: Exception) -> ConsoleError:
        where = f"the approvals API at {self.url.rstrip('/')} did not answer"
        if method == "GET":
            return ConsoleError(ExitCode.AWS_TROUBLE, f"{where} ({error})", "is the network up?")
        return ConsoleError(
            ExitCode.AWS_TROUBLE, f"{where}, and whether it took this is not known ({error})",
            f"look with `runbooks {about} show` before doing it again",
        )  # fmt: skip

    def _refusal(
        self, status: int, headers: Mapping[str, str], answer: Mapping[str, Any], about: str
    ) -> ConsoleError:
        said = str(answer.get("message") or answer.get("Message") or f"the approvals API answered {status}")
        if status not in REFUSED:
            return ConsoleError(ExitCode.AWS_TROUBLE, said, f"HTTP {status} from {self.url.rstrip('/')}")
        code, hint = REFUSED[status][0], REFUSED[status][1].format(about)
        if status == 422 and about == "incidents":
            hint = "nothing was kept"
        if status == 403 and said in ("Forbidden", "Missing Authentication Token"):
            said = "the approvals API does not let these credentials in"
            hint = "they need execute-api:Invoke on its /operators routes"
        seconds = headers.get("Retry-After")
        if status == 409 and seconds:
            # It is not too late: an answer that opens later is taken then.
            code, hint = ExitCode.TOO_SOON, "nothing was changed"
        if status in (409, 429) and seconds:
            hint = f"{hint}; try again in {seconds} s"
        return ConsoleError(code, said, hint)


def approvals_url(aws: Aws) -> str:
    """From the embedded AWS's state file, else from the stack's output."""
    if aws.local and aws.local.approvals_url:
        return aws.local.approvals_url
    return output(aws, OUTPUT)
