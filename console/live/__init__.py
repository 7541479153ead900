"""The live view of an execution: histories become steps, steps become lines."""
