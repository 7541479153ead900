"""Faults of the stand-in platform: each makes the symptoms of its trouble, and only its remedy cures it."""
