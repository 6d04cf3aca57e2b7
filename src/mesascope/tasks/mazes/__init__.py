"""Mazes whose training levels confound the goal with a proxy."""
