"""`runbooks preflight`: everything that a night run will need, looked at by day."""
