"""What happens to a mail, by its recipient's address.

Addresses of SES's own mailbox simulator behave as AWS's page says. Beside them stand addresses of this engine, so
that people of an example domain can be out of reach: the part before the `@` begins with a word and a plus sign, or
somebody has said at run time what becomes of mails to that address (`become`).
"""

from __future__ import annotations

from email.utils import parseaddr

SIMULATOR = "simulator.amazonses.com"

# Source: SES developer guide, "Using the mailbox simulator to test email sending". `ooto` and `success` are
# delivered; the suppression list's answer is a bounce of its own sub type.
OF_THE_SIMULATOR = {
    "bounce": ("Send", "Bounce"),
    "suppressionlist": ("Send", "Bounce"),
    "complaint": ("Send", "Delivery", "Complaint"),
    "ooto": ("Send", "Delivery"),
    "success": ("Send", "Delivery"),
}
# The engine's own: `bounce+bob@tradai.example`. `refuse+` is refused at the call already.
OF_THE_ENGINE = {
    "bounce": ("Send", "Bounce"),
    "complaint": ("Send", "Delivery", "Complaint"),
    "reject": ("Send", "Reject"),
    "delay": ("Send", "DeliveryDelay"),
}
REFUSED = "refuse"
DELIVERED = ("Send", "Delivery")
WORDS = frozenset({*OF_THE_ENGINE, REFUSED})

_told: dict[str, str] = {}


def become(address: str, word: str | None) -> None:
    """From now on mails to this address bounce, are refused, ...; None: they arrive again.

    Raises:
        ValueError: there is no such word.
    """
    if word is None:
        _told.pop(address.lower(), None)
    elif word in WORDS:
        _told[address.lower()] = word
    else:
        raise ValueError(f"there is no outcome {word!r}; there are: {', '.join(sorted(WORDS))}")


def told() -> dict[str, str]:
    """What was said by `become`."""
    return dict(_told)


def event_types(address: str) -> tuple[str, ...]:
    """The events of a mail to this address, in order, as SES names them."""
    local, word, domain = _parts(address)
    if domain == SIMULATOR:
        return OF_THE_SIMULATOR.get(word or local, DELIVERED)
    return OF_THE_ENGINE.get(word, DELIVERED)


def is_refused(address: str) -> bool:
    """SES does not take a mail to it."""
    _, word, domain = _parts(address)
    return word == REFUSED and domain != SIMULATOR


def suppressed(address: str) -> bool:
    """Its bounce comes from SES's own list, not from the recipient's server."""
    local, word, domain = _parts(address)
    return domain == SIMULATOR and (word or local) == "suppressionlist"


def illegal(address: str) -> str | None:
    """SES's words for an address that is none; None: it is one."""
    bare = parseaddr(address)[1]
    local, at, domain = bare.rpartition("@")
    if any(sign in address for sign in "\r\n\0"):
        return "Illegal address"
    if not at or not domain:
        return "Missing final '@domain'"
    if not local or any(sign.isspace() for sign in bare):
        return "Illegal address"
    return None


def _parts(address: str) -> tuple[str, str, str]:
    """Local part, what was said of it or the word before its first plus sign (else empty), domain; lower case."""
    bare = parseaddr(address)[1].lower()
    local, _, domain = bare.rpartition("@")
    word, plus, _ = local.partition("+")
    return local, _told.get(bare) or (word if plus else ""), domain
