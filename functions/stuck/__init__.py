"""What the tasks of stuck-position share: what they read, and what they hand to one another."""
