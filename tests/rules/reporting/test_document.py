"""A report as Markdown and as a page: whatever its texts hold, they are shown as they are and do nothing."""

from __future__ import annotations

import re

import pytest
from bs4 import BeautifulSoup, Tag
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from functions.rules.reporting.document import MOST_ROWS, Link, Section, Table, plain, to_html, to_markdown
from functions.rules.reporting.incident import told
from functions.rules.reporting.lines import BREAK, TYPED, lines, typed
from functions.rules.reporting.sections import SIGNS, tone_of

CONSOLE = "https://eu-central-1.console.aws.amazon.com"
LOGS = f"{CONSOLE}/cloudwatch/home?region=eu-central-1#logsV2:log-groups/log-group/$252Fecs$252Fservice(a)"
SVG = '<svg class="timeline wide" viewBox="0 0 9 9"><title>t</title><path d="M 0 0 L 1 1" style="fill: red"/></svg>'
# What has meaning to a renderer of Markdown or HTML, or to a viewer that links by itself.
# A report's own marks for lines and for what is typed have tests of their own.
HARD = st.text(
    st.one_of(
        st.sampled_from("\\`*_{}[]()<>#+-.!|~$@&:/\"'= \n\t1w\u202e\u200b"),
        st.characters(codec="utf-8", exclude_characters=BREAK + TYPED),
    ),
    max_size=40,
)


def rendered(text: str) -> BeautifulSoup:
    """By another reader of Markdown than the one it was written for: tables, strikethrough and HTML are on."""
    renderer = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    return BeautifulSoup(renderer.render(text), "html.parser")


def page(*sections: Section, title: str = "a report") -> BeautifulSoup:
    return BeautifulSoup(to_html(sections, title), "html.parser")


def text_of(tag: Tag | BeautifulSoup | None) -> str:
    assert tag is not None
    return " ".join(tag.get_text().split())


@example(title="0 #", line="0 ##", cell="0 #")
@given(HARD, HARD, HARD)
def test_markdown_renders_to_the_very_texts(title: str, line: str, cell: str) -> None:
    section = Section(title or "t", (line or "l",), (Table(("head", "other"), ((cell, cell),)),))
    found = rendered(to_markdown([section], "report"))
    names = {tag.name for tag in found.find_all()}
    assert names <= {"h1", "h2", "ul", "li", "table", "thead", "tbody", "tr", "th", "td"}
    assert text_of(found.find("h2")) == text_of_plain(title or "t")
    assert text_of(found.find("li")) == text_of_plain(line or "l")
    assert [text_of(tag) for tag in found.find_all("td")] == [text_of_plain(cell)] * 2


def test_a_cell_has_lines_and_what_is_typed_is_shown_as_it_is_typed() -> None:
    command = 'runbooks start x --input \'{"a": "<b>|`c`"}\''
    cell = lines(["first <i>", f"do this: {typed(command)} now"])
    section = Section("t", tables=(Table(("what", "value"), (("left", cell),)),))
    found = page(section)
    assert [text_of(one) for one in found.select("td li")] == ["first <i>", f"do this: {command} now"]
    assert found.code is not None
    assert found.code.get_text() == command
    written = rendered(to_markdown([section], "t"))
    assert [one.get_text() for one in written.find_all("code")] == [command]
    assert len(written.find_all("br")) == 1


def test_no_text_from_outside_holds_a_reports_own_marks() -> None:
    assert told(f"a{BREAK}b{TYPED}c{TYPED}") == "a b c"


def text_of_plain(text: str) -> str:
    return " ".join(plain(text).split())


@given(HARD, HARD, HARD)
def test_the_page_shows_the_very_texts(title: str, line: str, cell: str) -> None:
    section = Section(title, (f"x{line}",), (Table(("head", "other", "more"), ((cell, cell, "z"),)),))
    found = page(section, title=title)
    assert text_of(found.h2) == text_of_plain(title)
    assert text_of(found.li) == text_of_plain(f"x{line}")
    assert [text_of(tag) for tag in found.find_all("td")] == [*[text_of_plain(cell)] * 2, "z"]


def test_links_are_links_in_both() -> None:
    name = "the [log] group | of <b>"
    section = Section("Links", links=(Link(name, LOGS),))
    for found in (page(section), rendered(to_markdown([section], "t"))):
        (link,) = [tag for tag in found.find_all("a") if not str(tag["href"]).startswith("#")]
        assert link["href"] == LOGS
        assert text_of(link) == name


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "http://evil.example/",
        "https://evil.example/ onclick=x",
        'https://evil.example/"x',
        "https://evil.example/\nx",
        "//evil.example",
        "http://127.0.0.1.evil.example/",
        "https://x/" + "a" * 3000,
        "",
    ],
)
def test_an_address_that_nobody_should_follow_is_text(url: str) -> None:
    section = Section("Links", links=(Link("name", url),))
    assert not page(section).find_all("a")
    assert not rendered(to_markdown([section], "t")).find_all("a")
    assert "name" in text_of(page(section).li)


