"""Many strategies, faults, alarms and people at once, for a while, on one embedded AWS with the whole stack.

`make soak` runs it and writes docs/soak.md; what must hold afterwards stands in laws.py.
"""
