"""Policies at play: on worlds of levels, and in anybody's environment."""
