"""What people were sent, and whom no mail reaches: `/_local/mailbox` and `/_local/addresses`."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from local.platform import addresses, mailbox_page
from local.platform.http import Answer, Request
from local.platform.mailbox import Mailbox

HTML = "text/html; charset=utf-8"
ONE = "/mailbox/"

Handler = Callable[[Request], Awaitable[Answer]]


class MailRoutes:
    """`handlers` by method and path below `/_local`; a single message stands below the mailbox's path."""

    def __init__(self, mailbox: Mailbox) -> None:
        self._mailbox = mailbox
        self.handlers: dict[tuple[str, str], Handler] = {
            ("GET", "/mailbox"): self._mail,
            ("GET", "/addresses"): self._addresses,
            ("POST", "/addresses"): self._change_address,
            ("DELETE", "/addresses"): self._mend_addresses,
        }

    async def message(self, request: Request, message_id: str) -> Answer:
        """One message, or 404."""
        messages = await asyncio.to_thread(self._mailbox.messages)
        found = next((one for one in messages if one["id"] == message_id), None)
        if request.wants_json:
            return Answer.json(found or {"message": f"not found: {request.path}"}, 200 if found else 404)
        page = mailbox_page.single(found) if found else mailbox_page.missing()
        return Answer(200 if found else 404, page.encode(), HTML, mailbox_page.HEADERS)

    async def _mail(self, request: Request) -> Answer:
        messages = await asyncio.to_thread(self._mailbox.messages)
        if request.wants_json:
            return Answer.json({"messages": messages})
        listed = mailbox_page.listing(messages, request.query.get("to"))
        return Answer(200, listed.encode(), HTML, mailbox_page.HEADERS)

    async def _addresses(self, _request: Request) -> Answer:
        return Answer.json({"addresses": addresses.all_of_them()})

    async def _change_address(self, request: Request) -> Answer:
        """`{"address": "bob@tradai.example", "becomes": "bounce"}`; `becomes` null: mails arrive again."""
        addresses.change(request.fields())
        return await self._addresses(request)

    async def _mend_addresses(self, request: Request) -> Answer:
        addresses.mend()
        return await self._addresses(request)
