"""What a person with AWS credentials can see and do: boto3 and HTTP, and nothing of this project's code.

Names are those of CONTRACT.md, written down here by themselves: a helper that took them from the product
could not show that the product has them right.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any, TypeVar
from urllib.request import ProxyHandler, Request, build_opener

import boto3
from boto3.dynamodb.types import TypeDeserializer, TypeSerializer
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials
from botocore.exceptions import ClientError
from botocore.httpsession import URLLib3Session

from tests.e2e.venue import Venue

T = TypeVar("T")

REGION = "eu-central-1"
ACCOUNT = "000000000000"
STATE = "tradai-trading-state-local"
CONFIG = "tradai-strategy-config-local"
POSITIONS = "tradai-positions-local"
ORDERS = "tradai-orders-local"
INCIDENTS = "tradai-runbook-incidents-local"
GUARDS = "tradai-runbook-guards-local"
APPROVALS = "tradai-runbook-approvals-local"
CLUSTER = "tradai-local"
SERVICE = "tradai-strategy-service-local"
SCALED = f"service/{CLUSTER}/{SERVICE}"
ACTIVITIES = ("DynamicScalingInSuspended", "DynamicScalingOutSuspended", "ScheduledScalingSuspended")
LOG_GROUP = f"/ecs/{SERVICE}"
ALARM = "tradai-local-heartbeat-stale"
STUCK_ALARM = "tradai-local-position-stuck"
ORDER_ALARM = "tradai-local-order-failures"
DETECTORS = ("rb-detect-stuck", "rb-detect-orders")
TOPIC = f"arn:aws:sns:{REGION}:{ACCOUNT}:tradai-local-alerts"
STACK = "tradai-local-runbooks"
SERVICE_GUARD = f"service/{SERVICE}"
# What a service is made with; whoever deletes it has it made again from what was remembered.
OF_A_SERVICE = ("serviceName", "launchType", "deploymentConfiguration", "networkConfiguration")
KEYS = {
    STATE: ("strategy_id",),
    CONFIG: ("strategy_id",),
    POSITIONS: ("position_id",),
    ORDERS: ("position_id", "order_id"),
    INCIDENTS: ("incident_id",),
    GUARDS: ("guard_id",),
    APPROVALS: ("approval_id",),
}

_open = build_opener(ProxyHandler({})).open


def stamp(moment: datetime) -> str:
    """ISO 8601 in UTC with `Z`, as the platform writes it."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def ago(seconds: float) -> str:
    return stamp(datetime.now(UTC) - timedelta(seconds=seconds))


@dataclass(frozen=True)
class Mail:
    """A message in the mailbox."""

    subject: str
    text: str
    at: str


@dataclass(frozen=True)
class Run:
    """An execution that has ended, with everything it left behind."""

    arn: str
    status: str
    output: dict[str, Any]
    error: str | None
    cause: str
    input: Any
    incident: dict[str, Any]
    mails: list[Mail]
    took: float

    @property
    def outcome(self) -> str:
        """The word of CONTRACT.md 4, wherever the run says it."""
        return str(self.output.get("outcome") or self.incident.get("outcome"))

    @property
    def acts(self) -> list[dict[str, Any]]:
        return list(self.incident.get("actions") or ())

    def done(self) -> list[str]:
        """`action target` of every act with the result `done`."""
        return [f"{act['action']} {act['target']}" for act in self.acts if act["result"] == "done"]

    @property
    def checklist(self) -> dict[str, str]:
        return {line["id"]: line["result"] for line in self.incident.get("checklist") or ()}

    def told(self) -> str:
        """For an assertion's message: how it ended, in its own words."""
        acts = "\n".join(f"  {act}" for act in self.acts)
        return f"{self.arn} {self.status} {self.error} {self.output}\n{self.cause}\n{acts}"


