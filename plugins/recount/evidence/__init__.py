"""What proves a statement and what was done about it."""
