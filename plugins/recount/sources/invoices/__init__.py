"""Invoices, one module per format."""
