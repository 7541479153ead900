"""The mailbox: everything that was sent, for programs and for people, and nothing of it runs."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

import pytest

from local.platform.mailbox_page import listing, single
from tests.local.platform.rig import Rig

ALERTS = "arn:aws:sns:eu-central-1:000000000000:tradai-local-alerts"
EVIL = "<script>alert(1)</script><img src=http://127.0.0.1:1/seen.png><a href='http://127.0.0.1:1/x?k=1&amp;b=2'>go</a>"


def send(rig: Rig, to: str, subject: str, text: str = "t", html: str | None = None) -> None:
    body: dict[str, Any] = {"Text": {"Data": text}}
    if html is not None:
        body["Html"] = {"Data": html}
    rig.client("sesv2").send_email(
        FromEmailAddress="runbooks@tradai.example",
        Destination={"ToAddresses": [to]},
        Content={"Simple": {"Subject": {"Data": subject}, "Body": body}},
    )


def messages(rig: Rig) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = rig.call("GET", "/mailbox").json["messages"]
    return found


class Tags(HTMLParser):
    """Every tag of a page with its attributes."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def of(self, name: str) -> list[dict[str, str | None]]:
        return [attributes for tag, attributes in self.found if tag == name]


def test_programs_get_every_message_whole_in_the_order_of_sending(rig: Rig) -> None:
    before = len(messages(rig))
    send(rig, "one@tradai.example", "first", html="<p>one</p>")
    messages(rig)
    rig.client("sns").publish(TopicArn=ALERTS, Subject="second", Message="m")
    messages(rig)
    send(rig, "one@tradai.example", "third")
    sent = messages(rig)[before:]
    assert [one["subject"] for one in sent if one["subject"] in ("first", "second", "third")] == [
        "first",
        "second",
        "third",
    ]
    (first,) = [one for one in sent if one["subject"] == "first"]
    assert (first["via"], first["html"], first["text"]) == ("ses", "<p>one</p>", "t")
    assert first["at"].endswith("Z")
    assert rig.call("GET", f"/mailbox/{first['id']}").json == first
    assert len({one["id"] for one in messages(rig)}) == len(messages(rig))


def test_people_get_a_list_newest_first_that_can_be_cut_to_one_reader(rig: Rig) -> None:
    send(rig, "list-a@tradai.example", "older for A")
    send(rig, "list-b@tradai.example", "newer for <B>")
    page = rig.call("GET", "/mailbox", accept="text/html").text
    assert page.index("newer for &lt;B&gt;") < page.index("older for A")
    own = rig.call("GET", "/mailbox?to=list-a@tradai.example", accept="text/html").text
    assert "older for A" in own
    assert "newer for" not in own


def test_a_message_is_shown_in_a_frame_without_scripts_and_as_text_beside(rig: Rig) -> None:
    send(rig, "frame@tradai.example", "framed", "Answer: http://127.0.0.1:1/x?k=1&b=2.\n<b>", EVIL)
    (message,) = [one for one in messages(rig) if one["subject"] == "framed"]
    reply = rig.call("GET", f"/mailbox/{message['id']}", accept="text/html")
    policy = reply.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    assert reply.headers["referrer-policy"] == "no-referrer"
    page = Tags(reply.text)
    (frame,) = page.of("iframe")
    assert set((frame["sandbox"] or "").split()) == {"allow-popups", "allow-popups-to-escape-sandbox"}
    assert (frame["srcdoc"] or "").endswith(EVIL)
    assert page.of("script") == page.of("img") == page.of("form") == []
    assert "http://127.0.0.1:1/x?k=1&b=2" in [link["href"] for link in page.of("a")]
    assert "&lt;b&gt;" in reply.text


def test_a_message_that_is_not_there_is_not_found(rig: Rig) -> None:
    assert rig.call("GET", "/mailbox/000000000000").status == 404
    page = rig.call("GET", "/mailbox/000000000000", accept="text/html")
    assert (page.status, page.headers["content-type"]) == (404, "text/html; charset=utf-8")


@pytest.mark.parametrize("field", ["subject", "text", "from", "id"])
def test_markup_in_any_field_stays_text(field: str) -> None:
    message = {
        "id": "a1",
        "via": "ses",
        "at": "2026-01-01T00:00:00.000Z",
        "from": "a@b",
        "to": ["<i>x</i>@b", "'y@b"],
        "subject": "s",
        "text": "t",
        "html": None,
    }
    message[field] = "<script>'\"</script>"
    for page in (listing([message], None), listing([message], "'y@b"), single(message)):
        assert Tags(page).of("script") == []
        assert "<i>" not in page
