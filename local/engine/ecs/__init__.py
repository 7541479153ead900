"""ECS as the embedded AWS lacks it: tasks that take time to start and stop, and deployments that roll."""
