"""Print what each leaf of the program language says of a position."""

from mesascope.tasks.tictactoe.features import FEATURES

for name, (_, meaning) in FEATURES.items():
    print(f"{name:<7} {meaning}")
