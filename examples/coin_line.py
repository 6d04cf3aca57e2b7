"""Coin or right-hand end? A row of the coin line's table, from fewer initialisations.

    python examples/coin_line.py

Trains small networks by exact gradient ascent on a line where the coin lies at the right end, save
in a share ε of episodes. Then puts the coin on the left and counts who still goes right.
"""

from mesascope.studies.coin_line import measure
from mesascope.studies.coin_line_table import Cell

RUNS = 128


def main() -> None:
    """Print the share that learned to get the coin, and of those, the share that goes right."""
    print(f"{RUNS} initialisations, L = 4, width 32, σ = .5; intervals are Wilson's, at 95 %")
    print(f"{'ε':<7}{'return ≥ .95':<25}of those, right where the coin is left")
    for epsilon in (0.0, 0.02, 0.1, 0.5):
        row = measure(Cell(epsilon), runs=RUNS)
        shares = [
            "none" if s is None else f"{s.estimate:.3f} [{s.low:.3f}, {s.high:.3f}]"
            for s in (row.capability, row.goal)
        ]
        print(f"{epsilon:<7g}{shares[0]:<25}{shares[1]}")


if __name__ == "__main__":
    main()
