"""Worlds whose instances are levels: what a world is, and what follows for every one of them."""
