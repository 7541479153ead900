"""The mailbox in a real browser: readable on a phone, links that open, and nothing of a mail that runs."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.chromium import DESK, PHONE, browser, page_of
from tests.local.platform.rig import Rig
from tests.local.platform.test_mailbox import send

HTML = (
    "<!doctype html><html><body><h1>Decision wanted</h1>"
    "<script>document.body.textContent='ran'</script><p style='width:20rem'>{word}</p>"
    "<p><a href='{url}'>Open your page</a></p></body></html>"
)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browser() as started:
        yield started


@pytest.mark.parametrize("window", [PHONE, DESK], ids=["phone", "desk"])
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_a_mail_is_found_read_and_its_links_open(
    rig: Rig, chromium: Browser, window: dict[str, int], dark: bool
) -> None:
    base = f"{rig.engine.endpoint_url}/_local"
    subject = f"Close it? {window['width']} {dark} " + "verylongword" * 12
    link = f"{base}/health?k=personal&x=1"
    send(rig, "reader@tradai.example", subject, f"Your page: {link}", HTML.format(word="facts " * 30, url=link))
    # With scripts allowed: what does not run then is kept from it by the mailbox itself.
    context = chromium.new_context(
        viewport={"width": window["width"], "height": window["height"]}, color_scheme="dark" if dark else "light"
    )
    try:
        page = context.new_page()
        page.goto(f"{base}/mailbox")
        assert page.evaluate("document.documentElement.scrollWidth") <= window["width"]
        page.get_by_role("link", name="reader@tradai.example", exact=True).click()
        page.get_by_role("link", name=subject).click()
        expect(page.get_by_role("heading", level=1)).to_have_text(subject)
        assert page.evaluate("document.documentElement.scrollWidth") <= window["width"]
        mail = page.frame_locator("iframe")
        expect(mail.get_by_role("heading", name="Decision wanted")).to_be_visible()
        for part in (mail, page.locator("pre")):
            with context.expect_page() as opened:
                part.locator("a").first.click()
            assert opened.value.url == link
        page.get_by_role("link", name="All messages").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Mailbox")
    finally:
        context.close()


def test_it_needs_no_script(rig: Rig, chromium: Browser) -> None:
    send(rig, "reader@tradai.example", "plain page", "text", None)
    with page_of(chromium, PHONE) as page:
        page.goto(f"{rig.engine.endpoint_url}/_local/mailbox")
        page.get_by_role("link", name="plain page").click()
        expect(page.locator("pre")).to_have_text("text")
