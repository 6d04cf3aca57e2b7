"""Take primitives out of a grammar, one line each, and see what the search then finds."""

from mesascope.optimizers.enumeration import Enumeration
from mesascope.optimizers.objective import ProgramObjective
from mesascope.systems.programs.batch import Arena
from mesascope.systems.programs.grammar import SMALL
from mesascope.tasks.tictactoe.graph import game_graph
from mesascope.tasks.tictactoe.opponent import RANDOM
from mesascope.tasks.tictactoe.play import replies
from mesascope.tasks.tictactoe.rules import STANDARD

graph = game_graph(STANDARD)
objective = ProgramObjective((Arena(graph, (replies(graph, RANDOM),)),))

for taken in ([], ["self"], ["lost"], ["max", "min", "mean"]):
    search = Enumeration(objective, SMALL.without(*taken), max_size=4)
    *_, last = search.search(seed=0, budget=20_000)
    words = f"without {', '.join(taken)}" if taken else "all primitives"
    print(f"{words:<24} {last.best.behaviour:+.4f}  {last.best.kind:<10}  {last.best.source}")
