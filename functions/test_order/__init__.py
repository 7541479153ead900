"""Asks venues whether they would take an order, and places one that is allowed."""
