"""Settings: every name of the platform, every threshold and limit, for one environment.

One JSON file (`settings.json`) lies beside the code in Lambda; the same models check the files in
`infra/environments/` at synthesis, so that a wrong value fails there with the field's name.
Defaults are CONTRACT's; `{env}` in a name is replaced by the environment.
"""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Final, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

Seconds = Annotated[int, Field(ge=1, le=31_536_000)]
Percent = Annotated[int, Field(ge=1, le=100)]
REDEPLOY_WITHIN: Final = 1800  # seconds: the longest that a definition waits for redeploy-service

APPROVAL_BACKSTOP: Final = 150  # seconds after the lapse


class Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


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
    status_meaning: dict[str, Meaning] = {
        "warmup": Meaning.TRADES,
        "running": Meaning.TRADES,
        "paused": Meaning.MANAGES_EXITS,
        "stopped": Meaning.MANAGES_NOTHING,
        "failed": Meaning.MANAGES_NOTHING,
        "terminated": Meaning.MANAGES_NOTHING,
    }
    accounts: dict[str, Account] = {}
    fargate_price: FargatePrice | None = None


class Limits(Model):
    """CONTRACT.md 8. Seconds unless the name says otherwise."""

    heartbeat_stale_after: Seconds = 120
    acknowledgement_look_every: Seconds = 10
    acknowledgement_looks: Annotated[int, Field(ge=1, le=10)] = 3
    heartbeat_look_every: Seconds = 5
    heartbeat_looks: Annotated[int, Field(ge=1, le=60)] = 12
    task_replaced_within: Seconds = 600
    task_look_every: Seconds = 15
    monitor_looks: Annotated[int, Field(ge=1, le=60)] = 10
    monitor_every: Seconds = 60
    redeploys_an_hour: Annotated[int, Field(ge=1, le=20)] = 3
    restarts_an_hour: Annotated[int, Field(ge=1, le=20)] = 3
    restarts_a_run: Annotated[int, Field(ge=1, le=40)] = 20
    exchange_wait: Seconds = 900
    maintenance_wait: Seconds = 14_400
    connectivity_wait: Seconds = 900
    deployment_wait: Seconds = 900
    look_again_every: Seconds = 30
    override_expires_after: Seconds = 14_400
    order_cooldown_least: Seconds = 60
    order_cooldown_most: Seconds = 600
    log_window: Seconds = 900
    deadlock_silence: Seconds = 120
    sweeps_an_alarm: Annotated[int, Field(ge=1, le=10)] = 3
    approval_lapses_close: Seconds = 600
    approval_lapses_change: Seconds = 900
    approval_lapses_resume: Seconds = 3_600
    # A person who says "I am looking" holds back the next wave by so much, once a wave.
    looking_holds: Seconds = 180
    second_person_silent: Seconds = 300
    wrong_phrases_free: Annotated[int, Field(ge=1, le=10)] = 3
    wrong_phrase_delay: Seconds = 5
    wrong_phrase_delay_most: Seconds = 60
    # After a "no" no run is started again by itself for the same trouble, and nobody asked again, for so long.
    declined_rests: Seconds = 1_800
    unanswered_repeats: Annotated[tuple[Seconds, ...], Field(min_length=1, max_length=10)] = (900, 1_800, 3_600)
    alike_before_one_request: Annotated[int, Field(ge=1, le=20)] = 3

    # How long a waiting state waits by itself. The sweeper answers it when the question lapses; this is for
    # the night on which no sweeper runs, and late enough for two of its looks and a slow one.
    @property
    def approval_backstop_close(self) -> int:
        return self.approval_lapses_close + APPROVAL_BACKSTOP

    @property
    def approval_backstop_change(self) -> int:
        return self.approval_lapses_change + APPROVAL_BACKSTOP

    @property
    def approval_backstop_resume(self) -> int:
        return self.approval_lapses_resume + APPROVAL_BACKSTOP

    @property
    def raise_memory_within(self) -> int:
        """How long raise-memory may take: the question or the redeploy beside it, the redeploy after it, and the
        looks around them."""
        return max(self.approval_backstop_change, REDEPLOY_WITHIN) + REDEPLOY_WITHIN + 600

    @property
    def switch_exchange_within(self) -> int:
        """How long one question about an exchange that stays down may take, with the looks around it."""
        return self.approval_backstop_change + 600

    @property
    def outlast_within(self) -> int:
        """How long a trouble may be outlasted: unasked, and then once more for each of three questions, as long
        as a person may allow."""
        return 21_600 + 3 * (self.switch_exchange_within + self.maintenance_wait)

    @model_validator(mode="after")
    def _bounds_in_order(self) -> Self:
        if self.order_cooldown_least > self.order_cooldown_most:
            raise ValueError(
                f"order_cooldown_least ({self.order_cooldown_least}) must not exceed "
                f"order_cooldown_most ({self.order_cooldown_most})"
            )
        return self

    @model_validator(mode="after")
    def _loops_bounded(self) -> Self:
        """The bounds that the definitions declare (`loops` in runbook.yaml): beyond them a run's history could
        end it without a word of its own."""
        bounds = (
            ("exchange_wait", "look_again_every", 60),
            ("connectivity_wait", "look_again_every", 60),
            ("deployment_wait", "look_again_every", 60),
            ("task_replaced_within", "task_look_every", 40),
        )
        for whole, every, most in bounds:
            if getattr(self, whole) > most * getattr(self, every):
                raise ValueError(f"{whole} ({getattr(self, whole)}) is more than {most} looks: raise {every}")
        return self


