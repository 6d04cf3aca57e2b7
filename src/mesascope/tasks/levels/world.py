"""What a world of levels is: drawn, stepped, observed and enumerated, all of it in JAX."""

from typing import Any, NamedTuple, Protocol, runtime_checkable

from jaxtyping import Array, Bool, Float, Int, PRNGKeyArray

Level = Any  # a pytree of arrays: everything that does not change in an episode
State = Any  # a pytree of arrays: everything that does, time included, and no randomness


class Transition(NamedTuple):
    """What a step gives.

    Attributes:
        observation: of the state that was reached.
        state: that state.
        reward: the base objective's, which is that of the first goal.
        terminated: whether the episode has come to an end of its own.
        truncated: whether it was stopped because time is up. Both may be true.
        info: the reward of every candidate goal, by name.
    """

    observation: Array
    state: State
    reward: Float[Array, ""]
    terminated: Bool[Array, ""]
    truncated: Bool[Array, ""]
    info: dict[str, Float[Array, ""]]


@runtime_checkable
class LevelWorld(Protocol):
    """A procedurally generated world: pure functions of a level, a state and a key.

    An implementation is a frozen dataclass, hashable, so that `jax.jit` may take it as static.
    Functions work on one level and one state; `jax.vmap` them. A level is drawn beforehand, never
    inside `step`. `check_task` tries everything that is asked for here.
    """

    @property
    def name(self) -> str: ...

    @property
    def actions(self) -> tuple[str, ...]:
        """The names of the actions; an action is an index into them."""
        ...

    @property
    def goals(self) -> tuple[str, ...]:
        """The names of the candidate goals; the first is the base objective."""
        ...

    @property
    def horizon(self) -> int:
        """The number of steps after which an episode is truncated."""
        ...

    @property
    def states(self) -> int:
        """How many states a level has, time apart."""
        ...

    def draw(self, key: PRNGKeyArray, apart: Bool[Array, ""]) -> Level:
        """Return a random level, on which the goals come apart or are confounded."""
        ...

    def mutate(self, key: PRNGKeyArray, level: Level) -> Level:
        """Return a neighbour of a level, which may be of either kind."""
        ...

    def reset(self, level: Level) -> State:
        """Return the state that an episode starts in."""
        ...

    def observe(self, level: Level, state: State) -> Array:
        """Return what the agent sees: everything that matters, as the worlds are fully observed."""
        ...

    def step(
        self, key: PRNGKeyArray, level: Level, state: State, action: Int[Array, ""]
    ) -> Transition:
        """Return what an action leads to. `key` is the only source of chance."""
        ...

    def state_at(self, level: Level, index: Int[Array, ""]) -> State:
        """Return the state of this number, at time 0."""
        ...

    def index_of(self, level: Level, state: State) -> Int[Array, ""]:
        """Return the number of a state, whatever the time."""
        ...

    def place_of(self, level: Level, state: State) -> Int[Array, ""]:
        """Return which place the agent is in: the number of a cell."""
        ...
