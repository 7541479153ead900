"""What every task shares at run time: wiring, logging, and the translation of errors into the four words.

    @task(Request, needs=("trading_state.all", "clock.now"))
    def handler(request: Request, ports: Ports, settings: Settings) -> Response: ...

`handler` becomes a Lambda handler: the event is parsed into the request, the wiring is built once for
each container, and the answer is the response as JSON with every field filled in. `needs` names the port
methods that the task may call; anything else raises `Broken` here, and the grants of its role are derived
from the same names (functions/grants.py).
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final, Protocol, TypeVar, cast

from aws_lambda_powertools.logging import Logger
from pydantic import BaseModel, TypeAdapter, ValidationError

from functions.errors import Broken, Refused, RunbookError, Transient
from functions.ports import Ports
from functions.settings import Settings

logger = Logger(service="runbooks", utc=True)

Q = TypeVar("Q", bound=BaseModel)
Work = Callable[[Q, Ports, Settings], object]
Answer = Callable[[Mapping[str, Any], Ports, Settings], dict[str, Any]]


class LambdaHandler(Protocol):
    """A Lambda entry point that keeps its parts in sight of tests and of the stack."""

    needs: tuple[str, ...]
    work: Callable[[Any, Any, Settings], object]

    def __call__(self, event: Any, context: Any) -> Any: ...


class _Allowed:
    """One port, with only the methods that the task named."""

    def __init__(self, port: object, name: str, methods: frozenset[str]) -> None:
        self._port, self._name, self._methods = port, name, methods

    def __getattr__(self, method: str) -> Any:
        if method not in self._methods:
            raise Broken(f"{self._name}.{method} is not among this task's needs")
        return _worded(getattr(self._port, method), f"{self._name}.{method}")


def _worded(said: Callable[..., Any], what: str) -> Callable[..., Any]:
    """Nothing but the four words leaves a port: whoever goes on without one of them goes on without an answer that
    cannot be read, too. Its words may quote what was read, so the place is told instead."""

    def call(*args: Any, **kwargs: Any) -> Any:
        try:
            return said(*args, **kwargs)
        except (RunbookError, AssertionError):
            # An assertion is a test's own; below a task's handler it is `Broken` like everything else.
            raise
        except Exception as error:
            raise Broken(f"{what}: the answer cannot be read: {type(error).__name__} at {where(error)}") from None

    return call


def restrict(ports: Ports, needs: Iterable[str]) -> Ports:
    """The ports with nothing but `needs` callable on them."""
    wanted: dict[str, set[str]] = {}
    for need in needs:
        port, _, method = need.partition(".")
        wanted.setdefault(port, set()).add(method)
    fields = {
        name: _Allowed(getattr(ports, name), name, frozenset(wanted.get(name, ())))
        for name in Ports.__dataclass_fields__
    }
    return Ports(**cast(Any, fields))


@cache
def settings() -> Settings:
    """`settings.json` from the code's root; the stack's parameters say where the probes look."""
    path = Path(os.environ.get("LAMBDA_TASK_ROOT", Path(__file__).parent.parent)) / "settings.json"
    read = Settings.model_validate_json(path.read_text("utf-8"))
    there = read.with_addresses(
        exchange=os.environ.get("EXCHANGE_URL"),
        fallback=os.environ.get("FALLBACK_EXCHANGE_URL"),
        database=os.environ.get("DATABASE_PROBE_URL"),
        network=os.environ.get("NETWORK_PROBE_URL"),
    )
    paced = there.with_time_scale(os.environ.get("TIME_SCALE"))
    told = paced.with_status_page(os.environ.get("STATUS_PAGE_URL"))
    return told.with_strategy_api(os.environ.get("STRATEGY_API_URL"))


def approvals_url() -> str:
    """Where the personal links of the mails lead, without a slash at its end; the stack sets it."""
    url = os.environ.get("APPROVALS_URL")
    if not url:
        raise Broken("the environment variable APPROVALS_URL is not set")
    return url.rstrip("/")


def task(request: type[Q], *, needs: tuple[str, ...] = ()) -> Callable[[Work[Q]], LambdaHandler]:
    """Turns `(request, ports, settings) -> response` into a Lambda handler."""

    def decorate(work: Work[Q]) -> LambdaHandler:
        @cache
        def wired() -> Ports:
            from functions.adapters.wiring import wire

            return restrict(wire(settings(), needs), needs)

        def handler(event: Any, context: Any) -> Any:
            logger.append_keys(**_who(event), **_which(context))
            try:
                parsed = request.model_validate(event)
            except ValidationError as error:
                raise Broken(f"the definition and {request.__module__} disagree: {_first(error)}") from None
            try:
                answer: Any = work(parsed, wired(), settings())
            except RunbookError as error:
                logger.warning("task ended with an error word", word=type(error).__name__, cause=str(error))
                raise
            except ValidationError as error:
                logger.error("task broke", word="Broken", cause=_first(error))
                raise Broken(f"{error.title}: {_first(error)}") from None
            except Exception as error:
                logger.exception("task broke")
                raise Broken(f"{type(error).__name__}: {error}") from error
            return json.loads(_adapter(cast(Any, type(answer))).dump_json(answer))

        entry = cast(LambdaHandler, handler)
        entry.needs = needs
        entry.work = cast(Any, work)
        return entry

    return decorate


def http(*, needs: tuple[str, ...]) -> Callable[[Answer], LambdaHandler]:
    """Turns `(event, ports, settings) -> answer` into the handler of an HTTP API (payload format 2.0).

    What the function could not answer itself is logged by its kind and place alone: an event holds a personal
    key, and what an error says may hold what somebody typed. API Gateway then says no more than 500.
    """

    def decorate(work: Answer) -> LambdaHandler:
        @cache
        def wired() -> Ports:
            from functions.adapters.wiring import wire

            return restrict(wire(settings(), needs), needs)

        def handler(event: Any, context: Any) -> Any:
            logger.append_keys(**_who(None), **_which(context))
            try:
                return work(event, wired(), settings())
            except Exception as error:
                logger.error("the page broke", word=type(error).__name__, where=where(error))
                raise Broken("the page broke; its log names the place") from None

        entry = cast(LambdaHandler, handler)
        entry.needs = needs
        entry.work = work
        return entry

    return decorate


def where(error: BaseException) -> str:
    """`module:line` of the innermost frame: what can be logged of an error whose words cannot."""
    frame = error.__traceback__
    while frame is not None and frame.tb_next is not None:
        frame = frame.tb_next
    return f"{frame.tb_frame.f_globals.get('__name__')}:{frame.tb_lineno}" if frame else "unknown"


@cache
def _adapter(model: type[Any]) -> TypeAdapter[Any]:
    return TypeAdapter(model)


# Where a request carries the run; a task that opens one has its parts at the top.
_RUN_STANDS_AT: Final = (
    ("run",),
    ("job", "run"),
    ("plan", "run"),
    ("plan", "job", "run"),
    ("state", "run"),
    ("look", "job", "run"),
    ("round", "job", "run"),
    (),
)


def _who(event: Any) -> dict[str, Any]:
    """Which run the log lines are about; every key each time, so that no earlier event's stands on."""
    runs = [run for run in (_inside(event, path) for path in _RUN_STANDS_AT) if isinstance(run, dict)]
    run = runs[0] if runs else {}
    return {key: run.get(key) for key in ("incident_id", "runbook", "execution_arn")}


def _which(context: Any) -> dict[str, Any]:
    """All functions write into one log group, so each line names its own."""
    return {
        "function": getattr(context, "function_name", None),
        "request_id": getattr(context, "aws_request_id", None),
    }


def _inside(event: Any, path: Iterable[str]) -> Any:
    for part in path:
        event = event.get(part) if isinstance(event, dict) else None
    return event


def _first(error: ValidationError) -> str:
    """The first problem as `field: what is wrong`, without the value (it may be a secret)."""
    first = error.errors(include_input=False, include_url=False)[0]
    return f"{'.'.join(str(part) for part in first['loc']) or 'input'}: {first['msg']}"


__all__ = [
    "LambdaHandler",
    "Refused",
    "Transient",
    "approvals_url",
    "http",
    "logger",
    "restrict",
    "settings",
    "task",
    "where",
]
