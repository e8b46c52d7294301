"""Stripe over its API: a vendor's invoices (`invoicing`), and the buyer's payments (`payments`)."""
