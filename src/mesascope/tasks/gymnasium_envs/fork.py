"""A state of an environment, to step from in copies that go their own ways.

A search copies an environment for every action in every state. So a state is written down once, as
`pickle` does it, and read as often as copies are wanted, which is quicker than `copy.deepcopy`;
that makes them where a state cannot be written. Both ask objects the same, their `__reduce_ex__`.
"""

import copy
import io
import pickle
from collections.abc import Callable
from typing import Any

from mesascope.tasks.gymnasium_envs.chance import Sources, Watch
from mesascope.tasks.gymnasium_envs.state import shared_by

_PROTOCOL = 4  # what `copy.deepcopy` asks objects for


class Fork:
    """Makes copies of an environment as it is now."""

    def __init__(self, env: Any) -> None:
        """Look through an environment once; it must stay as it is while copies are made."""
        self._watch = Watch(env)
        self._shared = shared_by(env)
        self._whole = (env, self._watch.sources)
        self._written = None if self._watch.by_hand else _written(self._whole, self._shared)

    def copy(self) -> tuple[Any, Callable[[], bool]]:
        """Return a copy, and what says whether random numbers were drawn in it since.

        Raises:
            Exception: whatever somebody's object raises when it is copied.
        """
        env, sources = self._read() or self._deeply()
        return env, self._watch.begin(env, sources)

    def _deeply(self) -> tuple[Any, Sources]:
        return copy.deepcopy(self._whole, {id(one): one for one in self._shared})

    def _read(self) -> tuple[Any, Sources] | None:
        if self._written is None:
            return None
        try:
            found: tuple[Any, Sources] = _Reader(io.BytesIO(self._written), self._shared).load()
        except (Exception, SystemExit):  # whatever somebody's object raises
            self._written = None
            return None
        return found


def _written(whole: Any, shared: list[Any]) -> bytes | None:
    """Return something with all that is in it, or None if it cannot be written down."""
    file = io.BytesIO()
    try:
        _Writer(file, shared).dump(whole)
    except (Exception, SystemExit):  # a function without a name, or what somebody's object raises
        return None
    return file.getvalue()


class _Writer(pickle.Pickler):
    """Writes what is shared by its number alone."""

    def __init__(self, file: io.BytesIO, shared: list[Any]) -> None:
        super().__init__(file, _PROTOCOL)
        self._numbers = {id(one): number for number, one in enumerate(shared) if one is not None}

    def persistent_id(self, thing: Any) -> int | None:
        return self._numbers.get(id(thing))


class _Reader(pickle.Unpickler):
    """Reads what its writer wrote, in this process."""

    def __init__(self, file: io.BytesIO, shared: list[Any]) -> None:
        super().__init__(file)
        self._shared = shared

    def persistent_load(self, number: int) -> Any:
        return self._shared[number]
