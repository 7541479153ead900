"""The templates, escaped by default; a name that a template lacks is an error, never an empty place."""

from __future__ import annotations

from base64 import b64encode
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template, select_autoescape
from markupsafe import Markup

TEMPLATES: Final = Path(__file__).parent / "templates"


@cache
def css() -> Markup:
    """The page's style, as it stands between its tags: the policy allows this one text and no other."""
    return Markup((TEMPLATES / "page.css").read_text("utf-8"))  # noqa: S704 - our own file, not input


@cache
def css_hash() -> str:
    """`sha256-...`, as a content security policy names an inline style."""
    return f"sha256-{b64encode(sha256(css().encode()).digest()).decode()}"


def render(template: str, **names: Any) -> str:
    """The filled template; `.txt.j2` is plain text and therefore not escaped."""
    return _template(template).render(**names)


@cache
def _template(name: str) -> Template:
    return _environment().get_template(name)


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=select_autoescape((), disabled_extensions=("txt.j2",), default=True, default_for_string=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
