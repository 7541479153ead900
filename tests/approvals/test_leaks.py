"""Neither the task token nor a key is anywhere but where it must be, after everything that can happen to them."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from console.main import cli
from tests.approvals.desk import APPROVALS, Asked, Desk, http, key_of
from tests.e2e.platform import INCIDENTS


def test_the_token_and_the_keys_stand_nowhere_that_anybody_reads(desk: Desk) -> None:
    asked = desk.ask()
    link = asked.links["alice"]
    pages = walk(desk, asked)
    assert desk.result(asked)["decision"] == "raise"
    secrets = {"task token": token(desk, asked), "key": key_of(link)}
    secrets["key's hash"] = hashlib.sha256(secrets["key"].encode()).hexdigest()
    for where, text in everything(desk, asked, pages):
        for what, secret in secrets.items():
            own_mail = what == "key" and where == "mail to alice"
            assert own_mail or secret not in text, f"{what} in {where}"


def test_a_mail_holds_one_link_and_that_is_the_reader_s_own(desk: Desk) -> None:
    asked = desk.ask(kind="change")
    desk.until(lambda: desk.links(asked).get("bob"), "the second wave is asked", 90)
    keys = {person: key_of(link) for person, link in asked.links.items()}
    assert len(set(keys.values())) == len(keys) > 1
    for mail in desk.mails():
        if asked.approval_id in mail["text"]:
            person = mail["to"][0].partition("@")[0]
            for other, key in keys.items():
                for part in ("text", "html", "subject"):
                    there = key in str(mail[part])
                    assert there is (other == person and part != "subject"), (person, other, part)


def walk(desk: Desk, asked: Asked) -> list[str]:
    """Everything that a page may say, right and wrong; returns what it said."""
    link = asked.links["alice"]
    bare = link.partition("?")[0]
    page = desk.page(link)
    form = page.form_of("raise")
    answers = [
        page,
        http("GET", bare),
        http("GET", f"{bare}?k=wrong"),
        http("PUT", link),
        http("POST", link, {"decision": "raise"}),
        desk.send(link, form, confirm="wrong"),
        desk.send(link, form, confirm=form.phrase, form="forged"),
        desk.send(link, form, confirm=form.phrase, note="x" * 5_000),
        desk.answer(link, "raise", note="known"),
        desk.page(link),
        desk.send(link, form, confirm=form.phrase),
    ]
    # A page's forms are sent to the page's own address; the key may stand in that address alone.
    return [f"{answer.body} {answer.headers}" for answer in answers]


def token(desk: Desk, asked: Asked) -> str:
    """As only the table has it, for whoever may read the table."""
    item = desk.platform.client("dynamodb").get_item(
        TableName=APPROVALS, Key={"approval_id": {"S": asked.approval_id}}
    )["Item"]
    return str(item["task_token"]["S"])


def everything(desk: Desk, asked: Asked, pages: list[str]) -> Iterator[tuple[str, str]]:
    platform = desk.platform
    for number, page in enumerate(pages):
        yield f"page {number}", page
    for message in platform.http("GET", "/_local/mailbox")["messages"]:
        to = message["to"][0].partition("@")[0] if message["via"] == "ses" else "the topic"
        yield f"mail to {to}", json.dumps(message)
    yield from logs(desk)
    yield "the incident", json.dumps(platform.item(INCIDENTS, asked.incident_id), default=str)
    yield "the outputs of the history", json.dumps(outputs_of(desk, asked), default=str)
    yield "the execution", json.dumps(platform.describe(asked.execution), default=str)
    yield from console(desk, asked)


def outputs_of(desk: Desk, asked: Asked) -> list[dict[str, Any]]:
    """The history without the one event in which AWS itself keeps the token: what `watch` reads holds it, so that
    its redaction is tested, and docs/threat-model.md names who may read it."""
    history = desk.platform.history(asked.execution)
    scheduled = [event for event in history if event["type"] == "TaskScheduled"]
    assert token(desk, asked) in json.dumps(scheduled, default=str), "not in AWS's shape: the redaction has no task"
    return [event for event in history if event["type"] != "TaskScheduled"]


def logs(desk: Desk) -> Iterator[tuple[str, str]]:
    """Every log group, and what the engine itself wrote."""
    client, found = desk.platform.client("logs"), 0
    for page in client.get_paginator("describe_log_groups").paginate():
        for group in page["logGroups"]:
            name = group["logGroupName"]
            for stream in client.describe_log_streams(logGroupName=name)["logStreams"]:
                events = client.get_log_events(logGroupName=name, logStreamName=stream["logStreamName"])["events"]
                found += len(events)
                yield f"log {name}", "\n".join(event["message"] for event in events)
    assert found, "no log line was read, so that this shows nothing"
    for path in Path(os.environ["TRADAI_LOCAL_DIR"]).rglob("*.log"):
        yield f"log {path.name}", path.read_text("utf-8", "replace")


def console(desk: Desk, asked: Asked) -> Iterator[tuple[str, str]]:
    for command in (
        ["watch", asked.execution, "--env", "local"],
        ["watch", asked.execution, "--env", "local", "--json"],
        ["incidents", "show", asked.incident_id, "--env", "local"],
        ["approvals", "show", asked.approval_id, "--env", "local"],
        ["approvals", "show", asked.approval_id, "--env", "local", "--json"],
        ["approvals", "list", "--env", "local", "--json"],
    ):
        result: Any = CliRunner().invoke(cli, command)
        assert result.exit_code == 0, (command, result.output, result.exception)
        assert result.output.strip(), command
        yield f"runbooks {' '.join(command)}", result.output
