"""What every answer carries, whatever it says: nothing is cached, framed, sniffed, referred, scripted or set."""

from __future__ import annotations

from typing import Any, Final

from functions.web.rendering import css_hash

JSON: Final = "application/json"
HTML: Final = "text/html; charset=utf-8"

_STRICT: Final = {
    "Cache-Control": "no-store",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Referrer-Policy": "no-referrer",
    "Strict-Transport-Security": "max-age=63072000",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "X-Robots-Tag": "noindex, nofollow",
}


def policy() -> str:
    """No script, no image, no font, no frame, nothing from elsewhere: one style, and forms back to us."""
    return (
        f"default-src 'none'; style-src '{css_hash()}'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    )


def strict(answer: dict[str, Any], method: str) -> dict[str, Any]:
    """The answer with every header of ours and no cookie; without a body where only the head was asked."""
    told = {name: value for name, value in answer.get("headers", {}).items() if name not in _STRICT}
    return {
        "statusCode": answer["statusCode"],
        "headers": {**told, **_STRICT, "Content-Security-Policy": policy()},
        "body": "" if method == "HEAD" else answer.get("body") or "",
        "isBase64Encoded": False,
    }