def test_an_address_of_the_embedded_aws_is_a_link() -> None:
    url = "http://127.0.0.1:4566/reports/x.html"
    assert page(Section("s", links=(Link("n", url),))).find("a", href=url)


@pytest.mark.parametrize(
    ("word", "tone"),
    [
        ("pass", "good"), ("fail", "bad"), ("unknown", "warn"), ("skipped", "calm"),
        ("done", "good"), ("not_done", "bad"), ("not done", "bad"), ("Resolved", "good"), ("escalated", "bad"),
    ],
)  # fmt: skip
def test_results_are_told_apart_by_word_and_sign_and_colour(word: str, tone: str) -> None:
    section = Section("s", (), (Table(("what", "result", "value"), (("q", word, word),)),))
    mark = page(section).select_one(f"td span.{tone}")
    assert mark is not None
    sign = SIGNS[tone_of("result", word) or "calm"]
    assert text_of(mark) == f"{sign} {word.replace('_', ' ')}"
    assert len(page(section).select("td span[class]")) == 1, "the same word under another head is a word"
    assert f"| q | {sign} {word.replace('_', ' ')} |" in to_markdown([section], "t")


def test_signs_differ() -> None:
    assert len(set(SIGNS.values())) == len(SIGNS)


def test_a_picture_is_in_the_page_and_its_words_are_in_both() -> None:
    section = Section("Timeline", ("02:00:00 the alarm", "02:00:05 the end"), picture=SVG)
    found = page(section)
    assert found.select_one("figure svg path")
    assert [text_of(tag) for tag in found.find_all("time")] == ["02:00:00", "02:00:05"]
    written = to_markdown([section], "t")
    assert "<svg" not in written
    assert "- 02:00:00 the alarm" in written


@pytest.mark.parametrize(
    "picture",
    [
        "<script>alert(1)</script>",
        "<svg><script>alert(1)</script></svg>",
        '<svg onload="alert(1)"></svg>',
        "<svg><foreignObject><p>x</p></foreignObject></svg>",
        '<svg><use href="https://evil.example/x.svg#a"/></svg>',
        '<svg><a href="javascript:alert(1)"><text>x</text></a></svg>',
        '<svg><path style="fill: url(https://evil.example/x)"/></svg>',
        "<svg><style>@import 'x'</style></svg>",
        "<svg><image href='x.png'/></svg>",
        "</figure><h1>x</h1>",
        "<!-- <svg>",
    ],
)
def test_a_picture_that_could_do_something_is_not_shown(picture: str) -> None:
    assert "<figure" not in to_html([Section("s", ("l",), picture=picture)], "t")


def test_the_page_loads_nothing_by_its_policy_and_by_what_stands_in_it() -> None:
    text = to_html([Section("s", ("l",), picture=SVG, links=(Link("n", LOGS),))], "t")
    policy = BeautifulSoup(text, "html.parser").find("meta", {"http-equiv": "Content-Security-Policy"})
    assert isinstance(policy, Tag)
    assert str(policy["content"]).split("; ") == [
        "default-src 'none'",
        "style-src 'unsafe-inline'",
        "form-action 'none'",
        "base-uri 'none'",
    ]
    assert not re.search(
        r"<(script|img|link|iframe|form|object|embed|video|audio|base)\b|\ssrc=|@import|url\(", text
    )


def test_many_parts_are_listed_at_the_top_and_few_are_not() -> None:
    parts = [Section(f"part {n}") for n in range(7)]
    found = page(*parts)
    for link in found.select("nav a"):
        assert text_of(found.select_one(f"{link['href']} h2")) == text_of(link)
    assert len(found.select("nav a")) == 7
    assert not page(*parts[:3]).nav


def test_long_ids_may_be_broken_and_words_may_not() -> None:
    ident = "0123456789abcdef" * 4
    cell = str(page(Section("s", (), (Table(("a", "b", "c"), ((ident, "understanding", "x"),)),))).td)
    assert cell.count("<wbr") == 5
    assert ident in text_of(BeautifulSoup(cell, "html.parser"))
    assert "<wbr" not in to_html([Section("s", (), (Table(("a", "b", "c"), (("understanding", "x", "y"),)),))], "t")


def test_a_table_that_is_too_long_says_how_much_is_missing() -> None:
    table = Table(("a", "b", "c"), tuple((str(n), "x", "y") for n in range(MOST_ROWS + 5)))
    found = page(Section("s", (), (table,)))
    assert len(found.select("tbody tr")) == MOST_ROWS + 1
    assert text_of(found.select("tbody tr")[-1]) == "and 5 more"
    assert "| and 5 more |  |  |" in to_markdown([Section("s", (), (table,))], "t")
