"""The unit of truth: whose a position is, what of it may be closed, what that costs, and what became of it."""
