"""Settings: every name of the platform, every threshold and limit, for one environment.

One JSON file (`settings.json`) lies beside the code in Lambda; the same models check the files in
`infra/environments/` at synthesis, so that a wrong value fails there with the field's name.
Defaults are CONTRACT's; `{env}` in a name is replaced by the environment.
"""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import BaseModel, Field, model_validator

from functions.approvers import Approvers
from functions.halt_settings import EmergencyStopSettings, ResumeSettings
from functions.limits import Limits
from functions.model import Model
from functions.order_settings import OrderSettings
from functions.position_settings import ExchangeSettings, PositionSettings
from functions.strategy_api_settings import StrategyApiSettings


class Env(StrEnum):
    DEV = "dev"
    STAGING = "staging"
    PROD = "prod"
    LOCAL = "local"


class Meaning(StrEnum):
    """What a status of the trading state means."""

    TRADES = "trades"
    MANAGES_EXITS = "manages_exits"
    MANAGES_NOTHING = "manages_nothing"


class RunbookMode(StrEnum):
    OFF = "off"
    OBSERVE = "observe"
    ACT = "act"


class Account(Model):
    """Whose money a strategy trades, where the item itself does not say."""

    account: str
    mode: Literal["live", "paper"]
    desk: str
    owner: str


class Network(Model):
    """The platform's network, all or none; imported by attributes, never looked up."""

    vpc_id: Annotated[str, Field(pattern=r"^vpc-[0-9a-f]+$")]
    availability_zones: Annotated[tuple[str, ...], Field(min_length=1)]
    private_subnet_ids: Annotated[tuple[str, ...], Field(min_length=1)]
    security_group_id: Annotated[str, Field(pattern=r"^sg-[0-9a-f]+$")]


class FargatePrice(Model):
    """What AWS asks in this region, for one hour of one vCPU and of one GB; `source` says where and when that was
    read. A question for a larger task tells the difference by it, and nothing without it."""

    vcpu_hour: Annotated[Decimal, Field(gt=0)]
    gb_hour: Annotated[Decimal, Field(gt=0)]
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")] = "USD"
    source: Annotated[str, Field(min_length=1, max_length=120)]


class Platform(Model):
    """Names that the platform owns (CONTRACT.md 1)."""

    trading_state_table: str = "tradai-trading-state-{env}"
    positions_table: str = "tradai-positions-{env}"
    orders_table: str = "tradai-orders-{env}"
    strategy_config_table: str = "tradai-strategy-config-{env}"
    cluster: str = "tradai-{env}"
    service: str = "tradai-strategy-service-{env}"
    log_group: str = "/ecs/tradai-strategy-service-{env}"
    heartbeat_alarm: str = "tradai-{env}-heartbeat-stale"
    alerts_topic: str = "tradai-{env}-alerts"
    paging_topic: str | None = None
    task_role: str = "tradai-strategy-task-{env}"
    execution_role: str = "tradai-strategy-execution-{env}"
    heartbeat_detector: str = "tradai-trading-heartbeat-check-{env}"
    acknowledged_attribute: str = "acknowledged_status"
    network: Network | None = None
    status_meaning: dict[str, Meaning] = Field(
        default={
            "warmup": Meaning.TRADES,
            "running": Meaning.TRADES,
            "paused": Meaning.MANAGES_EXITS,
            "stopped": Meaning.MANAGES_NOTHING,
            "failed": Meaning.MANAGES_NOTHING,
            "terminated": Meaning.MANAGES_NOTHING,
        }
    )
    accounts: dict[str, Account] = Field(default={})
    fargate_price: FargatePrice | None = None


class Connectivity(Model):
    """Where the probes look: `https://...`, `http://...` or `tcp://host:port`. `default_exchange` is the venue of a
    strategy whose config names none; without it such a strategy has a venue only where there is one alone."""

    exchange: dict[str, str] = Field(default={"binanceusdm": "https://fapi.binance.com/fapi/v1/ping"})
    default_exchange: str | None = None
    database: str = "https://dynamodb.{region}.amazonaws.com/"
    network: str = "https://sts.{region}.amazonaws.com/"
    timeout: Annotated[int, Field(ge=1, le=20)] = 5

    @model_validator(mode="after")
    def _default_has_an_address(self) -> Self:
        if self.default_exchange is not None and self.default_exchange not in self.exchange:
            raise ValueError(
                f"default_exchange: {self.default_exchange!r} is none of exchange ({', '.join(self.exchange)})"
            )
        return self

    @property
    def venue_without_config(self) -> str | None:
        """Of a strategy whose config names none; None where that cannot be known."""
        if self.default_exchange is not None:
            return self.default_exchange
        return next(iter(self.exchange)) if len(self.exchange) == 1 else None


