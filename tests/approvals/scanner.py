"""What mail scanners, link previews and prefetchers do to a link, and a bit more than they do.

Seen in the wild: HEAD and GET of every link within seconds, a headless browser that runs the page's scripts and
presses every button, and form fillers that type what they find. docs/threat-model.md names the reports.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urljoin
from zlib import crc32

from tests.approvals.desk import Answer, Form, http

URLS = re.compile(r"https?://[^\s\"'<>]+")
AGENTS = (
    "Mozilla/5.0 (compatible; MSIE 9.0; Windows NT 6.1; Trident/5.0) SafeLinks",
    "Barracuda Sentinel (EE)",
    "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)",
    "Mozilla/5.0 (X11; Linux x86_64) HeadlessChrome/150.0.0.0",
)


@dataclass
class Scanner:
    """Counts its requests. Forms are sent as they stand by every agent, and with everything that can be read typed
    in by one of them: nothing on the page depends on who asks."""

    requests: int = 0
    answers: list[int] = field(default_factory=list)
    ask: Callable[..., Answer] = http

    def scan(self, mail: dict[str, Any]) -> None:
        """Every link of a mail, in text and HTML."""
        for url in sorted(set(URLS.findall(f"{mail['text']} {mail['html'] or ''}".replace("&amp;", "&")))):
            for agent in AGENTS:
                self._visit(url, agent)

    def _visit(self, url: str, agent: str) -> None:
        headers = {"User-Agent": agent}
        prefetch = {**headers, "Purpose": "prefetch", "Sec-Purpose": "prefetch"}
        self._do("HEAD", url, None, headers)
        self._do("OPTIONS", url, None, headers)
        self._do("GET", url, None, prefetch)
        page = self._do("GET", url, None, headers)
        self._follow(url, page, headers)
        self._press(url, page, headers)
        # Unsubscribe and one-click robots post without looking.
        self._do("POST", url, {"List-Unsubscribe": "One-Click"}, headers)

    def _follow(self, url: str, page: Answer, headers: dict[str, str]) -> None:
        for link in page.soup.find_all(["a", "link", "img", "script"]):
            address = str(link.get("href") or link.get("src") or "")
            if address and not address.startswith("#"):
                self._do("GET", urljoin(url, address), None, headers)

    def _press(self, url: str, page: Answer, headers: dict[str, str]) -> None:
        for form in page.forms():
            self._send(url, form, form.fields, headers)
        for form in page.forms():
            for words in typed_by(headers["User-Agent"], page):
                filled = {name: value or words for name, value in form.fields.items()}
                self._send(url, form, filled, headers)

    def _send(self, url: str, form: Form, fields: dict[str, str], headers: dict[str, str]) -> None:
        target = urljoin(url, form.action) if form.action else url
        if form.method == "post":
            self._do("POST", target, fields, headers)
        else:
            self._do("GET", target, None, headers)

    def _do(self, method: str, url: str, form: dict[str, str] | None, headers: dict[str, str]) -> Answer:
        self.requests += 1
        answer = self.ask(method, url, form, headers)
        self.answers.append(answer.status)
        return answer


def typed_by(agent: str, page: Answer) -> Iterator[str]:
    """Each agent's share, whatever else the page says by then: together they type all of it, nothing twice."""
    return (words for words in typed(page) if AGENTS[crc32(words.encode()) % len(AGENTS)] == agent)


def typed(page: Answer) -> Iterator[str]:
    """Every visible word, every visible line, and all of it."""
    lines = [line.strip() for line in page.soup.get_text("\n").split("\n") if line.strip()]
    seen = dict.fromkeys([word for line in lines for word in line.split()] + lines)
    yield from seen
    yield page.text[:200]
