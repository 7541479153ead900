"""What an incident report says, for every runbook: pure, from the incident and the histories of its executions."""
