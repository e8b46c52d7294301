"""Recount: the buyer's own count of what a vendor bills per outcome."""
