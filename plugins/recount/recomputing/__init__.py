"""What follows from verdicts, as `evaluator.py` beside this states it: in plain Python alone.

Prices, an invoice, a month, the statement, and the evidence pack that proves them, in this order:
each module builds on those before it, and a pack ships all of them as one file.
"""