@dataclass
class Platform:
    """One embedded AWS with the stack, seen from outside."""

    endpoint_url: str
    key_id: str
    secret: str
    time_scale: float
    state_machines: dict[str, str]
    _clients: dict[str, Any] = field(default_factory=dict)
    _read: int = 0

    @classmethod
    def of(cls, state: Any, time_scale: float) -> Platform:
        """What `local up` says of itself: addresses, machines and, where policies are enforced, a key pair."""
        return cls(
            state.endpoint_url,
            state.access_key_id or "test",
            state.secret_access_key or "test",
            time_scale,
            dict(state.state_machines),
        )

    # AWS and HTTP.

    def client(self, service: str) -> Any:
        if service not in self._clients:
            # Faults of AWS spare whoever says that it only looks on.
            config = Config(
                retries={"mode": "standard", "total_max_attempts": 4},
                read_timeout=60,
                user_agent_extra="tradai-bystander",
            )
            make: Any = boto3.client
            self._clients[service] = make(
                service,
                endpoint_url=self.endpoint_url,
                region_name=REGION,
                aws_access_key_id=self.key_id,
                aws_secret_access_key=self.secret,
                config=config,
            )
        return self._clients[service]

    def http(self, method: str, path: str, body: object = None) -> Any:
        request = Request(
            self.endpoint_url + path,
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Accept": "application/json", "Content-Type": "application/json"},
        )
        with _open(request, timeout=120) as answer:
            text = answer.read().decode()
        return json.loads(text) if text else None

    def until(self, look: Callable[[], T | None], what: str, seconds: float = 60.0) -> T:
        """What `look` finds, as soon as it finds anything; AssertionError after `seconds`."""
        deadline = time.monotonic() + seconds
        while not (found := look()):
            assert time.monotonic() < deadline, f"waited {seconds:.0f} s in vain until {what}"
            time.sleep(0.1)
        return found

    def pause(self, platform_seconds: float) -> None:
        """Lets the platform's shortened clock go on."""
        time.sleep(platform_seconds * self.time_scale)

    # Faults and counts of the stand-in.

    def break_with(self, name: str, strategy: str | None = None, count: int | None = None) -> None:
        wish = {"name": name, "strategy": strategy, "count": count}
        self.http("POST", "/_local/faults", {key: value for key, value in wish.items() if value is not None})

    def mend(self) -> None:
        self.http("DELETE", "/_local/faults")

    def refuse(self, operation: str, error: str, times: int, holds: str = "") -> None:
        """AWS itself says no to the next calls of an operation whose body holds that text."""
        self.http("POST", "/_local/refusals", {"target": operation, "error": error, "times": times, "holds": holds})

    def refusals_left(self) -> int:
        return sum(one["times"] for one in self.http("GET", "/_local/refusals")["refusals"])

    def trade(self, on: bool = True) -> None:
        """The bots place entry orders, or do so no more."""
        self.http("POST", "/_local/platform", {"trade": on})

    def bots(self, **switches: bool) -> None:
        """What bots do besides beating: `trade`, `trade_at_venue`, `exits`, `reenters`."""
        self.http("POST", "/_local/platform", switches)

    @cached_property
    def venue(self) -> Venue:
        """The stand-in exchange."""
        return Venue(self.http)

    def trading_stats(self, after: str | None = None) -> dict[str, Any]:
        """`entry_orders`, `last_entry_order_at`, `last_entry_order_of`; `entry_orders_after` a moment."""
        found: dict[str, Any] = self.http("GET", f"/_local/stats{f'?after={after}' if after else ''}")["trading"]
        return found

    def more_strategies(self, count: int) -> list[str]:
        """`strategy-00001` and so on, running; they go with the next reset."""
        found: list[str] = self.http("POST", "/_local/strategies", {"count": count})["strategy_ids"]
        return found

    def posted(self) -> list[dict[str, Any]]:
        """Incidents on the status page since the last reset."""
        found: list[dict[str, Any]] = self.http("GET", "/_local/status-page")["incidents"]
        return found

    def scaling(self) -> dict[str, Any]:
        """The service's scalable target."""
        found: dict[str, Any] = self.client("application-autoscaling").describe_scalable_targets(
            ServiceNamespace="ecs", ResourceIds=[SCALED]
        )["ScalableTargets"][0]
        return found

    def resume_scaling(self) -> None:
        self.client("application-autoscaling").register_scalable_target(
            ServiceNamespace="ecs",
            ResourceId=SCALED,
            ScalableDimension="ecs:service:DesiredCount",
            MinCapacity=1,
            MaxCapacity=4,
            SuspendedState=dict.fromkeys(ACTIVITIES, False),
        )

    def active_faults(self) -> list[str]:
        return [fault["name"] for fault in self.http("GET", "/_local/faults")["active"]]

    def stats(self) -> dict[str, Any]:
        found: dict[str, Any] = self.http("GET", "/_local/stats")
        return found

    def interruptions(self) -> dict[str, int]:
        return {name: count for name, count in self.stats()["interruptions"].items() if count}

    def harm(self) -> list[str]:
        """Remedies that made things worse."""
        return [one["remedy"] for one in self.stats()["wrong_remedies"] if one["harm"]]

    # Tables.

    def items(self, table: str, **having: str) -> list[dict[str, Any]]:
        """`having`: only those with these texts in them."""
        deserialize = TypeDeserializer().deserialize
        only = {
            "FilterExpression": " AND ".join(f"{name} = :{name}" for name in having),
            "ExpressionAttributeValues": {f":{name}": {"S": text} for name, text in having.items()},
        }
        pages = (
            self.client("dynamodb")
            .get_paginator("scan")
            .paginate(TableName=table, ConsistentRead=True, **(only if having else {}))
        )
        return [{k: deserialize(v) for k, v in item.items()} for page in pages for item in page["Items"]]

    def item(self, table: str, *key: str) -> dict[str, Any] | None:
        deserialize = TypeDeserializer().deserialize
        wanted = {name: {"S": value} for name, value in zip(KEYS[table], key, strict=True)}
        found = self.client("dynamodb").get_item(TableName=table, Key=wanted, ConsistentRead=True).get("Item")
        return None if found is None else {k: deserialize(v) for k, v in found.items()}

    def put(self, table: str, item: dict[str, Any]) -> None:
        serialize = TypeSerializer().serialize
        self.client("dynamodb").put_item(TableName=table, Item={k: serialize(v) for k, v in item.items()})

    def change(self, table: str, key: str, **values: Any) -> None:
        """Sets attributes of an item; None removes one."""
        serialize = TypeSerializer().serialize
        names = {f"#{n}": name for n, name in enumerate(values)}
        sets = [f"#{n} = :{n}" for n, value in enumerate(values.values()) if value is not None]
        removes = [f"#{n}" for n, value in enumerate(values.values()) if value is None]
        parts = ([f"SET {', '.join(sets)}"] if sets else []) + ([f"REMOVE {', '.join(removes)}"] if removes else [])
        given = {f":{n}": serialize(value) for n, value in enumerate(values.values()) if value is not None}
        self.client("dynamodb").update_item(
            TableName=table,
            Key={KEYS[table][0]: {"S": key}},
            UpdateExpression=" ".join(parts),
            ExpressionAttributeNames=names,
            **({"ExpressionAttributeValues": given} if given else {}),
        )

    def empty(self, table: str) -> None:
        keys = [{name: {"S": item[name]} for name in KEYS[table]} for item in self.items(table)]
        for first in range(0, len(keys), 25):
            requests = [{"DeleteRequest": {"Key": key}} for key in keys[first : first + 25]]
            self.client("dynamodb").batch_write_item(RequestItems={table: requests})

    def strategy(self, strategy_id: str) -> dict[str, Any]:
        return self.item(STATE, strategy_id) or {}

    def strategy_ids(self) -> list[str]:
        return sorted(item["strategy_id"] for item in self.items(STATE))

    def stale(self) -> list[str]:
        """Strategies that trade and whose heartbeat is missing, unreadable or older than 120 s."""
        found = []
        for item in self.items(STATE):
            if item.get("status") in ("running", "warmup"):
                try:
                    age = datetime.now(UTC) - datetime.fromisoformat(str(item.get("last_heartbeat")))
                except (ValueError, TypeError):
                    age = timedelta.max
                if age > timedelta(seconds=120):
                    found.append(str(item["strategy_id"]))
        return sorted(found)

    def snapshot(self, *tables: str) -> dict[str, list[dict[str, Any]]]:
        """Tables without the heartbeats, which change by themselves."""
        live = {"last_heartbeat", "acknowledged_at", "acknowledged_status"}
        return {
            table: sorted(({k: v for k, v in item.items() if k not in live} for item in self.items(table)), key=str)
            for table in tables or (STATE, CONFIG, POSITIONS, ORDERS)
        }

    def open_position(self, strategy_id: str) -> str:
        """A long position with its entry and a protective stop, in the tables and at the venue (of a strategy on
        paper: in the tables only); too young to be stuck."""
        return str(self.venue.open(strategy_id, amount="0.05")["position_id"])

    # The alarm and the service.

    def alarm(self, name: str = ALARM) -> dict[str, Any]:
        found: dict[str, Any] = self.client("cloudwatch").describe_alarms(AlarmNames=[name])["MetricAlarms"][0]
        return found

    def position(self, position_id: str) -> dict[str, Any]:
        return self.item(POSITIONS, position_id) or {}

    def orders_of(self, position_id: str) -> dict[str, dict[str, Any]]:
        """Those in the table, by client order id."""
        found = [item for item in self.items(ORDERS) if item["position_id"] == position_id]
        return {str(item["client_order_id"]): item for item in found}

    def set_alarm(self, state: str, reason: str = "set by hand") -> None:
        self.client("cloudwatch").set_alarm_state(AlarmName=ALARM, StateValue=state, StateReason=reason)

    def service(self) -> dict[str, Any]:
        ecs = self.client("ecs")
        found: dict[str, Any] = ecs.describe_services(cluster=CLUSTER, services=[SERVICE])["services"][0]
        return found

    def tasks(self) -> list[str]:
        """ARNs of the tasks that are meant to run."""
        return sorted(self.client("ecs").list_tasks(cluster=CLUSTER, serviceName=SERVICE)["taskArns"])

    def deployments_made(self) -> int:
        return len(self.service()["deployments"])

    def silence_the_alarm(self) -> None:
        """The alarm starts nothing until the next reset: for faults that must all be there before a run looks."""
        for rule in self._alarm_rules():
            self.client("events").disable_rule(Name=rule)

    def silence_the_watch(self) -> None:
        """Nobody watches over a halt until the next reset: for what a run does with a kill switch by itself."""
        for rule in self._watch_rules():
            self.client("events").disable_rule(Name=rule)

    def silence_the_detector(self) -> None:
        """Nobody looks for stuck positions or failing orders until the next reset."""
        for rule in self._detector_rules():
            self.client("events").disable_rule(Name=rule)

    def detect(self, function: str) -> None:
        """One of them looks again."""
        for rule in self._rules_calling(function):
            self.client("events").enable_rule(Name=rule)

    def _detector_rules(self) -> list[str]:
        return [rule for function in DETECTORS for rule in self._rules_calling(function)]

    def _watch_rules(self) -> list[str]:
        """Rules that call the function that watches over a halt."""
        return self._rules_calling("rb-watch-halt")

    def _rules_calling(self, function: str) -> list[str]:
        """Schedules by the function that they call."""
        events = self.client("events")
        scheduled = [rule["Name"] for rule in events.list_rules()["Rules"] if rule.get("ScheduleExpression")]
        targets = {name: events.list_targets_by_rule(Rule=name)["Targets"] for name in scheduled}
        return [name for name, found in targets.items() if any(function in one["Arn"] for one in found)]

    def _alarm_rules(self) -> list[str]:
        """Rules on the heartbeat alarm, found by what they match."""
        rules = self.client("events").list_rules()["Rules"]
        return [rule["Name"] for rule in rules if ALARM in rule.get("EventPattern", "")]

    def write_line(self, strategy_id: str, event: str) -> None:
        """A line of a strategy in the service's log."""
        logs, stream = self.client("logs"), "strategies/strategy-service/another"
        with suppress(ClientError):
            logs.create_log_stream(logGroupName=LOG_GROUP, logStreamName=stream)
        line = {"ts": ago(0), "level": "INFO", "strategy_id": strategy_id, "event": event}
        events = [{"timestamp": int(time.time() * 1000), "message": json.dumps(line)}]
        logs.put_log_events(logGroupName=LOG_GROUP, logStreamName=stream, logEvents=events)

    # Executions.

    def machine(self, runbook: str) -> str:
        return self.state_machines[runbook]

    def executions(self, runbook: str = "stale-heartbeat", status: str | None = None) -> list[str]:
        """ARNs, the oldest first."""
        pages = (
            self.client("stepfunctions")
            .get_paginator("list_executions")
            .paginate(stateMachineArn=self.machine(runbook), **({"statusFilter": status} if status else {}))
        )
        entries = [entry for page in pages for entry in page["executions"]]
        return [entry["executionArn"] for entry in sorted(entries, key=lambda entry: entry["startDate"])]

    def start(self, runbook: str = "stale-heartbeat", given: object = None, name: str | None = None) -> str:
        answer = self.client("stepfunctions").start_execution(
            stateMachineArn=self.machine(runbook),
            input=json.dumps({} if given is None else given),
            **({"name": name} if name else {}),
        )
        return str(answer["executionArn"])

    def stop(self, arn: str) -> None:
        """As a person does it in the console."""
        self.client("stepfunctions").stop_execution(executionArn=arn, cause="stopped by the test")

    def describe(self, arn: str) -> dict[str, Any]:
        found: dict[str, Any] = self.client("stepfunctions").describe_execution(executionArn=arn)
        return found

    def ended(self, arn: str, seconds: float = 120.0) -> Run:
        """Waits for the end, and for the incident and the notification that every end leaves."""
        found = self.until(lambda: self._if_ended(arn), f"{arn} ends", seconds)
        return self.result(found)

    def result(self, found: dict[str, Any]) -> Run:
        arn = found["executionArn"]
        incident = self.incident_of(arn)
        return Run(
            arn=arn,
            status=found["status"],
            output=json.loads(found.get("output") or "{}"),
            error=found.get("error"),
            cause=found.get("cause") or "",
            input=json.loads(found["input"]),
            incident=incident,
            mails=[mail for mail in self.mails() if f"Incident: {incident.get('incident_id')}\n" in mail.text],
            took=(found["stopDate"] - found["startDate"]).total_seconds(),
        )

    def run(self, runbook: str = "stale-heartbeat", given: object = None, seconds: float = 120.0) -> Run:
        return self.ended(self.start(runbook, given), seconds)

    def run_of_the_alarm(self, seconds: float = 120.0, *, after: int = 0) -> Run:
        """The run that the alarm starts: the one after the first `after` of this test."""
        return self.ended(self.started_by_alarm(after=after), seconds)

    def started_by_alarm(self, *, after: int = 0) -> str:
        return self.until(lambda: self.new_runs()[after:], "the alarm starts a run", 60)[0]

    def new_runs(self, runbook: str = "stale-heartbeat") -> list[str]:
        """Runs since the last reset, the oldest first."""
        return [arn for arn in self.executions(runbook) if arn not in self._before]

    def _if_ended(self, arn: str) -> dict[str, Any] | None:
        found = self.describe(arn)
        return found if found["status"] != "RUNNING" else None

    def history(self, arn: str) -> list[dict[str, Any]]:
        pages = self.client("stepfunctions").get_paginator("get_execution_history").paginate(executionArn=arn)
        return [event for page in pages for event in page["events"]]

    def entered(self, arn: str) -> list[str]:
        """Names of the states that were entered, in that order."""
        details = [event.get("stateEnteredEventDetails") for event in self.history(arn)]
        return [detail["name"] for detail in details if detail]

    def children(self, arn: str) -> list[str]:
        """Executions that this one started and waited for."""
        found = []
        for event in self.history(arn):
            detail = event.get("taskSubmittedEventDetails") or event.get("taskSucceededEventDetails") or {}
            if detail.get("resource", "").startswith("startExecution"):
                child = json.loads(detail.get("output") or "{}").get("ExecutionArn")
                if child and child not in found:
                    found.append(child)
        return found

    # What a run leaves behind.

    def incident_of(self, arn: str) -> dict[str, Any]:
        """Its own; {} where it has none. What it has seen of others has an incident too, `seen_by` its own one."""
        found = self.items(INCIDENTS, execution_arn=arn)
        return next((one for one in found if "seen_by" not in one), {})

    def mails(self) -> list[Mail]:
        """Notifications since the last reset; the alarm's own ones are left out."""
        messages = self.http("GET", "/_local/mailbox")["messages"][self._read :]
        found = [Mail(one["subject"], one["text"], one["at"]) for one in messages]
        return [mail for mail in found if mail.subject.startswith("[tradai local]")]

    def letters(self) -> list[dict[str, Any]]:
        """E-mails to people since the last reset."""
        messages: list[dict[str, Any]] = self.http("GET", "/_local/mailbox")["messages"][self._read :]
        return [one for one in messages if one["via"] == "ses"]

    def signed(self, method: str, path: str, body: object = None) -> tuple[int, Any]:
        """A call of the approvals API's operator routes with this client's own AWS identity."""
        request = AWSRequest(
            method=method,
            url=self.output("ApprovalsUrl").rstrip("/") + path,
            data=None if body is None else json.dumps(body),
            headers={"Accept": "application/json", "Content-Type": "application/json"},
        )
        SigV4Auth(Credentials(self.key_id, self.secret), "execute-api", REGION).add_auth(request)
        answer = URLLib3Session(proxies={}).send(request.prepare())
        return int(answer.status_code), json.loads(answer.text or "null")

    def output(self, name: str) -> str:
        stack = self.client("cloudformation").describe_stacks(StackName=STACK)["Stacks"][0]
        return next(str(o["OutputValue"]) for o in stack["Outputs"] if o["OutputKey"] == name)

    @cached_property
    def reports_bucket(self) -> str:
        return self.output("ReportsBucket")

    def report(self, key: str) -> str:
        body = self.client("s3").get_object(Bucket=self.reports_bucket, Key=key)["Body"]
        return str(body.read().decode())

    # A clean platform between tests.

    @cached_property
    def _strategies(self) -> list[dict[str, Any]]:
        return [{"strategy_id": item["strategy_id"], "status": "running"} for item in self.items(STATE)]

    @cached_property
    def _configs(self) -> list[dict[str, Any]]:
        return self.items(CONFIG)

    @cached_property
    def _roles(self) -> dict[str, dict[str, str]]:
        return {}

    def warm(self, *tasks: str) -> None:
        """Starts the process of every function, or of these, once: cold starts are not shortened by the time scale,
        waits are."""
        lambdas = self.client("lambda")
        pages = lambdas.get_paginator("list_functions").paginate()
        names = [
            one["FunctionName"] for page in pages for one in page["Functions"] if "-rb-" in one["FunctionName"]
        ]
        if tasks:
            names = [name for name in names if name.partition("-rb-")[2] in tasks]
            assert len(names) == len(tasks), names
        with ThreadPoolExecutor(3) as pool:
            for _ in pool.map(lambda name: lambdas.invoke(FunctionName=name, Payload=_first_event(name)), names):
                pass

    def remember(self) -> None:
        """Once, while the platform is as it was seeded."""
        assert self._strategies
        assert self._configs
        self._before: set[str] = set()
        self._revision = str(self.service()["taskDefinition"])
        self._made = {name: value for name, value in self.service().items() if name in OF_A_SERVICE}
        self.until(lambda: not self.stale(), "every strategy beats")

    def reset(self) -> None:
        """As after `local up`: no fault, no run, no lock, every strategy beats, the alarm is OK."""
        self.http("DELETE", "/_local/refusals")
        self._give_grants_back()
        self._mend_functions()
        self._stop_runs()
        self.mend()
        self.bots(trade=False, trade_at_venue=False, exits=False, reenters=False)
        self.venue.reset()
        self.http("DELETE", "/_local/strategies")
        self.http("DELETE", "/_local/status-page")
        for rule in (*self._alarm_rules(), *self._watch_rules(), *self._detector_rules()):
            self.client("events").enable_rule(Name=rule)
        self._topic_and_logs()
        self.trade_again()
        self.until(self._quiet, "the platform is as it was", 60)
        # A table that grew with every test would be read whole by each look of the next one.
        self.empty(INCIDENTS)
        self._before = {arn for runbook in self.state_machines for arn in self.executions(runbook)}
        self._read = len(self.http("GET", "/_local/mailbox")["messages"])
        self.forget_counts()

    def trading_again(self) -> None:
        """As if nothing had ever been stopped."""
        self.trade_again()
        self.until(self._trades_again, "everything trades again")

    def _trades_again(self) -> bool:
        if self._stopped_again():
            self.trade_again()
            return False
        return bool(self.service()["runningCount"] == 1)

    def trade_again(self) -> None:
        """The same, without a look whether it came to that."""
        self._tables()
        self._service_runs()
        self.resume_scaling()

    def forget_counts(self) -> None:
        """What a test itself did before it broke anything is not to be judged."""
        self.http("DELETE", "/_local/stats")

    def _stop_runs(self) -> None:
        for runbook in self.state_machines:
            for arn in self.executions(runbook, "RUNNING"):
                # One that has ended since it was listed needs no stop.
                with suppress(self.client("stepfunctions").exceptions.ClientError):
                    self.client("stepfunctions").stop_execution(executionArn=arn, cause="the test is over")

    def _tables(self) -> None:
        for table in (POSITIONS, ORDERS, GUARDS, APPROVALS):
            self.empty(table)
        ours = {item["strategy_id"] for item in self._strategies}
        for table in (STATE, CONFIG):
            for item in self.items(table):
                if item["strategy_id"] not in ours:
                    self.client("dynamodb").delete_item(
                        TableName=table, Key={"strategy_id": {"S": item["strategy_id"]}}
                    )
        for item in self._strategies:
            self.put(STATE, {**item, "last_heartbeat": ago(0)})
        for item in self._configs:
            self.put(CONFIG, item)

    def _topic_and_logs(self) -> None:
        """Old lines would count for the next test: a window of the log is 15 real minutes."""
        logs, sns = self.client("logs"), self.client("sns")
        try:
            for page in logs.get_paginator("describe_log_streams").paginate(logGroupName=LOG_GROUP):
                for stream in page["logStreams"]:
                    logs.delete_log_stream(logGroupName=LOG_GROUP, logStreamName=stream["logStreamName"])
        except logs.exceptions.ResourceNotFoundException:
            logs.create_log_group(logGroupName=LOG_GROUP)
        sns.create_topic(Name=TOPIC.rpartition(":")[2])
        queue = f"arn:aws:sqs:{REGION}:{ACCOUNT}:tradai-local-mailbox"
        subscribed = [one["Endpoint"] for one in sns.list_subscriptions_by_topic(TopicArn=TOPIC)["Subscriptions"]]
        if queue not in subscribed:
            sns.subscribe(TopicArn=TOPIC, Protocol="sqs", Endpoint=queue)

    def delete_service(self) -> None:
        """With its tasks; the next reset makes it again."""
        self.client("ecs").delete_service(cluster=CLUSTER, service=SERVICE, force=True)

    def _service_runs(self) -> None:
        service = self.service()
        if service["status"] != "ACTIVE":
            made = {**self._made, "taskDefinition": self._revision}
            self.client("ecs").create_service(cluster=CLUSTER, desiredCount=1, **made)
            return
        another = service["taskDefinition"] != self._revision
        if another and service["runningCount"]:
            # Two sizes side by side would be two copies.
            self.client("ecs").update_service(cluster=CLUSTER, service=SERVICE, desiredCount=0)
            self.until(lambda: not self.service()["runningCount"], "the task of another revision is gone")
        if another or service["desiredCount"] != 1 or not service["runningCount"]:
            self.client("ecs").update_service(
                cluster=CLUSTER,
                service=SERVICE,
                desiredCount=1,
                taskDefinition=self._revision,
                forceNewDeployment=another or not service["runningCount"],
            )

    def _quiet(self) -> bool:
        """Nothing runs, everything beats and writes lines, and the alarm stays OK for a detector's period."""
        if self._stopped_again():
            self.trade_again()
            return False
        service = self.service()
        rollouts = [one.get("rolloutState") for one in service["deployments"]]
        if service["runningCount"] != 1 or rollouts != ["COMPLETED"] or self.stale() or self._busy():
            self._stop_runs()
            return False
        if not self.client("logs").describe_log_streams(logGroupName=LOG_GROUP)["logStreams"]:
            return False
        # The detector speaks on a change of its own verdict only: one full period of it without a stale
        # heartbeat, and then a state that was set by hand can be taken back.
        self.pause(150)
        if self.alarm()["StateValue"] != "OK":
            self.set_alarm("OK")
            return False
        # The detectors have looked at the empty tables by then, or will soon.
        if "ALARM" in [self.alarm(one)["StateValue"] for one in (STUCK_ALARM, ORDER_ALARM)]:
            return False
        if self._stopped_again():
            return False
        self.empty(GUARDS)
        return not self.stale() and not self._busy() and not self._stopped_again()

    def _stopped_again(self) -> bool:
        """A function of a stop, or of the halt's watch, went on after its run was over."""
        return (
            self.service()["status"] != "ACTIVE"
            or bool((self.item(GUARDS, "kill-switch") or {}).get("engaged"))
            or any(item.get("status") != "running" or "stopped_by" in item for item in self.items(STATE))
            or self.service()["desiredCount"] != 1
            or self.scaling()["SuspendedState"] != dict.fromkeys(ACTIVITIES, False)
        )

    def _busy(self) -> list[str]:
        return [arn for runbook in self.state_machines for arn in self.executions(runbook, "RUNNING")]

    # Grants.

    def take_grant(self, task: str) -> None:
        """Takes every policy of a task's role away until the next reset."""
        function = self.client("lambda").get_function(FunctionName=f"tradai-local-rb-{task}")["Configuration"]
        role, iam = function["Role"].rpartition("/")[2], self.client("iam")
        policies = {
            name: json.dumps(iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"])
            for name in iam.list_role_policies(RoleName=role)["PolicyNames"]
        }
        assert policies, f"{role} has no policy of its own"
        self._roles[role] = policies
        for name in policies:
            iam.delete_role_policy(RoleName=role, PolicyName=name)

    def break_function(self, task: str) -> None:
        """A task's function cannot even begin until the next reset: its handler is gone."""
        name = f"tradai-local-rb-{task}"
        lambdas = self.client("lambda")
        self._handlers[name] = lambdas.get_function_configuration(FunctionName=name)["Handler"]
        lambdas.update_function_configuration(FunctionName=name, Handler="functions.tasks.gone.handler")

    def throttle_function(self, task: str) -> None:
        """Lambda runs no copy of a task's function until the next reset."""
        name = f"tradai-local-rb-{task}"
        self._throttled.append(name)
        self.client("lambda").put_function_concurrency(FunctionName=name, ReservedConcurrentExecutions=0)

    def _mend_functions(self) -> None:
        for name, handler in self._handlers.items():
            self.client("lambda").update_function_configuration(FunctionName=name, Handler=handler)
        self._handlers.clear()
        for name in self._throttled:
            self.client("lambda").delete_function_concurrency(FunctionName=name)
        self._throttled.clear()

    @cached_property
    def _throttled(self) -> list[str]:
        return []

    @cached_property
    def _handlers(self) -> dict[str, str]:
        return {}

    def _give_grants_back(self) -> None:
        for role, policies in self._roles.items():
            for name, document in policies.items():
                self.client("iam").put_role_policy(RoleName=role, PolicyName=name, PolicyDocument=document)
        self._roles.clear()


def _first_event(function: str) -> bytes:
    """Something that the function survives where its errors raise an alarm, and nothing else."""
    if not function.endswith("approvals-page"):
        return b"{}"
    http = {"method": "GET", "path": "/", "protocol": "HTTP/1.1", "sourceIp": "127.0.0.1", "userAgent": "test"}
    context = {"http": http, "stage": "$default", "requestId": "warm", "timeEpoch": 0}
    event = {"version": "2.0", "routeKey": "$default", "rawPath": "/", "rawQueryString": "", "headers": {}}
    return json.dumps({**event, "requestContext": context, "isBase64Encoded": False}).encode()


def messages_of(events: list[dict[str, Any]], kind: str) -> Iterator[dict[str, Any]]:
    """The events of one type."""
    return (event for event in events if event["type"] == kind)


__all__ = ["ClientError", "Mail", "Platform", "Run", "ago", "stamp"]
