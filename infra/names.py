"""Names and ARNs of what the stack creates and of what the platform owns, for one environment.

Accounts and regions are settings, so every ARN is plain text: definitions and policies can be read,
compared and checked without deploying anything.
"""

from __future__ import annotations

from dataclasses import dataclass

from functions.settings import Settings


@dataclass(frozen=True, slots=True)
class Names:
    """Every name of one environment."""

    settings: Settings

    @property
    def env(self) -> str:
        return self.settings.env.value

    @property
    def stack(self) -> str:
        return f"tradai-{self.env}-runbooks"

    @property
    def incidents_table(self) -> str:
        return f"tradai-runbook-incidents-{self.env}"

    @property
    def guards_table(self) -> str:
        return f"tradai-runbook-guards-{self.env}"

    @property
    def approvals_table(self) -> str:
        return f"tradai-runbook-approvals-{self.env}"

    @property
    def approvals_api(self) -> str:
        return f"tradai-{self.env}-approvals"

    @property
    def configuration_set(self) -> str:
        """SES's configuration set by which approval mails leave."""
        return f"tradai-runbooks-{self.env}"

    def function(self, task: str) -> str:
        """Name of the function of `functions/tasks/{task}.py`; Lambda allows 64 characters."""
        return f"tradai-{self.env}-rb-{task.replace('_', '-')}"

    @property
    def functions_log(self) -> str:
        """The log group of every function: a stack may have 500 resources, and one a function was too many."""
        return f"/tradai/{self.env}/runbooks"

    def machine(self, folder: str) -> str:
        """Name of the state machine of `statemachines/{folder}`."""
        return f"tradai-{self.env}-{folder}"

    def dead_letters(self, of: str) -> str:
        """Name of the dead-letter queue of a rule."""
        return f"tradai-{self.env}-{of}-dead-letters"

    @property
    def dashboard(self) -> str:
        return f"tradai-{self.env}-runbooks"

    @property
    def direct_policy(self) -> str:
        """Managed policy of those who may stop everything without Step Functions."""
        return f"tradai-{self.env}-emergency-stop-direct"

    def alarm(self, of: str) -> str:
        return f"tradai-{self.env}-{of}"

    def arn(self, service: str, resource: str) -> str:
        """An ARN in the environment's own account and region."""
        return f"arn:aws:{service}:{self.settings.region}:{self.settings.account_id}:{resource}"

    def role_arn(self, name: str) -> str:
        """IAM has no regions."""
        return f"arn:aws:iam::{self.settings.account_id}:role/{name}"

    def policy_arn(self, name: str) -> str:
        """A managed policy of the account's own."""
        return f"arn:aws:iam::{self.settings.account_id}:policy/{name}"

    def function_arn(self, task: str) -> str:
        return self.arn("lambda", f"function:{self.function(task)}")

    @property
    def machine_prefix(self) -> str:
        return self.arn("states", f"stateMachine:tradai-{self.env}-")

    def machine_arn(self, folder: str) -> str:
        return f"{self.machine_prefix}{folder}"

    def executions_arn(self, folder: str) -> str:
        """Every execution of one machine."""
        return self.arn("states", f"execution:{self.machine(folder)}:*")

    def table_arn(self, table: str) -> str:
        return self.arn("dynamodb", f"table/{table}")

    def log_group_arn(self, name: str) -> str:
        return self.arn("logs", f"log-group:{name}")

    @property
    def alerts_topic_arn(self) -> str:
        return self.arn("sns", self.settings.platform.alerts_topic)

    @property
    def paging_topic_arn(self) -> str:
        """The alerts topic where the settings name no other."""
        platform = self.settings.platform
        return self.arn("sns", platform.paging_topic or platform.alerts_topic)

    @property
    def default_bus_arn(self) -> str:
        """The only event bus that SES can send to."""
        return self.arn("events", "event-bus/default")