class Runtime(Model):
    """What Lambda runs the tasks on."""

    python: Annotated[str, Field(pattern=r"^3\.(1[2-9])$")] = "3.13"
    architecture: Literal["arm64", "x86_64"] = "arm64"


class Settings(Model):
    """One environment, whole."""

    env: Env
    account_id: Annotated[str, Field(pattern=r"^\d{12}$")]
    region: Annotated[str, Field(pattern=r"^[a-z]{2}(-[a-z]+)+-\d$")]
    platform: Platform = Platform()
    limits: Limits = Limits()
    connectivity: Connectivity = Connectivity()
    runtime: Runtime = Runtime()
    approvals: Approvers = Approvers()
    emergency_stop: EmergencyStopSettings = EmergencyStopSettings()
    resume: ResumeSettings = ResumeSettings()
    positions: PositionSettings = PositionSettings()
    orders: OrderSettings = OrderSettings()
    exchanges: dict[str, ExchangeSettings] = Field(default={"binanceusdm": ExchangeSettings()})
    strategy_api: StrategyApiSettings = StrategyApiSettings()
    modes: dict[str, RunbookMode] = Field(default={})
    log_retention_days: Literal[1, 7, 30, 90, 180, 365, 731, 1827] = 365
    retain_data: bool = False
    watch_every_minutes: Annotated[int, Field(ge=1, le=5)] = 1
    schedules_enabled: bool = True
    # The hour (UTC) of the daily preflight: what is red is to be mended by day.
    preflight_at_hour: Annotated[int, Field(ge=0, le=23)] = 7
    # Of the time in which people are to answer; a rehearsal on an embedded AWS shortens it, AWS never does.
    time_scale: Annotated[float, Field(gt=0, le=1)] = 1.0

    @model_validator(mode="before")
    @classmethod
    def _fill_names(cls, data: object) -> object:
        """Replaces `{env}` and `{region}` in every name, defaults included."""
        if not isinstance(data, dict):
            return data
        env, region = str(data.get("env", "")), str(data.get("region", ""))
        filled = dict(data)
        for part, model in (("platform", Platform), ("connectivity", Connectivity)):
            given = filled.get(part) or {}
            if isinstance(given, BaseModel):
                given = given.model_dump()
            if not isinstance(given, dict):
                continue
            whole = {**{k: f.default for k, f in model.model_fields.items()}, **given}
            filled[part] = {k: _fill(v, env, region) for k, v in whole.items()}
        return filled

    @model_validator(mode="after")
    def _no_heartbeat_stops_everything(self) -> Self:
        """A heartbeat says that nobody was heard, never that money is at risk."""
        for name in self.emergency_stop.risk_alarms:
            if name == self.platform.heartbeat_alarm or "heartbeat" in name.lower():
                raise ValueError(f"emergency_stop.risk_alarms: {name!r} is about heartbeats; name a risk alarm")
        return self

    @model_validator(mode="after")
    def _the_stop_is_never_off(self) -> Self:
        """The button that must work is neither switched off nor made a rehearsal by a setting."""
        if (mode := self.modes.get("emergency-stop", RunbookMode.ACT)) is not RunbookMode.ACT:
            raise ValueError(f"modes.emergency-stop: always acts, cannot be {mode.value!r}; rehearse with dry_run")
        return self

    @model_validator(mode="after")
    def _glass_can_be_broken(self) -> Self:
        after, lapses = self.limits.break_glass_after, self.limits.approval_lapses_resume
        if self.resume.break_glass and after >= lapses:
            raise ValueError(
                f"limits.break_glass_after ({after}) must be less than approval_lapses_resume ({lapses}): nobody "
                "could break the glass before the question lapses; or set resume.break_glass to false"
            )
        return self

    @model_validator(mode="after")
    def _nobody_is_root(self) -> Self:
        """Whoever has the account's root user is no particular person; an embedded AWS knows no other caller."""
        if self.env is not Env.LOCAL and (found := self.approvals.roots()):
            raise ValueError(
                f"approvals.people.{found[0]}: the root user stands for nobody; name a user or a session"
            )
        return self

    def with_addresses(
        self, *, exchange: str | None, database: str | None, network: str | None, fallback: str | None = None
    ) -> Self:
        """The same settings with other probe addresses; `exchange` is the first venue's, `fallback` the other's."""
        connectivity = self.connectivity
        venues = dict(connectivity.exchange)
        venues.update((venue, url) for venue, url in zip(venues, (exchange, fallback), strict=False) if url)
        changed = Connectivity(
            exchange=venues,
            default_exchange=connectivity.default_exchange,
            database=database or connectivity.database,
            network=network or connectivity.network,
            timeout=connectivity.timeout,
        )
        return self.model_copy(update={"connectivity": changed})

    def mode_of(self, runbook: str) -> RunbookMode:
        """The runbook's mode; `prod` starts in `observe`, emergency-stop always acts."""
        if runbook == "emergency-stop":
            return RunbookMode.ACT
        default = RunbookMode.OBSERVE if self.env is Env.PROD else RunbookMode.ACT
        return self.modes.get(runbook, default)

    def with_time_scale(self, scale: str | None) -> Self:
        return self if scale is None else self.model_copy(update={"time_scale": float(scale)})

    def with_status_page(self, url: str | None) -> Self:
        """The same settings with the status page at another address; None: as they are, empty: no page."""
        if url is None:
            return self
        stop = self.emergency_stop.with_page(url, secret=self.status_page_secret)
        return self.model_copy(update={"emergency_stop": stop})

    def with_strategy_api(self, url: str | None) -> Self:
        """The same settings with every strategy's API at another address; None or empty: as they are."""
        if not url:
            return self
        api = StrategyApiSettings.model_validate({**self.strategy_api.model_dump(), "url": url, "urls": {}})
        return self.model_copy(update={"strategy_api": api})

    @property
    def order_failures_alarm(self) -> str:
        """The stack's own alarm whose transition starts order-failures."""
        return f"tradai-{self.env.value}-order-failures"

    @property
    def position_stuck_alarm(self) -> str:
        """The stack's own alarm whose transition starts stuck-position."""
        return f"tradai-{self.env.value}-position-stuck"

    @property
    def alarms_about_people(self) -> frozenset[str]:
        """The stack's own alarms on what people do or have left undone: a question that waits, a halt that stands.
        They say nothing of how well the platform works."""
        return frozenset(f"tradai-{self.env.value}-{name}" for name in ("approvals-waiting", "trading-halted"))

    @property
    def status_page_secret(self) -> str:
        """The secret with the page's token: the settings', or that of a page which only a parameter names."""
        page = self.emergency_stop.status_page
        return page.secret if page else f"tradai-{self.env.value}-status-page"

    def span(self, seconds: float) -> timedelta:
        """A time in which people are to act, at the clock's pace of this environment."""
        return timedelta(seconds=seconds * self.time_scale)

    def lapses(self, kind: Literal["close", "change", "resume"]) -> timedelta:
        """How long a question of this kind may wait for its answer."""
        return self.span(
            {
                "close": self.limits.approval_lapses_close,
                "change": self.limits.approval_lapses_change,
                "resume": self.limits.approval_lapses_resume,
            }[kind]
        )

    @property
    def trading_statuses(self) -> frozenset[str]:
        """Statuses under which a strategy must beat."""
        meaning = self.platform.status_meaning
        return frozenset(status for status, means in meaning.items() if means is Meaning.TRADES)

    def status_that(self, meaning: Meaning) -> str:
        """The first status of that meaning, the word to write (`paused` for one that manages exits)."""
        return next(status for status, means in self.platform.status_meaning.items() if means is meaning)

    @property
    def known_statuses(self) -> frozenset[str]:
        return frozenset(self.platform.status_meaning)

    def meaning(self, status: str) -> Meaning | None:
        """None: an unknown status, which is reported and never guessed."""
        return self.platform.status_meaning.get(status)


def _fill(value: object, env: str, region: str) -> object:
    if isinstance(value, str):
        return value.replace("{env}", env).replace("{region}", region)
    if isinstance(value, dict):
        return {k: _fill(v, env, region) for k, v in value.items()}
    return value
