"""The mailbox for a browser: what was sent, newest first, and one message as its reader would see it.

Nothing of a message runs: HTML stands in a frame without scripts, forms and addresses of other servers; its links
open outside of it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import quote

PATH = "/_local/mailbox"
POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"
HEADERS = {"content-security-policy": POLICY, "referrer-policy": "no-referrer", "x-content-type-options": "nosniff"}
LINK = re.compile(r"https?://[^\s<>\"']+[^\s<>\"'.,;:!?)]")
EXCERPT = 140

STYLE = Path(__file__).with_name("mailbox.css").read_text("utf-8")


def listing(messages: Sequence[Mapping[str, Any]], reader: str | None) -> str:
    """All messages, or those to one address; `messages` oldest first."""
    readers = sorted({address for message in messages for address in message["to"]})
    shown = [message for message in reversed(messages) if reader is None or reader in message["to"]]
    count = f"{len(shown)} message{'' if len(shown) == 1 else 's'}, newest first"
    rows = "".join(map(_row, shown)) or "<li><p>Nothing was sent yet.</p></li>"
    choices = "".join(_choice(address, reader) for address in (None, *readers))
    return _page(
        "Mailbox",
        f"<header><h1>Mailbox</h1><nav aria-label='Whose messages'>{choices}</nav></header>"
        f"<main><p class=meta>{count}. <a href='{escape(_address(reader))}'>Look again</a></p>"
        f"<ul>{rows}</ul></main>",
    )


def single(message: Mapping[str, Any]) -> str:
    """One message: its HTML where it has any, and its text beside."""
    subject = escape(message["subject"] or "(no subject)")
    rows = {"From": message["from"], "To": ", ".join(message["to"]), "Sent": _when(message), "By": _by(message)}
    head = "".join(f"<dt>{name}</dt><dd>{escape(str(value))}</dd>" for name, value in rows.items())
    text = f"<section aria-label='As text'><h2>As text</h2><pre>{_linked(message['text'] or '')}</pre></section>"
    parts = f"<div class=parts>{text}</div>"
    if message["html"]:
        parts = f"<div class='parts two'><section><h2>As HTML</h2>{_frame(message['html'])}</section>{text}</div>"
    return _page(
        message["subject"] or "Message",
        f"<nav><a href='{PATH}'>All messages</a></nav><main><h1>{subject}</h1><dl>{head}</dl>{parts}</main>",
    )


def missing() -> str:
    """There is no such message."""
    return _page("Not found", f"<main><h1>No such message</h1><p><a href='{PATH}'>All messages</a></p></main>")


def _frame(content: str) -> str:
    # Without `allow-scripts` and `allow-same-origin` nothing of the mail reaches this page.
    inside = escape(f'<base target="_blank">{content}')
    return (
        "<iframe title='The message as HTML' sandbox='allow-popups allow-popups-to-escape-sandbox' "
        f"referrerpolicy='no-referrer' srcdoc=\"{inside}\"></iframe>"
    )


def _row(message: Mapping[str, Any]) -> str:
    text = " ".join(str(message["text"] or "").split())
    excerpt = text[:EXCERPT] + ("…" if len(text) > EXCERPT else "")
    about = f"{_when(message)} · {_by(message)} · to {', '.join(message['to'])}"
    return (
        f"<li><a href='{PATH}/{escape(message['id'])}'><strong>{escape(message['subject'] or '(no subject)')}"
        f"</strong><span>{escape(about)}</span><span>{escape(excerpt)}</span></a></li>"
    )


def _choice(address: str | None, chosen: str | None) -> str:
    current = " aria-current=page" if address == chosen else ""
    return f"<a href='{escape(_address(address))}'{current}>{escape(address or 'Everybody')}</a> "


def _address(reader: str | None) -> str:
    return PATH if reader is None else f"{PATH}?to={quote(reader, safe='@')}"


def _by(message: Mapping[str, Any]) -> str:
    return "e-mail (SES)" if message["via"] == "ses" else "notification (SNS)"


def _when(message: Mapping[str, Any]) -> str:
    return f"{datetime.fromisoformat(message['at']):%d %b %Y, %H:%M:%S} UTC"


def _linked(text: str) -> str:
    """Escaped, with its addresses as links."""
    parts, end = [], 0
    for found in LINK.finditer(text):
        url = escape(found[0])
        parts += [escape(text[end : found.start()]), f"<a href='{url}' target=_blank rel=noreferrer>{url}</a>"]
        end = found.end()
    return "".join([*parts, escape(text[end:])])


def _page(title: str, body: str) -> str:
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{escape(title)}</title><style>{STYLE}</style><body>{body}</body></html>"
    )
