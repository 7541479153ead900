"""What the fixes of Step Functions share: scopes that can be stopped, and where a thread is in a definition."""
