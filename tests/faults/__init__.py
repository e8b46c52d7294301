"""Rows A1 to A13 of the faults, for every connector that asks an API."""
