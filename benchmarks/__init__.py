"""Measurements of speed, each a script that prints a table."""
