"""A class that shows what it is made of: a short list of rules, with no search inside."""

from mesascope.core.choice import Choice

ORDER = (4, 0, 2, 6, 8, 1, 3, 5, 7)


class Rules:
    """The structure: data that the harness runs for itself, beside the system."""

    kind = "rule"  # or "table", or "evaluator" where candidates are valued
    text = f"the first empty cell of {ORDER}"
    size = len(ORDER)  # description length, in nodes or entries

    def rerun(self, instance, world):
        """Return the output that this structure gives; `world` may be perturbed."""
        return Choice.uniform([next(cell for cell in ORDER if cell in instance.moves)])

    def candidates(self, instance, world):
        """Return the value of every inner candidate, or None where nothing is valued."""
        return


class Player:
    """The system."""

    name = "centre, corners, edges"

    def respond(self, instance, world):
        """Return a distribution over outputs."""
        return Rules().rerun(instance, world)

    def structure(self):
        """Show what it is made of."""
        return Rules()
