"""Imports every fix, in the order in which they are applied."""
