"""Gathers what a report tells, and stores it."""
