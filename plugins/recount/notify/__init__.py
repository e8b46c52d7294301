"""Mails: to finance, to the vendor, to those who run it. Each is sent once."""
