"""`local up` puts the pieces together in order, and takes down what it started when one of them fails."""

from __future__ import annotations

import json
import os
import socket
import stat
from pathlib import Path

import pytest

from console import engine_folders, local_stack, state_file
from console.errors import ConsoleError, ExitCode
from console.state_file import LocalState
from tests.console.fakes import FakeEngine, FakeHttp, FakePieces


def pieces_for(engine: FakeHttp, **options: object) -> FakePieces:
    return FakePieces(FakeEngine(engine.url, os.getpid()), **options)  # type: ignore[arg-type] # test options


def quiet(_: str) -> None:
    pass


def a_state(url: str, pid: int) -> LocalState:
    return LocalState(
        endpoint_url=url, pid=pid, time_scale=1, mailbox_url=f"{url}/_local/mailbox",
        exchange_url=f"{url}/_local/exchange",
    )  # fmt: skip


def test_starts_seeds_synthesizes_deploys_and_then_starts_the_platform(engine: FakeHttp) -> None:
    pieces = pieces_for(engine)
    local_stack.up(pieces, quiet)
    assert pieces.done == ["start", "seed", "synthesize", "deploy"]
    assert engine.asked[-1] == ("POST /_local/platform", '{"start": true}')


def test_points_the_probes_to_the_stand_in_and_shortens_the_time_that_people_have(engine: FakeHttp) -> None:
    pieces = pieces_for(engine)
    local_stack.up(pieces, quiet, time_scale=0.02)
    assert pieces.parameters == {
        "StrategyApiUrl": f"{engine.url}/_local/freqtrade/{{strategy_id}}",
        "TimeScale": "0.02",
        "ExchangeApiUrls": json.dumps(
            {"binanceusdm": f"{engine.url}/_local/exchange", "bybit": f"{engine.url}/_local/exchange2"}
        ),
        "ExchangeUrl": f"{engine.url}/_local/exchange/fapi/v1/ping",
        "FallbackExchangeUrl": f"{engine.url}/_local/exchange2/v5/market/time",
        "DatabaseProbeUrl": f"{engine.url}/_local/database/health",
        "NetworkProbeUrl": f"{engine.url}/_local/network/health",
        "StatusPageUrl": f"{engine.url}/_local/status-page/v1/pages/tradai-local/incidents",
    }


def test_never_asks_for_a_scale_that_the_template_refuses(engine: FakeHttp) -> None:
    pieces = pieces_for(engine)
    local_stack.up(pieces, quiet, time_scale=0.00001)
    assert pieces.parameters["TimeScale"] == "0.001"


def test_every_address_begins_with_the_engine_s_own(engine: FakeHttp) -> None:
    shown = local_stack.up(pieces_for(engine), quiet).state.shown()
    urls = [value for name, value in shown.items() if name.endswith("_url") and value is not None]
    assert len(urls) == 3
    assert all(url.startswith(engine.url) for url in urls)
    assert shown["approvals_url"] is None
    assert "access_key_id" not in shown


def test_shows_the_key_pair_only_where_iam_is_enforced(engine: FakeHttp) -> None:
    shown = local_stack.up(pieces_for(engine), quiet, iam=True).state.shown()
    assert (shown["access_key_id"], shown["secret_access_key"]) == ("AKIAFAKE", "secret")


def test_the_state_file_is_for_its_owner_only(engine: FakeHttp) -> None:
    local_stack.up(pieces_for(engine), quiet, iam=True)
    assert stat.S_IMODE(state_file.path().stat().st_mode) == 0o600


@pytest.mark.parametrize("piece", ["seed", "synthesize", "deploy"])
def test_stops_the_engine_and_leaves_no_state_when_a_piece_fails(engine: FakeHttp, piece: str) -> None:
    pieces = pieces_for(engine, fail=piece, error=ConsoleError(ExitCode.STACK_FAILED, "no"))
    with pytest.raises(ConsoleError, match="no"):
        local_stack.up(pieces, quiet)
    assert pieces.engine.stopped == 1
    assert state_file.read() is None


def test_stops_the_engine_when_interrupted_while_deploying(engine: FakeHttp) -> None:
    pieces = pieces_for(engine, fail="deploy", error=KeyboardInterrupt())
    with pytest.raises(KeyboardInterrupt):
        local_stack.up(pieces, quiet)
    assert pieces.engine.stopped == 1


