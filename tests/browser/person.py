"""What a person does on the page: reads, opens an option, types the two words, presses the button."""

from __future__ import annotations

from playwright.sync_api import Locator, Page


def form_of(page: Page, decision: str) -> Locator:
    """The form of one option, opened where it was folded."""
    form = page.locator(f'form:has(input[name="decision"][value="{decision}"])')
    folded = page.locator(f'details:not([open]):has(input[name="decision"][value="{decision}"]) > summary')
    if folded.count():
        folded.first.click()
    return form


def phrase_of(form: Locator) -> str:
    confirm = form.locator('[name="confirm"]')
    return f"{confirm.get_attribute('data-act')} {confirm.get_attribute('data-target')}"


def decide(page: Page, decision: str, *, typed: str | None = None, note: str = "", minutes: str = "") -> None:
    """`minutes`: for how long, where an option asks for it."""
    form = form_of(page, decision)
    form.locator('[name="confirm"]').fill(phrase_of(form).lower() if typed is None else typed)
    if note:
        form.locator('[name="note"]').fill(note)
    if minutes:
        form.locator('[name="until_minutes"]').fill(minutes)
    press(page, form.locator("button"))


def press(page: Page, button: Locator) -> None:
    """Presses and waits for the answer: a click by itself returns before the browser has left the page."""
    with page.expect_navigation():
        button.click()


def text_of(page: Page) -> str:
    return " ".join(page.locator("body").inner_text().split())


def unfold(page: Page) -> None:
    """Opens everything that is folded, one after the other: opening one may close its neighbour."""
    folded = page.locator("details:not([open]) > summary")
    for _ in range(folded.count()):
        if folded.count():
            folded.first.click()
