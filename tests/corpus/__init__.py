"""The labelled corpus of order errors; README.md beside this file says how it was made."""
