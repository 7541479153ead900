"""The stand-in status page: Statuspage's API below `/_local/status-page`, and what was posted there, for people.

Source: Statuspage API, "Incidents": POST and GET /v1/pages/{page}/incidents, GET and PATCH .../incidents/{id},
`Authorization: OAuth {token}`, 401, 404, 422 with `{"error": ...}`.
"""

from __future__ import annotations

import asyncio
from secrets import token_hex
from typing import Any

from local.platform.http import Answer, BadRequest, Request
from local.platform.names import STATUS_PAGE, STATUS_PAGE_TOKEN
from local.platform.pace import now, stamp

INCIDENTS = f"/v1/pages/{STATUS_PAGE}/incidents"
STATUSES = ("investigating", "identified", "monitoring", "resolved")
WANTED = {"name", "status", "body", "components", "component_ids", "impact_override", "deliver_notifications"}


class StatusPage:
    """`down`: it answers 503, after `seconds`."""

    def __init__(self) -> None:
        self.down = False
        self.seconds = 0.0
        self._incidents: list[dict[str, Any]] = []

    def forget(self) -> None:
        self._incidents.clear()

    async def answer(self, request: Request, path: str) -> Answer:
        """`path` is what follows `/_local/status-page`; without one everybody may look, and DELETE empties it."""
        if path in ("", "/"):
            if request.method == "DELETE":
                self.forget()
            return Answer.json({"incidents": self._incidents})
        if self.down:
            await asyncio.sleep(self.seconds)
            return Answer.json({"error": "Service unavailable"}, 503)
        if request.headers.get("authorization") != f"OAuth {STATUS_PAGE_TOKEN}":
            return Answer.json({"error": "Could not authenticate"}, 401)
        if path == INCIDENTS and request.method == "GET":
            return Answer.json(self._incidents)
        try:
            if path == INCIDENTS and request.method == "POST":
                return self._post(_fields(request))
            found = next((one for one in self._incidents if path == f"{INCIDENTS}/{one['id']}"), None)
            if found is not None and request.method in ("PATCH", "PUT"):
                return self._change(found, _fields(request))
        except BadRequest as error:
            return Answer.json({"error": [str(error)]}, 422)
        if found is not None and request.method == "GET":
            return Answer.json(found)
        return Answer.json({"error": "Not found"}, 404)

    def _post(self, fields: dict[str, Any]) -> Answer:
        if not fields.get("name"):
            raise BadRequest("Name can't be blank")
        at = stamp(now())
        made = {
            "id": token_hex(6),
            "page_id": STATUS_PAGE,
            "name": fields["name"],
            "status": fields.get("status", "investigating"),
            "created_at": at,
            "components": fields.get("components", {}),
            "incident_updates": [],
        }
        self._incidents.append(made)
        return self._change(made, fields, 201)

    def _change(self, incident: dict[str, Any], fields: dict[str, Any], status: int = 200) -> Answer:
        at = stamp(now())
        incident["status"] = fields.get("status", incident["status"])
        incident["updated_at"] = at
        incident["components"] |= fields.get("components", {})
        if "body" in fields:
            update = {"status": incident["status"], "body": fields["body"], "created_at": at}
            # The newest first, as Statuspage lists them.
            incident["incident_updates"].insert(0, update)
        return Answer.json(incident, status)


def _fields(request: Request) -> dict[str, Any]:
    """The members of `incident`. Raises BadRequest."""
    fields = request.fields().get("incident")
    if not isinstance(fields, dict):
        raise BadRequest("param is missing or the value is empty: incident")
    if unknown := sorted(set(fields) - WANTED):
        raise BadRequest(f"unknown here: {', '.join(unknown)}")
    if fields.get("status", STATUSES[0]) not in STATUSES:
        raise BadRequest("Status is not included in the list")
    return fields
