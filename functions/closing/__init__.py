"""The order of things in a close, shared by the tasks of close-position."""
