"""How one position is closed: which orders are its own, what comes next, and how it ended."""
