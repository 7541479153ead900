"""The `/_local/` routes of a running embedded AWS, over plain HTTP on this machine."""

from __future__ import annotations

import json
from http.client import HTTPException
from typing import Any, cast
from urllib.error import HTTPError, URLError
from urllib.request import ProxyHandler, Request, build_opener

from console.errors import ConsoleError, ExitCode

# A proxy from the environment must never see, nor be needed for, 127.0.0.1.
_open = build_opener(ProxyHandler({})).open

GONE = "`runbooks local up` starts it; its log is below .local/engines/"


class LocalApi:
    """Speaks to one engine. Every method raises `ConsoleError` where nobody answers or the answer is no."""

    def __init__(self, endpoint_url: str, timeout: float = 10.0) -> None:
        self._base, self._timeout = endpoint_url.rstrip("/"), timeout

    def health(self) -> dict[str, Any] | None:
        """None where nothing (of ours) answers. Never raises."""
        try:
            answer = self._call("GET", "/_local/health")
        except ConsoleError:
            return None
        return answer if isinstance(answer, dict) and "ready" in answer else None

    def faults(self) -> dict[str, Any]:
        return cast(dict[str, Any], self._call("GET", "/_local/faults"))

    def break_with(self, name: str, *, strategy: str | None = None, count: int | None = None) -> Any:
        wish: dict[str, Any] = {"name": name}
        if strategy is not None:
            wish["strategy"] = strategy
        if count is not None:
            wish["count"] = count
        return self._call("POST", "/_local/faults", wish)

    def clear_faults(self) -> Any:
        return self._call("DELETE", "/_local/faults")

    def stats(self) -> dict[str, Any]:
        return cast(dict[str, Any], self._call("GET", "/_local/stats"))

    def forget_stats(self) -> None:
        """Counts begin at zero again."""
        self._call("DELETE", "/_local/stats")

    def open_position(self, wish: dict[str, Any]) -> dict[str, Any]:
        return cast(dict[str, Any], self._call("POST", "/_local/positions", wish))

    def positions(self) -> dict[str, Any]:
        """`table`: how many by status; `venue`: what each account holds."""
        return cast(dict[str, Any], self._call("GET", "/_local/positions"))

    def put_log_lines(self, count: int, failures: dict[str, int]) -> None:
        """A busy hour in the service's log: so many lines, among them failed orders by the venue's code."""
        self._call("POST", "/_local/log-lines", {"count": count, "failures": failures})

    def remove_log_lines(self) -> None:
        self._call("DELETE", "/_local/log-lines")

    def start_platform(self) -> Any:
        return self._call("POST", "/_local/platform", {"start": True})

    def _call(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        request = Request(  # noqa: S310 - the address is the one that our own engine printed
            self._base + path,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Content-Type": "application/json", "Accept": "application/json"},
            method=method,
        )
        try:
            with _open(request, timeout=self._timeout) as response:
                text = response.read().decode("utf-8")
        except HTTPError as error:
            raise ConsoleError(ExitCode.USAGE, _refusal(error)) from None
        except (URLError, OSError, HTTPException) as error:
            reason = getattr(error, "reason", error)
            raise ConsoleError(
                ExitCode.LOCAL_NOT_RUNNING,
                f"the embedded AWS at {self._base} does not answer ({reason})",
                GONE,
            ) from None
        try:
            return json.loads(text) if text else {}
        except ValueError:
            raise ConsoleError(
                ExitCode.LOCAL_NOT_RUNNING,
                f"something else than the embedded AWS answers at {self._base}",
                GONE,
            ) from None


def _refusal(error: HTTPError) -> str:
    """The stand-in's own words, where it gave any."""
    text = error.read().decode("utf-8", "replace")
    try:
        said = json.loads(text)
    except ValueError:
        said = None
    if isinstance(said, dict):
        for key in ("error", "message"):
            if isinstance(said.get(key), str):
                return str(said[key])
    return f"the stand-in platform answered {error.code} to {error.url}"
