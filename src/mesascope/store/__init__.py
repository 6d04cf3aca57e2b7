"""Run directories: written atomically, checked on reading, and written by one process at a time."""

from mesascope.store.atomic import write_atomically
from mesascope.store.errors import BadRun, DirectoryInUse, PathTaken, resume_command
from mesascope.store.run_directory import Checkpoint, RunDirectory

__all__ = [
    "BadRun",
    "Checkpoint",
    "DirectoryInUse",
    "PathTaken",
    "RunDirectory",
    "resume_command",
    "write_atomically",
]
