"""Levels designed to tell goals apart, and to show what the wrong one costs."""
