"""Calls that are wrong in themselves: each gets the right status, and none says what exists."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from functions.approvals import Standing
from functions.keys import form_value
from functions.web.headers import policy
from functions.web.rendering import css_hash
from tests.web.rig import ANA, APPROVAL, BEN, FORM, KEY_OF, Said, Web, approval, event, logged, question

KEY = KEY_OF[ANA]
UNKNOWN = "/approvals/apr-ffffffffffffffffffffffffff"


@pytest.fixture
def web() -> Web:
    return Web()


def untouched(web: Web) -> bool:
    return web.stands == approval()


# --- unknown id and wrong key


def test_an_unknown_id_and_a_wrong_key_are_answered_byte_for_byte_the_same(web: Web) -> None:
    answers = [
        web.send(event("GET", path=UNKNOWN, key=KEY)),
        web.send(event("GET", key="nonsense")),
        web.send(event("GET", key=KEY_OF[BEN][:-1])),
        web.send(event("GET")),
        web.send(event("GET", query=f"k={KEY}&k={KEY}")),
        web.send(event("GET", query=f"k={KEY}x")),
        web.send(event("GET", query="k=")),
        web.send(event("GET", query=f"K={KEY}")),
        web.send(event("GET", query=f"k={'x' * 5_000}")),
        web.send(event("GET", query="k=%ff%fe")),
        web.send(event("GET", query="k=%ed%a0%80")),
        web.send(event("GET", query="&".join(["k=a"] * 30))),
        web.send(event("GET", path=f"/approvals/{'a' * 500}", key=KEY)),
        web.send(event("GET", path="/approvals/%3Cscript%3E", key=KEY)),
        web.send(event("GET", path="/approvals/a/b", key=KEY)),
        web.send(event("GET", path="/", key=KEY)),
        web.send(event("POST", path=UNKNOWN, key=KEY, body="decision=raise")),
        web.send(event("POST", key="nonsense", body="decision=raise")),
    ]
    assert {one.status for one in answers} == {404}
    assert len({json.dumps(one.raw, sort_keys=True) for one in answers}) == 1
    assert untouched(web)


def test_the_key_counts_in_the_query_alone(web: Web) -> None:
    assert web.send(event("POST", body=urlencode({"k": KEY, "looking": "1"}))).status == 400
    headers = {"content-type": FORM, "cookie": f"k={KEY}", "authorization": KEY, "x-key": KEY, "k": KEY}
    assert web.send(event("POST", body="looking=1", headers=headers)).status == 404
    assert web.send(event("GET", headers=headers)).status == 404
    sent = event("GET")
    sent["queryStringParameters"] = {"k": KEY}
    assert web.send(sent).status == 404, "what API Gateway joined is not read"


def test_other_parameters_beside_the_key_do_not_matter(web: Web) -> None:
    assert web.send(event("GET", query=f"utm_source=mail&k={quote(KEY)}&x=")).status == 200


def test_a_key_of_half_a_surrogate_is_no_key(web: Web) -> None:
    sent = event("GET")
    sent["rawQueryString"] = "k=\ud800"
    assert web.send(sent).status == 404


# --- methods


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "PROPFIND", "get2"])
@pytest.mark.parametrize("path", [f"/approvals/{APPROVAL}", UNKNOWN])
def test_a_wrong_method_is_told_the_right_ones(web: Web, method: str, path: str) -> None:
    said = web.send(event(method, path=path, key=KEY, body="looking=1"))
    assert (said.status, said.headers["Allow"]) == (405, "GET, HEAD, POST")
    assert "Access-Control-Allow-Origin" not in said.headers
    assert untouched(web)


def test_head_of_nothing_is_404_without_a_body(web: Web) -> None:
    said = web.send(event("HEAD", key="nonsense"))
    assert (said.status, said.body) == (404, "")


# --- bodies


@pytest.mark.parametrize(
    "kind",
    [
        "",
        "text/plain",
        "application/json",
        "multipart/form-data; boundary=x",
        f"{FORM}, text/plain",
        f"{FORM};charset=utf-16",
    ],
)
def test_another_content_type_is_refused(web: Web, kind: str) -> None:
    headers = {"content-type": kind} if kind else {}
    assert web.post({"looking": "1"}, headers=headers).status == 415


def test_two_content_types_are_none(web: Web) -> None:
    assert web.post({"looking": "1"}, headers={"content-type": FORM, "Content-Type": FORM}).status == 415


@pytest.mark.parametrize(
    "body",
    [
        "",
        "looking",
        "&",
        "looking=1&&form=x",
        "looking=1&looking=1",
        "decision=raise&decision=reject",
        "decision=raise&confirm=RAISE+SIZE8&note=a&note=b",
        "unknown=1",
        "Decision=raise",
        "decision[]=raise",
        "decision=%ff",
        "note=%ed%a0%80&decision=raise",
        "decision=r\u00e4ise",
        "&".join(f"f{n}=1" for n in range(50)),
    ],
)  # fmt: skip
def test_a_form_that_cannot_be_read_strictly_is_refused(web: Web, body: str) -> None:
    said = web.post({}, body=body)
    assert said.status == 400
    assert untouched(web)


def test_bytes_that_are_no_text_and_base64_that_is_none_are_refused(web: Web) -> None:
    assert web.post({}, body=b"decision=\xff\xfe\x00").status == 400
    sent = event("POST", key=KEY, body=b"looking=1")
    for body in ("not base64!", "bG9va2luZz0x=x", "\u00e9"):
        assert web.send({**sent, "body": body}).status == 400
    assert untouched(web)


@pytest.mark.parametrize(
    ("field", "length"),
    [
        ("decision", 65),
        ("confirm", 201),
        ("note", 4_001),
        ("until_minutes", 13),
        ("form", 101),
        ("looking", 2),
        ("again", 2),
    ],
)
def test_a_field_that_is_too_long_is_refused(web: Web, field: str, length: int) -> None:
    assert web.post({field: "x" * length}).status == 413
    assert web.post({field: "x" * (length - 1)}).status != 413


@pytest.mark.parametrize("encoded", [True, False])
def test_a_body_that_is_too_long_is_refused_before_it_is_read(web: Web, encoded: bool) -> None:
    assert web.post({}, body="x" * 16_385, encoded=encoded).status == 413
    assert web.post({}, body="x" * 10_000_000, encoded=encoded).status == 413
    assert web.world.calls == []


def test_nonsense_says_the_same_whether_or_not_the_request_exists(web: Web) -> None:
    for body, kind in (("unknown=1", FORM), ("x" * 20_000, FORM), ("looking=1", "text/plain")):
        headers = {"content-type": kind}
        here = web.send(event("POST", key=KEY, body=body, headers=headers))
        nowhere = web.send(event("POST", path=UNKNOWN, key="nonsense", body=body, headers=headers))
        assert here.raw == nowhere.raw


@settings(deadline=None)
@given(st.binary(max_size=400), st.text(max_size=60), st.text(max_size=60))
def test_no_call_at_all_breaks_the_page_or_decides(body: bytes, query: str, path: str) -> None:
    web = Web()
    for sent in (
        event("POST", key=KEY, body=body),
        event("POST", query=query, body=body),
        event("GET", query=f"k={query}", path=f"/approvals/{path}"),
        event("POST", path=f"/operators/{path}", query=query, body=body),
    ):
        said = web.send(sent)
        assert said.status in (400, 403, 404, 405, 413, 415)
    assert web.stands.standing is Standing.PENDING


@settings(deadline=None)
@given(
    st.fixed_dictionaries(
        {}, optional={name: st.text(max_size=80) for name in ("decision", "confirm", "note", "until_minutes")}
    )
)
def test_no_form_at_all_breaks_the_page_or_decides_without_the_phrase(fields: dict[str, str]) -> None:
    web = Web()
    form = web.get().form(looking="1")["form"]
    said = web.post({}, body=urlencode({**fields, "form": form}, errors="replace"))
    assert said.status in (400, 413, 422)
    assert web.stands.standing is Standing.PENDING


# --- headers


def every_kind_of_answer(web: Web) -> list[Said]:
    wrong = web.answer(ANA, "raise", confirm="no")
    return [
        wrong,
        web.get(),
        web.send(event("HEAD", key=KEY)),
        web.send(event("GET", key="nonsense")),
        web.send(event("PUT", key=KEY)),
        web.post({}, body="x=1"),
        web.post({}, body="x" * 20_000),
        web.post({"looking": "1"}),
        web.post({"looking": "1"}, headers={}),
        web.answer(ANA, "raise"),
        web.post({"looking": "1"}),
        web.operator("GET", "/operators/approvals"),
        web.operator("GET", "/operators/approvals", who=None),
        web.operator("DELETE", "/operators/approvals"),
    ]


def test_every_answer_carries_the_strict_headers_and_no_cookie(web: Web) -> None:
    for said in every_kind_of_answer(web):
        assert said.headers["Cache-Control"] == "no-store"
        assert said.headers["Referrer-Policy"] == "no-referrer"
        assert said.headers["X-Content-Type-Options"] == "nosniff"
        assert said.headers["X-Frame-Options"] == "DENY"
        assert said.headers["Strict-Transport-Security"].startswith("max-age=")
        assert said.headers["Cross-Origin-Opener-Policy"] == "same-origin"
        assert said.headers["Cross-Origin-Resource-Policy"] == "same-origin"
        assert "noindex" in said.headers["X-Robots-Tag"]
        assert "camera=()" in said.headers["Permissions-Policy"]
        assert said.headers["Content-Security-Policy"] == policy()
        assert "cookies" not in said.raw
        assert not {"set-cookie", "access-control-allow-origin", "location", "server"} & {
            n.lower() for n in said.headers
        }
        assert len({name.lower() for name in said.headers}) == len(said.headers)


def test_the_policy_allows_one_style_and_nothing_else(web: Web) -> None:
    told = dict(part.strip().split(" ", 1) for part in policy().split(";"))
    assert told == {
        "default-src": "'none'",
        "style-src": f"'{css_hash()}'",
        "form-action": "'self'",
        "frame-ancestors": "'none'",
        "base-uri": "'none'",
    }


def test_the_style_on_the_page_is_the_one_that_the_policy_names(web: Web) -> None:
    from base64 import b64encode
    from hashlib import sha256

    for said in (web.get(), web.send(event("GET", key="nonsense"))):
        (style,) = said.soup.find_all("style")
        start = said.body.index("<style>") + len("<style>")
        found = said.body[start : said.body.index("</style>")]
        assert found == style.string
        assert f"sha256-{b64encode(sha256(found.encode()).digest()).decode()}" == css_hash()
        assert said.soup.find_all(style=True) == []


def test_there_is_no_script_no_link_and_nothing_remote_on_the_page(web: Web) -> None:
    soup = web.get().soup
    assert soup.find_all(["script", "img", "iframe", "object", "embed", "link", "base"]) == []
    assert [a["href"] for a in soup.find_all("a")] == ["#answers"]
    assert [
        n
        for tag in soup.find_all()
        for n in tag.attrs
        if n.startswith("on") or n in ("src", "action", "formaction")
    ] == []
    assert {form["method"] for form in soup.find_all("form")} == {"post"}


def test_the_key_the_token_and_the_hashes_stand_on_no_page() -> None:
    web = Web(approval(question=question()))
    for said in every_kind_of_answer(web):
        for secret in (KEY, KEY_OF[BEN], "task-token", *(one.key_hash or "?" for one in web.stands.asked)):
            assert secret not in json.dumps(said.raw)


def test_nothing_of_an_event_is_logged(web: Web, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    fields = {**web.filled(ANA, "raise"), "note": "hunter2"}
    for _ in range(3):
        web.post(fields, agent="agent-hunter2")
    every_kind_of_answer(Web())
    assert caplog.records, "not even the lines of a library are looked at"
    for secret in (KEY, fields["form"], "hunter2", "rawQueryString", "task-token"):
        assert secret not in logged(caplog)


def test_a_form_value_is_bound_to_the_key_the_person_the_form_and_the_members() -> None:
    values = {
        form_value(KEY, APPROVAL, ANA, 0, 0),
        form_value(KEY_OF[BEN], APPROVAL, ANA, 0, 0),
        form_value(KEY, "apr-other", ANA, 0, 0),
        form_value(KEY, APPROVAL, BEN, 0, 0),
        form_value(KEY, APPROVAL, ANA, 1, 0),
        form_value(KEY, APPROVAL, ANA, 0, 1),
    }
    assert len(values) == 6


def test_a_stage_in_the_path_is_taken_off_as_api_gateway_sends_it(web: Web) -> None:
    sent: dict[str, Any] = event("GET", path=f"/live/approvals/{APPROVAL}", key=KEY)
    sent["requestContext"]["stage"] = "live"
    assert web.send(sent).status == 200
