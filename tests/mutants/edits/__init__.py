"""The wrong edits of safety conditions, a file for each kind."""
