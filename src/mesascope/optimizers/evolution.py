"""Evolution: islands of programs that vary, compete, and start afresh where they stagnate."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from mesascope.core.optimizer import Progress
from mesascope.core.randomness import stream
from mesascope.optimizers.objective import ProgramObjective
from mesascope.optimizers.ordered import winner
from mesascope.optimizers.record import Record
from mesascope.optimizers.variation import Draws, Variation
from mesascope.systems.programs.batch import pack
from mesascope.systems.programs.grammar import Grammar
from mesascope.systems.programs.program import Program, parse
from mesascope.systems.programs.system import ProgramSystem


@dataclass(frozen=True)
class Settings:
    """How to evolve.

    Attributes:
        max_size: the longest program, in nodes.
        islands: populations that breed apart.
        population: programs on an island, each with a policy of its own.
        offspring: programs that an island tries in a generation.
        tournament: programs drawn for each parent, of which the best breeds.
        fresh: the share of offspring that are random programs.
        patience: generations without a better program after which an island starts afresh.
        migration: generations after which each island's best visits the next; 0 for never.
    """

    max_size: int = 9
    islands: int = 8
    population: int = 64
    offspring: int = 128
    tournament: int = 3
    fresh: float = 0.1
    patience: int = 30
    migration: int = 0


@dataclass
class Individual:
    """A program on an island, with its value and its policy's fingerprint."""

    tokens: bytes
    value: float
    policy: str


@dataclass
class Island:
    """A population, best first, and the generations for which its best has stayed the best."""

    members: list[Individual]
    waited: int = 0


class Evolution:
    """Typed evolution of programs.

    A policy occupies one place on an island, held by the best (shortest, where length is charged)
    of its programs, so that a population does not fill with rewritings of one behaviour. An island
    whose best no longer improves dies and starts from random programs: its best is on record,
    and a deceptive optimum, such as a good reflex on the way to search, costs a bounded time.
    """

    name = "evolution"

    def __init__(
        self, objective: ProgramObjective, grammar: Grammar, settings: Settings | None = None
    ) -> None:
        """Prepare to evolve programs of a grammar."""
        self.objective = objective
        self.grammar = grammar
        self.settings = settings or Settings()
        self._variation = Variation(grammar, self.settings.max_size)

    def search(
        self, *, seed: int, budget: int, resume: dict[str, Any] | None = None
    ) -> Iterator[Progress]:
        """Yield progress after every generation until the budget is spent."""
        record = Record(self.objective, budget)
        islands = [Island([]) for _ in range(self.settings.islands)]
        generation = 0
        if resume is not None:
            record.restore(resume)
            islands = [_island_from_json(island) for island in resume["islands"]]
            generation = resume["generation"]
        while True:
            if record.left:
                # A generation's own stream: there is no state of a generator to keep.
                draws = Draws(stream(seed, "evolution", generation))
                self._generation(islands, record, draws)
                generation += 1
                if self.settings.migration and generation % self.settings.migration == 0:
                    _migrate(islands)
            state = {
                "method": self.name,
                "generation": generation,
                "islands": [_island_to_json(island) for island in islands],
            }
            done = not record.left
            yield record.progress(state, done=done)
            if done:
                return

    def _generation(self, islands: list[Island], record: Record, draws: Draws) -> None:
        """Breed on every island, score all offspring at once, and let the best survive."""
        broods = [self._brood(island, draws) for island in islands]
        batch = [tokens for brood in broods for tokens in brood][: record.left]
        assessed = record.score(*pack(batch))
        policies = [key.hex() for key in assessed.scores.policy_keys()]
        values = assessed.value.tolist()
        scored = [Individual(*each) for each in zip(batch, values, policies, strict=True)]
        for island in islands:
            brood, scored = scored[: self.settings.offspring], scored[self.settings.offspring :]
            self._survive(island, brood)

    def _brood(self, island: Island, draws: Draws) -> list[bytes]:
        settings = self.settings
        if not island.members:
            return [self._variation.fresh(draws) for _ in range(settings.offspring)]
        members = [individual.tokens for individual in island.members]

        def parent() -> bytes:  # members are best first: the least number drawn wins
            return members[min(draws.below(len(members)) for _ in range(settings.tournament))]

        return [
            self._variation.fresh(draws)
            if draws.chance() < settings.fresh
            else self._variation.child(parent(), parent(), draws)
            for _ in range(settings.offspring)
        ]

    def _survive(self, island: Island, brood: list[Individual]) -> None:
        best = island.members[0].value if island.members else float("-inf")
        ranked = sorted(island.members + brood, key=lambda i: (-i.value, len(i.tokens)))
        by_policy: dict[str, Individual] = {}
        for individual in ranked:
            by_policy.setdefault(individual.policy, individual)
        island.members = list(by_policy.values())[: self.settings.population]
        improved = bool(island.members) and island.members[0].value > best
        island.waited = 0 if improved else island.waited + 1
        if island.waited >= self.settings.patience:
            island.members, island.waited = [], 0

    def winner(self, progress: Progress) -> ProgramSystem:
        """Return the best system found."""
        return winner(progress)


def _migrate(islands: list[Island]) -> None:
    """Let each island's best visit the next one, where it competes like any other."""
    best = [island.members[:1] for island in islands]
    for island, visitors in zip(islands, best[-1:] + best[:-1], strict=True):
        if island.members:
            known = {member.policy for member in island.members}
            island.members += [v for v in visitors if v.policy not in known]
            island.members.sort(key=lambda i: (-i.value, len(i.tokens)))


def _island_to_json(island: Island) -> dict[str, Any]:
    members = [{**asdict(m), "tokens": str(Program(m.tokens))} for m in island.members]
    return {"waited": island.waited, "members": members}


def _island_from_json(data: dict[str, Any]) -> Island:
    members = [Individual(**{**m, "tokens": parse(m["tokens"]).tokens}) for m in data["members"]]
    return Island(members, data["waited"])
