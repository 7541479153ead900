"""`local up`: the engine, the platform's tables, the stack, and the strategy service, in that order.

Every piece is somebody else's (`local/`, `infra/`); here stand only their order, what may go wrong with
each, and the state file that the other commands read.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from console import engine_folders, state_file
from console.errors import ConsoleError, ExitCode
from console.local_api import LocalApi
from console.local_parts import EngineHandle, Pieces, needs_free, needs_node
from console.state_file import LocalState

ENV = "local"
PROBES = {
    "ExchangeUrl": "/_local/exchange/fapi/v1/ping",
    "FallbackExchangeUrl": "/_local/exchange2/v5/market/time",
    "DatabaseProbeUrl": "/_local/database/health",
    "NetworkProbeUrl": "/_local/network/health",
    "StatusPageUrl": "/_local/status-page/v1/pages/tradai-local/incidents",
}
# The stand-in's addresses of the exchanges, by venue: nothing that runs here ever speaks to a real one.
VENUES = {"binanceusdm": "/_local/exchange", "bybit": "/_local/exchange2"}
# The stand-in's freqtrade, of every strategy.
STRATEGIES = "/_local/freqtrade/{strategy_id}"
# The template takes nothing below it.
SHORTEST_SCALE = 0.001
# One missed look may be a busy machine; three in a row are a dead engine.
SILENT_LOOKS = 3
Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Stack:
    """A running stack and the handle of the engine that this process started."""

    state: LocalState
    engine: EngineHandle
    folder: Path

    @property
    def api(self) -> LocalApi:
        return LocalApi(self.state.endpoint_url)

    def close(self) -> None:
        """Ends the engine and what it left; another one's state file stays."""
        self.engine.stop()
        engine_folders.empty(self.folder)
        standing = state_file.read()
        if standing is not None and standing.pid == self.state.pid:
            state_file.forget()


def up(
    pieces: Pieces, tell: Tell, *, port: int = 0, time_scale: float = 1.0, iam: bool = False,
    detach: bool = False,
) -> Stack:  # fmt: skip
    """Brings everything up. Raises `ConsoleError`; whatever was started is stopped again then."""
    with engine_folders.starting():
        standing = running()
        if standing is not None:
            raise ConsoleError(
                ExitCode.ALREADY_RUNNING,
                f"the embedded AWS is running already at {standing.endpoint_url} (pid {standing.pid})",
                "`runbooks local down` ends it",
            )
        left = state_file.read()
        if left is not None:
            # Of a dead engine, or of one that no longer answers: its port is wanted.
            pieces.stop(left.pid)
            state_file.forget()
        engine_folders.sweep(pieces.is_engine)
        needs_node()
        if port:
            needs_free(port)
        began = time.monotonic()
        tell("starting the embedded AWS")
        folder = engine_folders.new()
        engine = pieces.start(port, time_scale, iam, detach, folder)
        try:
            engine_folders.claim(folder, engine.pid)
            state = _furnish(pieces, engine, tell, time_scale, iam)
            state_file.write(state)
        except BaseException:
            engine.stop()
            engine_folders.empty(folder)
            raise
    tell(f"up at {state.endpoint_url} after {time.monotonic() - began:.0f} s")
    return Stack(state, engine, folder)


def _furnish(pieces: Pieces, engine: EngineHandle, tell: Tell, time_scale: float, iam: bool) -> LocalState:
    base, keys = engine.endpoint_url.rstrip("/"), engine.credentials
    tell("seeding the TradAI platform")
    pieces.seed(base, keys)
    tell("synthesizing the stack (cached while nothing changed)")
    cdk_out = pieces.synthesize()
    tell("deploying the stack")
    parameters = {name: base + path for name, path in PROBES.items()}
    parameters["ExchangeApiUrls"] = json.dumps({venue: base + path for venue, path in VENUES.items()})
    parameters["StrategyApiUrl"] = base + STRATEGIES
    parameters["TimeScale"] = f"{max(SHORTEST_SCALE, time_scale):g}"
    outputs = pieces.deploy(base, cdk_out, parameters, keys)
    tell("starting the strategy service")
    LocalApi(base).start_platform()
    return LocalState(
        endpoint_url=base,
        pid=engine.pid,
        time_scale=time_scale,
        approvals_url=outputs.get("ApprovalsUrl"),
        mailbox_url=f"{base}/_local/mailbox",
        exchange_url=f"{base}/_local/exchange",
        state_machines=dict(outputs.get("StateMachineArns") or {}),
        access_key_id=keys.access_key_id if iam else None,
        secret_access_key=keys.secret_access_key if iam else None,
    )


def running() -> LocalState | None:
    """The state of a running engine; None where there is none, or where the file is a dead engine's."""
    state = state_file.read()
    if state is None:
        return None
    # Somebody else's engine may answer on a dead one's port, so its process must live too.
    lives = _lives(state.pid) and LocalApi(state.endpoint_url, timeout=3).health() is not None
    return state if lives else None


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def require() -> LocalState:
    """The state of a running engine, or the clear error."""
    state = running()
    if state is None:
        left = state_file.read()
        what = f"the embedded AWS at {left.endpoint_url} is gone" if left else "no embedded AWS is running"
        raise ConsoleError(ExitCode.LOCAL_NOT_RUNNING, what, "`runbooks local up --detach` starts one")
    return state


def down(pieces: Pieces) -> str:
    """Ends the engine named in the state file. Says what became of it; nothing to end is no error."""
    state = state_file.read()
    if state is None:
        return "the embedded AWS is not running"
    ended = pieces.stop(state.pid)
    state_file.forget()
    engine_folders.sweep(pieces.is_engine)
    return f"stopped (pid {state.pid})" if ended else "the embedded AWS was gone already"


def watch_over(stack: Stack, every: float = 1.0) -> None:
    """Stays until the engine answers no more (error) or the caller is interrupted."""
    silent = 0
    while silent < SILENT_LOOKS:
        time.sleep(every)
        silent = silent + 1 if stack.api.health() is None else 0
    raise ConsoleError(
        ExitCode.EMULATOR_DIED,
        "the embedded AWS ended by itself",
        f"its last words are in {stack.folder / engine_folders.LOG}",
    )
