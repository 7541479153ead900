"""What the console reads of AWS on one port: the incidents table, the stack's outputs, the bucket, and the API."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote

from boto3.dynamodb.types import TypeSerializer

from console import state_file
from console.state_file import LocalState
from tests.console.fakes import HEALTHY, Answer

BUCKET = "reports-1"


@dataclass
class FakeAws:
    """`items` by incident id; `objects` by key; `denied`: the error code with which the bucket answers; `outputs`
    of the stack; `answers` by `METHOD /path`; `said` is what the API was told."""

    items: dict[str, dict[str, Any]] = field(default_factory=dict)
    objects: dict[str, bytes] = field(default_factory=dict)
    denied: str | None = None
    outputs: dict[str, str] = field(default_factory=lambda: {"ReportsBucket": BUCKET})
    answers: dict[str, Answer] = field(default_factory=lambda: dict(HEALTHY))
    said: list[tuple[str, Any]] = field(default_factory=list)
    page: int = 2

    def put(self, incident_id: str, **fields: Any) -> dict[str, Any]:
        made = {
            "incident_id": incident_id, "runbook": "stale-heartbeat", "opened_at": "2026-03-01T03:00:00.000000Z",
            "closed_at": "2026-03-01T03:10:00.000000Z", "outcome": "resolved", "cause": "service_crashed",
            "report_key": f"incidents/{incident_id}/report.html", **fields,
        }  # fmt: skip
        self.items[incident_id] = {name: value for name, value in made.items() if value is not None}
        return self.items[incident_id]

    def answer(self, method: str, path: str, target: str, body: str) -> tuple[int, bytes]:
        if target.endswith(".GetItem"):
            item = self.items.get(json.loads(body)["Key"]["incident_id"]["S"])
            return 200, _json({"Item": _packed(item)} if item else {})
        if target.endswith(".Scan"):
            return 200, _json(self._scan(json.loads(body)))
        if "Action=DescribeStacks" in body:
            return 200, self._stack()
        if method == "GET" and path.startswith(f"/{BUCKET}/"):
            return self._object(unquote(path).removeprefix(f"/{BUCKET}/"))
        key = f"{method} {path}"
        self.said.append((key, json.loads(body) if body else None))
        status, told = self.answers.get(key, (404, {"message": "There is no such incident."}))
        return status, _json(told)

    def _scan(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        """Two items a page, and of each only what was asked for."""
        named, ids = asked["ExpressionAttributeNames"], sorted(self.items)
        wanted = {named[one.strip()] for one in asked["ProjectionExpression"].split(",")}
        start = asked.get("ExclusiveStartKey", {}).get("incident_id", {}).get("S", "")
        left = [one for one in ids if one > start]
        page = left[: self.page]
        items = [_packed({k: v for k, v in self.items[one].items() if k in wanted}) for one in page]
        more = {"LastEvaluatedKey": {"incident_id": {"S": page[-1]}}} if len(left) > len(page) else {}
        return {"Items": items, "Count": len(items), **more}

    def _stack(self) -> bytes:
        outputs = "".join(
            f"<member><OutputKey>{key}</OutputKey><OutputValue>{value}</OutputValue></member>"
            for key, value in self.outputs.items()
        )
        return (
            '<DescribeStacksResponse xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/"><DescribeStacksResult>'
            "<Stacks><member><StackName>s</StackName><StackStatus>CREATE_COMPLETE</StackStatus>"
            f"<CreationTime>2026-03-01T00:00:00Z</CreationTime><Outputs>{outputs}</Outputs></member></Stacks>"
            "</DescribeStacksResult></DescribeStacksResponse>"
        ).encode()

    def _object(self, key: str) -> tuple[int, bytes]:
        code = self.denied or (None if key in self.objects else "NoSuchKey")
        if code is None:
            return 200, self.objects[key]
        return (
            404 if code == "NoSuchKey" else 403,
            f"<Error><Code>{code}</Code><Message>no</Message></Error>".encode(),
        )


@contextmanager
def fake_aws() -> Iterator[FakeAws]:
    """Served on 127.0.0.1, with the state file that makes it the embedded AWS of this test."""
    fake = FakeAws()

    class Handler(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
            target = self.headers.get("X-Amz-Target", "")
            status, data = fake.answer(self.command, self.path.split("?")[0], target, body)
            self.send_response(status)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        do_GET = do_POST = _answer

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    url = f"http://127.0.0.1:{server.server_port}"
    state_file.write(
        LocalState(
            endpoint_url=url, pid=os.getpid(), time_scale=1, mailbox_url=url, exchange_url=url,
            approvals_url=f"{url}/api",
        )
    )  # fmt: skip
    try:
        yield fake
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)


def _packed(item: Mapping[str, Any]) -> dict[str, Any]:
    pack = TypeSerializer().serialize
    return {key: pack(value) for key, value in item.items()}


def _json(value: Any) -> bytes:
    return json.dumps(value).encode()
