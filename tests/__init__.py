"""Tests of Recount."""