class Connectivity(Model):
    """Where the probes look: `https://...`, `http://...` or `tcp://host:port`. `default_exchange` is the venue of a
    strategy whose config names none; without it such a strategy has a venue only where there is one alone."""

    exchange: dict[str, str] = {"binanceusdm": "https://fapi.binance.com/fapi/v1/ping"}
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


class Person(Model):
    """Somebody who may decide. `arns` are the caller ARNs that stand for this person, exactly as STS gives them
    (`arn:aws:iam::ACCOUNT:user/NAME`, `arn:aws:sts::ACCOUNT:assumed-role/ROLE/SESSION`)."""

    name: Annotated[str, Field(min_length=1, max_length=80)]
    email: Annotated[str, Field(pattern=r"^[^@\s<>\"',;:]+@[^@\s<>\"',;:]+\.[^@\s<>\"',;:]+$")] | None = None
    arns: tuple[Annotated[str, Field(pattern=r"^arn:aws:(iam|sts)::\d{12}:\S+$")], ...] = ()


class Desk(Model):
    """Who is asked, by person id: at once, at a third of the time, at two thirds of it."""

    rungs: Annotated[tuple[Annotated[tuple[str, ...], Field(min_length=1)], ...], Field(min_length=1, max_length=3)]


class Approvers(Model):
    """People and desks. `sender` is an e-mail identity of SES that the platform owns, `needed` how many people
    an option that adds risk needs by the kind of question. Without a desk nobody can be asked."""

    sender: Annotated[str, Field(pattern=r"^[^@\s<>]+@[^@\s<>]+$")] | None = None
    people: dict[Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$")], Person] = {}
    desks: dict[str, Desk] = {}
    needed: dict[Literal["close", "change", "resume"], Annotated[int, Field(ge=1, le=2)]] = {
        "close": 1,
        "change": 1,
        "resume": 2,
    }

    @model_validator(mode="after")
    def _known_and_reachable(self) -> Self:
        for name, desk in self.desks.items():
            for number, rung in enumerate(desk.rungs):
                for person in rung:
                    if person not in self.people:
                        raise ValueError(f"desks.{name}.rungs.{number}: there is no person {person!r} in people")
        if self.desks and "default" not in self.desks:
            raise ValueError("desks: one must be called 'default'; a strategy without a desk of its own asks it")
        for what, given in (
            ("email", [p.email.lower() for p in self.people.values() if p.email]),
            ("arns", [arn for p in self.people.values() for arn in p.arns]),
        ):
            twice = sorted({one for one in given if given.count(one) > 1})
            if twice:
                raise ValueError(f"people: {what} {twice[0]!r} stands for two people; two people are two of them")
        shared = sorted(role for role, people in self._by_session_role().items() if len(people) > 1)
        if shared:
            raise ValueError(
                f"people: sessions of the role {shared[0]!r} stand for two people, and whoever may assume it "
                "chooses the session's name; give each a role or user of their own, or use IAM Identity Center"
            )
        if self.desks and self.sender is None and any(p.email for p in self.people.values()):
            raise ValueError("sender: is required as soon as a person has an e-mail address")
        return self

    def _by_session_role(self) -> dict[str, set[str]]:
        """People by the roles of their sessions, without those whose session names Identity Center gives."""
        found: dict[str, set[str]] = {}
        for person_id, person in self.people.items():
            for arn in person.arns:
                _, _, session = arn.partition(":assumed-role/")
                role = session.partition("/")[0]
                if role and not role.startswith("AWSReservedSSO_"):
                    found.setdefault(role, set()).add(person_id)
        return found

    def rungs_of(self, desk: str) -> tuple[tuple[str, ...], ...]:
        """The waves of a desk, or of the default desk where there is none of that name."""
        found = self.desks.get(desk) or self.desks.get("default")
        return found.rungs if found else ()

    def person_of(self, arn: str) -> str | None:
        return next((person_id for person_id, person in self.people.items() if arn in person.arns), None)


class Runtime(Model):
    """What Lambda runs the tasks on."""

    python: Annotated[str, Field(pattern=r"^3\.(1[1-9])$")] = "3.13"
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
    modes: dict[str, RunbookMode] = {}
    log_retention_days: Literal[1, 7, 30, 90, 180, 365, 731, 1827] = 365
    retain_data: bool = False
    watch_every_minutes: Annotated[int, Field(ge=1, le=5)] = 1
    schedules_enabled: bool = True
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
