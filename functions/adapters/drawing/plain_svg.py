"""matplotlib's SVG as one element for a page: no prolog, no metadata, no font names, and colours by their names."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final
from xml.etree import ElementTree

from functions.adapters.drawing.palette import VARIABLES

_SPACE: Final = "{http://www.w3.org/2000/svg}"
_LINK: Final = "{http://www.w3.org/1999/xlink}href"
_COLOUR: Final = re.compile(r"#[0-9a-f]{6}\b")
_NUMBER: Final = re.compile(r"-?\d+\.\d+")
_REFERENCE: Final = re.compile(r"url\(#")


def plain_svg(
    drawn: str, name: str, title: str, description: str, tips: Mapping[str, str], kinds: Mapping[str, str]
) -> str:
    """`drawn` is what matplotlib wrote a moment ago. `name` begins every id. `tips`: what a group says when a
    pointer rests on it, by matplotlib's id of it; `kinds`: its class."""
    root = ElementTree.fromstring(drawn)  # noqa: S314 - our own document, without a document type of its own
    for part in list(root):
        if part.tag == f"{_SPACE}metadata" or part.find(f"{_SPACE}style") is not None:
            root.remove(part)
    for part in root.iter():
        _plain(part, name, tips, kinds)
    box = root.get("viewBox", "")
    ids = f"timeline-{name}-title", f"timeline-{name}-told"
    root.attrib = {
        "xmlns": _SPACE[1:-1],
        "class": f"timeline {name}",
        "viewBox": box,
        "role": "img",
        "aria-labelledby": " ".join(ids),
        "stroke-linejoin": "round",
    }
    for place, (tag, told) in enumerate(zip(("title", "desc"), (title, description), strict=True)):
        element = ElementTree.Element(tag, {"id": ids[place]})
        element.text = told
        root.insert(place, element)
    return ElementTree.tostring(root, encoding="unicode")


def _plain(part: ElementTree.Element, name: str, tips: Mapping[str, str], kinds: Mapping[str, str]) -> None:
    part.tag = part.tag.removeprefix(_SPACE)
    part.tail = None
    if part.text is not None and not part.text.strip():
        part.text = None
    gid = part.attrib.pop("id", "")
    if gid in tips:
        tip = ElementTree.Element("title")
        tip.text = tips[gid]
        part.insert(0, tip)
    if gid in kinds:
        part.set("class", kinds[gid])
    if gid and part.tag == "pattern":
        part.set("id", f"timeline-{name}-{gid}")
    if link := part.attrib.pop(_LINK, None):
        part.set("href", f"#timeline-{name}-{link.removeprefix('#')}")
    for key in ("style", "d", "transform", "x", "y", "points"):
        if key in part.attrib:
            part.set(key, _short(part.attrib[key], name))
    # A name of a colour is understood in a style, not in an attribute.
    painted = [
        f"{key}: {_short(part.attrib.pop(key), name)}" for key in ("fill", "stroke") if "#" in part.get(key, "")
    ]
    if painted:
        part.set("style", "; ".join([*painted, *filter(None, [part.get("style")])]))
    if part.tag == "text" and "style" in part.attrib:
        part.set("style", "; ".join(_set(rule) for rule in part.attrib["style"].split("; ") if _kept(rule)))


def _short(value: str, name: str) -> str:
    value = _NUMBER.sub(lambda found: f"{float(found[0]):.1f}".removesuffix(".0"), " ".join(value.split()))
    return _COLOUR.sub(_named, _REFERENCE.sub(f"url(#timeline-{name}-", value))


def _named(found: re.Match[str]) -> str:
    variable = VARIABLES.get(found[0])
    return f"var({variable}, {found[0]})" if variable else found[0]


def _kept(rule: str) -> bool:
    return not rule.startswith("font-family")


def _set(rule: str) -> str:
    """`font: 12.5px 'DejaVu Sans'` without the font, which is the page's."""
    return f"font-size: {rule.split()[1]}" if rule.startswith("font:") else rule
