"""What may be said in a contract, reading it with line numbers, and the lint.

`reading.read` gives a `model.Contract`; `versions.in_force` picks the one that governs a month;
`tables.terms_tables` turns contracts into the tables that SQL joins, so that no text of a contract
is ever pasted into SQL; `check.check` lints.
"""
