"""The stand-in status page, as Statuspage's own clients would use it."""

from __future__ import annotations

import json
import urllib.request
from typing import Any
from urllib.error import HTTPError

import pytest

from tests.local.platform.rig import Rig

INCIDENTS = "/_local/status-page/v1/pages/tradai-local/incidents"


def token(rig: Rig) -> str:
    return str(rig.client("secretsmanager").get_secret_value(SecretId="tradai-local-status-page")["SecretString"])


def ask(rig: Rig, method: str, path: str, body: object = None, key: str | None = None) -> tuple[int, Any]:
    request = urllib.request.Request(
        rig.engine.endpoint_url + path,
        None if body is None else json.dumps(body).encode(),
        {"Authorization": f"OAuth {key or token(rig)}", "Content-Type": "application/json"},
        method=method,
    )
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status, json.load(answer)
    except HTTPError as error:
        return error.code, json.load(error)


def test_an_incident_is_posted_changed_and_shown(rig: Rig) -> None:
    rig.call("DELETE", "/status-page")
    wanted = {"name": "Trading is halted", "status": "investigating", "body": "All strategies are stopped."}
    status, made = ask(rig, "POST", INCIDENTS, {"incident": {**wanted, "components": {"api": "major_outage"}}})
    assert (status, made["name"], made["components"]) == (201, "Trading is halted", {"api": "major_outage"})
    changed = {"incident": {"status": "resolved", "body": "It is over."}}
    assert ask(rig, "PATCH", f"{INCIDENTS}/{made['id']}", changed)[0] == 200
    shown = rig.call("GET", "/status-page").json["incidents"]
    assert [one["status"] for one in shown] == ["resolved"]
    assert [one["body"] for one in shown[0]["incident_updates"]] == ["It is over.", wanted["body"]]
    assert ask(rig, "GET", INCIDENTS)[1] == shown
    assert ask(rig, "GET", f"{INCIDENTS}/{made['id']}")[1] == shown[0]


def test_a_wrong_token_posts_nothing(rig: Rig) -> None:
    rig.call("DELETE", "/status-page")
    status, said = ask(rig, "POST", INCIDENTS, {"incident": {"name": "Halted"}}, key="another")
    assert (status, said) == (401, {"error": "Could not authenticate"})
    assert rig.call("GET", "/status-page").json == {"incidents": []}


@pytest.mark.parametrize(
    "body",
    [{}, {"incident": {}}, {"incident": {"name": "x", "status": "bad"}}, {"incident": {"name": "x", "y": 1}}],
)
def test_what_cannot_be_read_is_refused(rig: Rig, body: object) -> None:
    assert ask(rig, "POST", INCIDENTS, body)[0] == 422


def test_what_is_not_there_is_not_found(rig: Rig) -> None:
    assert ask(rig, "PATCH", f"{INCIDENTS}/none", {"incident": {"status": "resolved"}})[0] == 404
    assert ask(rig, "GET", "/_local/status-page/v1/pages/another/incidents")[0] == 404


def test_a_page_that_is_down_says_so_until_it_is_mended(rig: Rig) -> None:
    rig.fault("status-page-down")
    assert ask(rig, "POST", INCIDENTS, {"incident": {"name": "Halted"}})[0] == 503
    rig.call("DELETE", "/faults")
    assert ask(rig, "GET", INCIDENTS)[0] == 200
