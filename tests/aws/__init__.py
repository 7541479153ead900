"""AWS's own word on the definitions, for who has an account: `make test-aws`."""
