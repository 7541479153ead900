"""Policies where ministack does not look at them: roles that services assume, and what a call really touches."""
