"""Servers that answer as the real APIs do: real HTTP on loopback, one module for each system."""
