"""Pure decisions of order-failures: what failed, why, and what to do about it."""
