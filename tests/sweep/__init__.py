"""The single-fault sweep: every task state of every machine, with each thing that can happen to it, one at a time.

`python -m tests.sweep` runs all of it on two engines and writes docs/sweep.md; the tests here run a seeded sample.
"""
