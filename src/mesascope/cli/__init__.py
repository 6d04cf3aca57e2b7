"""The command line. Nothing heavy is imported until a command needs it."""

from mesascope.cli.main import main

__all__ = ["main"]
