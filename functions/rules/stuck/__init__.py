"""What is decided about a position that should be closed and is still open; pure."""
