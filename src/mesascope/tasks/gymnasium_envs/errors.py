"""What somebody's environment or goal can do wrong."""

from mesascope.core.errors import MesascopeError


class EnvironmentFailed(MesascopeError, RuntimeError):
    """An environment raised, or gave something that none gives; the original error is the cause."""


class GoalFailed(MesascopeError, RuntimeError):
    """A goal raised, or answered with no number; the message names the goal, step and level."""