def test_keeps_only_the_log_of_an_engine_that_ended(engine: FakeHttp) -> None:
    stack = local_stack.up(pieces_for(engine), quiet)
    stack.close()
    assert [entry.name for entry in stack.folder.iterdir()] == ["engine.log"]


def test_refuses_a_second_one_and_names_the_first(engine: FakeHttp) -> None:
    local_stack.up(pieces_for(engine), quiet)
    with pytest.raises(ConsoleError, match=engine.url) as refused:
        local_stack.up(pieces_for(engine), quiet)
    assert refused.value.code is ExitCode.ALREADY_RUNNING


def test_refuses_while_another_one_is_just_starting(engine: FakeHttp) -> None:
    pieces = pieces_for(engine)
    with engine_folders.starting(), pytest.raises(ConsoleError, match="just starting") as refused:
        local_stack.up(pieces, quiet)
    assert refused.value.code is ExitCode.ALREADY_RUNNING
    assert pieces.done == []


def test_starts_over_a_stale_state_file_of_a_dead_engine(engine: FakeHttp) -> None:
    dead = 2**22 + 1  # above the largest pid
    state_file.write(a_state("http://127.0.0.1:1", dead))
    pieces = pieces_for(engine)
    assert local_stack.up(pieces, quiet).state.endpoint_url == engine.url
    assert pieces.ended == [dead]


@pytest.mark.parametrize("text", ["", "{", "[]", '{"endpoint_url": 5}', "\x00\x01"])
def test_starts_over_a_broken_state_file(engine: FakeHttp, local_folder: Path, text: str) -> None:
    local_folder.mkdir()
    (local_folder / "state.json").write_text(text)
    assert local_stack.up(pieces_for(engine), quiet).state.endpoint_url == engine.url


def test_does_not_take_another_server_on_a_dead_one_s_port_for_ours(engine: FakeHttp) -> None:
    engine.answers["GET /_local/health"] = (200, {"hello": "world"})
    state_file.write(a_state(engine.url, os.getpid()))
    assert local_stack.running() is None


def test_does_not_take_another_engine_on_a_dead_one_s_port_for_ours(engine: FakeHttp) -> None:
    state_file.write(a_state(engine.url, 2**22 + 1))
    assert local_stack.running() is None


def test_names_a_port_that_is_taken_before_anything_is_started(engine: FakeHttp) -> None:
    pieces = pieces_for(engine)
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        port = holder.getsockname()[1]
        with pytest.raises(ConsoleError, match=str(port)) as refused:
            local_stack.up(pieces, quiet, port=port)
    assert refused.value.code is ExitCode.PORT_TAKEN
    assert pieces.done == []


def test_says_that_node_is_missing_before_anything_is_started(
    engine: FakeHttp, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    pieces = pieces_for(engine)
    with pytest.raises(ConsoleError, match="Node") as refused:
        local_stack.up(pieces, quiet)
    assert refused.value.code is ExitCode.NODE_MISSING
    assert pieces.done == []


def test_says_that_the_emulator_died_and_where_its_log_is(engine: FakeHttp) -> None:
    stack = local_stack.up(pieces_for(engine), quiet)
    engine.answers["GET /_local/health"] = (500, {"message": "gone"})
    with pytest.raises(ConsoleError) as died:
        local_stack.watch_over(stack, every=0)
    assert str(stack.folder / "engine.log") in str(died.value)
    assert (stack.folder / "engine.log").is_file()
    assert died.value.code is ExitCode.EMULATOR_DIED


def test_down_ends_the_engine_of_the_state_file_and_forgets_it(engine: FakeHttp) -> None:
    pieces = pieces_for(engine)
    stack = local_stack.up(pieces, quiet)
    pieces.engines.add(stack.state.pid)
    assert "stopped" in local_stack.down(pieces)
    assert pieces.ended == [stack.state.pid]
    assert state_file.read() is None


def test_down_is_no_error_where_nothing_runs(engine: FakeHttp) -> None:
    assert local_stack.down(pieces_for(engine)) == "the embedded AWS is not running"


def test_closing_leaves_the_state_of_a_later_engine_alone(engine: FakeHttp) -> None:
    stack = local_stack.up(pieces_for(engine), quiet)
    state_file.write(a_state(engine.url, 4711))
    stack.close()
    left = state_file.read()
    assert left is not None
    assert left.pid == 4711
