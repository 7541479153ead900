"""What matplotlib draws of a timeline: `<svg>` elements that load nothing, the same each time."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from xml.etree import ElementTree

import pytest

from functions.adapters.drawing.layout import fitted, width_of, wrapped
from functions.adapters.drawing.palette import VARIABLES
from functions.adapters.pictures import MatplotlibPictures
from functions.errors import Broken
from functions.rules.reporting.style import STYLE
from functions.rules.reporting.timeline import Bar, Lane, Mark, Timeline, Tone

AT = datetime(2026, 3, 1, 2, 0, tzinfo=UTC)
POISON = "<script>alert(1)</script> & \"'$x_1$ $ \\frac {% <!-- --> ]]> \u202e <a href=x>"


def after(seconds: float) -> datetime:
    return AT + timedelta(seconds=seconds)


def timeline(label: str = "work", lanes: int = 2) -> Timeline:
    bars = tuple(
        Bar(after(60 * n), after(60 * n + 50) if n < 5 else None, label, tone) for n, tone in enumerate(Tone)
    )
    marks = tuple(Mark(after(30 * n), label, tone) for n, tone in enumerate(Tone))
    return Timeline(AT, after(7200), (Lane(label, bars, marks),) * lanes, ())


def parts(svg: str) -> list[ElementTree.Element]:
    return list(ElementTree.fromstring(f"<both>{svg}</both>"))


def name(element: ElementTree.Element) -> str:
    return element.tag.rpartition("}")[2]


def test_a_wide_and_a_narrow_one_each_with_a_title_and_a_description() -> None:
    drawn = parts(MatplotlibPictures().timeline(timeline()))
    assert [one.get("class") for one in drawn] == ["timeline wide", "timeline narrow"]
    for one in drawn:
        assert one.get("role") == "img"
        title, description = one[0], one[1]
        assert (name(title), name(description)) == ("title", "desc")
        assert title.text == "Timeline from 2026-03-01 02:00:00 to 2026-03-01 04:00:00 UTC"
        assert one.get("aria-labelledby") == f"{title.get('id')} {description.get('id')}"
        assert [float(each) for each in one.get("viewBox", "").split()][2] in (960, 358)


def test_nothing_is_loaded_and_nothing_runs() -> None:
    svg = MatplotlibPictures().timeline(timeline(POISON))
    assert svg.startswith("<svg")
    assert svg.endswith("</svg>")
    assert {name(part) for one in parts(svg) for part in one.iter()} <= {
        "svg", "title", "desc", "defs", "pattern", "rect", "path", "g", "text", "tspan",
    }  # fmt: skip
    for part in (part for one in parts(svg) for part in one.iter()):
        assert not [key for key in part.attrib if key.startswith("on") or "href" in key]
        assert all(url.startswith("#") for url in re.findall(r"url\(([^)]*)\)", " ".join(part.attrib.values())))
    assert "<!" not in svg
    assert "<?xml" not in svg
    assert "metadata" not in svg
    assert "font-family" not in svg


def test_a_text_is_what_it_is_also_where_it_looks_like_mathematics() -> None:
    drawn = parts(MatplotlibPictures().timeline(timeline("$x_1$ $ \\frac")))
    assert "$x_1$ $ \\frac" in [part.text for part in drawn[0].iter()]


def test_ids_are_there_once_on_a_page_and_every_reference_finds_its_own() -> None:
    svg = MatplotlibPictures().timeline(timeline())
    ids = re.findall(r'\bid="([^"]+)"', svg)
    assert len(ids) == len(set(ids))
    assert all(each.startswith("timeline-") for each in ids)
    assert set(re.findall(r"url\(#([^)]+)\)", svg)) <= set(ids)


def test_it_is_the_same_each_time() -> None:
    assert MatplotlibPictures().timeline(timeline()) == MatplotlibPictures().timeline(timeline())


def test_tones_are_told_apart_without_colour() -> None:
    """Hatches of waits and of people; a sign for each tone beside its word."""
    svg = MatplotlibPictures().timeline(timeline())
    assert svg.count("<pattern") >= 4
    for word in ("work", "waits", "people", "done, good", "failed, bad", "unknown"):
        assert f">{word}</text>" in svg
    assert ">?</text>" in svg


def test_each_colour_is_one_that_the_page_can_set() -> None:
    svg = MatplotlibPictures().timeline(timeline())
    bare = set(re.findall(r"(?<!, )#[0-9a-f]{6}", svg))
    assert not bare, "a colour without a name stays light in the dark"
    for variable in VARIABLES.values():
        assert STYLE.count(f"{variable}:") == 2, f"{variable} is set for light and dark"


def test_every_bar_and_mark_says_what_it_is() -> None:
    wide = parts(MatplotlibPictures().timeline(timeline("look at it")))[0]
    tips = [part.text or "" for part in wide.iter() if name(part) == "title"]
    assert "02:00:00 look at it (50 s)" in tips
    assert "02:05:00 look at it (not over yet)" in tips
    assert any(tip.startswith("not to scale: ") for tip in tips)


def test_the_shortest_state_is_still_seen() -> None:
    short = Timeline(AT, after(3600), (Lane("run", (Bar(after(9), after(9.001), "x", Tone.BAD),)),), ())
    wide = parts(MatplotlibPictures().timeline(short))[0]
    bar = next(part for part in wide.iter() if part.get("style", "").startswith("fill: var(--bad-fill"))
    xs = [float(each) for each in re.findall(r"[ML] (-?[\d.]+)", bar.get("d", ""))]
    assert max(xs) - min(xs) >= 4


def test_nothing_leaves_the_picture() -> None:
    svg = MatplotlibPictures().timeline(timeline("a name of a lane and of a bar that has no end at all " * 3))
    for one in parts(svg):
        width = float(one.get("viewBox", "").split()[2])
        for text in (part for part in one.iter() if name(part) == "text"):
            size = float(re.search(r"font-size: ([\d.]+)px", text.get("style", "")).group(1))  # type: ignore[union-attr]  # every text has one
            x, long = float(text.get("x", "0")), width_of(text.text or "", size)
            start = {"middle": x - long / 2, "end": x - long}.get(
                re.findall(r"text-anchor: (\w+)", text.get("style", ""))[0], x
            )
            assert start >= -1, text.text
            assert start + long <= width + 8, text.text


def test_what_does_not_fit_is_cut_with_an_ellipsis() -> None:
    assert fitted("short", 100, 12) == "short"
    cut = fitted("a text that is far too long for its place", 100, 12)
    assert cut.endswith("\u2026")
    assert width_of(cut, 12) <= 100
    assert fitted("long words", 8, 12) == ""
    assert wrapped("", 100, 12, 2) == []
    assert len(wrapped("one two three four five six seven eight nine ten", 60, 12, 2)) == 2


def test_a_picture_that_cannot_be_drawn_is_our_fault_and_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    backwards = Timeline(AT, AT, (Lane("run", (Bar(AT, AT, "x", Tone.WORK),)),), ())
    assert MatplotlibPictures().timeline(backwards), "no length is no trouble"
    naive = Timeline(AT.replace(tzinfo=None), after(9), (Lane("run", (Bar(AT, after(9), "x", Tone.WORK),)),), ())
    with pytest.raises(Broken, match="cannot be drawn"):
        MatplotlibPictures().timeline(naive)


def test_its_fonts_are_listed_where_a_function_may_write(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("MPLCONFIGDIR", str(tmp_path / "chosen"))
    MatplotlibPictures().timeline(timeline())
    monkeypatch.delenv("MPLCONFIGDIR")
    MatplotlibPictures().timeline(timeline())
    import os

    assert os.environ["MPLCONFIGDIR"].endswith("tradai-matplotlib")
