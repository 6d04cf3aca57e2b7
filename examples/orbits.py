"""Draw one three-cell set of each orbit, four orbits to a row, with the number of sets in it."""

from mesascope.tasks.tictactoe.geometry import draw, triple_orbits

orbits = triple_orbits()
for first in range(0, len(orbits), 4):
    row = range(first, first + 4)
    print("".join(f"{number:>2} ({len(orbits[number])})".ljust(12) for number in row).rstrip())
    pictures = [draw(orbits[number][0]).splitlines() for number in row]
    for lines in zip(*pictures, strict=True):
        print("".join(f"   {line}".ljust(12) for line in lines).rstrip())
    print()
