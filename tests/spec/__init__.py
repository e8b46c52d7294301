"""The tables of DESIGN 5 and 6 as tests."""
