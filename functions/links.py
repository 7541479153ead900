"""Addresses of AWS's console that people are given."""

from __future__ import annotations

from functions.settings import Settings


def emergency_stop_url(settings: Settings) -> str:
    """Where a person starts the emergency stop by hand."""
    region = settings.region
    machine = f"tradai-{settings.env.value}-emergency-stop"
    arn = f"arn:aws:states:{region}:{settings.account_id}:stateMachine:{machine}"
    return f"https://{region}.console.aws.amazon.com/states/home?region={region}#/statemachines/view/{arn}"


def dashboard_url(settings: Settings) -> str:
    """How the runbooks go: runs, approvals, halts, failures."""
    region = settings.region
    named = f"tradai-{settings.env.value}-runbooks"
    return f"https://{region}.console.aws.amazon.com/cloudwatch/home?region={region}#dashboards/dashboard/{named}"


def stop_line(settings: Settings) -> str:
    """The last line of every alert."""
    return f"Stop all trading: {emergency_stop_url(settings)} (start execution with {{}})"
