"""What the platform calls its things in the environment `local` (CONTRACT.md, section 1).

They stand here by themselves, not read from the product's settings: a stand-in that took its names from the
product could not show that the product has them right.
"""

from __future__ import annotations

ACCOUNT = "000000000000"
REGION = "eu-central-1"

STATE_TABLE = "tradai-trading-state-local"
POSITIONS_TABLE = "tradai-positions-local"
ORDERS_TABLE = "tradai-orders-local"
CONFIG_TABLE = "tradai-strategy-config-local"

CLUSTER = "tradai-local"
SERVICE = "tradai-strategy-service-local"
CONTAINER = "strategy-service"
LOG_GROUP = f"/ecs/{SERVICE}"
REPOSITORY = "tradai/strategy-service"
IMAGE_TAG = "stable"
IMAGE = f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com/{REPOSITORY}:{IMAGE_TAG}"

HEARTBEAT_ALARM = "tradai-local-heartbeat-stale"
DETECTOR = "tradai-trading-heartbeat-check-local"
METRICS = "TradAI/Trading"

TOPIC = "tradai-local-alerts"
TOPIC_ARN = f"arn:aws:sns:{REGION}:{ACCOUNT}:{TOPIC}"
# Whom mail may come from; `runbooks@tradai.example` is an address of it.
MAIL_DOMAIN = "tradai.example"
# People whom IAM knows, without keys: whoever needs one makes it.
IAM_USERS = ("bob", "carol")
ON_CALL_MAIL = "on-call@tradai.example"
MAILBOX_QUEUE = "tradai-local-mailbox"

# A status that lets a strategy trade, and so obliges it to write heartbeats.
TRADING = frozenset({"warmup", "running"})

# A status that lets it manage exits and take no entries.
MANAGING = frozenset({"paused"})

# The service as Application Auto Scaling knows it.
RESOURCE_ID = f"service/{CLUSTER}/{SERVICE}"

GUARDS_TABLE = "tradai-runbook-guards-local"

# Accounts at the stand-in venues; an account's key is the secret of this name, with the venue and the account.
VENUE = "binanceusdm"
ACCOUNTS = ("main", "second")
EXCHANGE_SECRETS = "tradai-local-exchange-{venue}-{account}"

# What every bot's REST API asks for; its text is made anew at each start.
BOT_SECRET = "tradai-local-freqtrade"  # noqa: S105 # a name
BOT_USER = "runbooks"

STATUS_PAGE = "tradai-local"
# The name of the secret, and a text that opens nothing but the stand-in's own page.
STATUS_PAGE_SECRET = "tradai-local-status-page"  # noqa: S105 # a name
STATUS_PAGE_TOKEN = "stand-in-status-page"  # noqa: S105 # guards nothing
