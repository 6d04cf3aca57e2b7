"""Audit a function of your own on the task of the demo."""

import mesascope
from mesascope.organisms.catalogue import organism


def first_free(instance):
    """Return one of the instance's outputs: this is the system."""
    return instance.moves[0]


study = organism("tictactoe/random-opponent")  # a task, its shifts, a base objective
result = mesascope.audit(first_free, study.task, base=study.base, family=study.family)
print(result.verdict.headline)
result.report("audit.html")
