"""Every grant of every role, shown to be needed by a call that is refused without it (docs/grants-shown.md)."""
