"""A shown structure, held to its word: what goes wrong in somebody's handle is said as such."""

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from mesascope.core.choice import Choice, Number
from mesascope.core.errors import MesascopeError, SystemFailure
from mesascope.core.system import HasStructure, Instance, Structure, System
from mesascope.core.world import World

T = TypeVar("T")


@dataclass(frozen=True)
class Shown:
    """A structure whose failures are typed. Implements `mesascope.core.system.Structure`."""

    owner: str
    inner: Structure

    @property
    def kind(self) -> str:
        return self.inner.kind

    @property
    def text(self) -> str:
        return self.inner.text

    @property
    def size(self) -> int:
        return self.inner.size

    def rerun(self, instance: Instance, world: World[Any, Any]) -> Choice[Any]:
        """Return the output that the structure gives, in the world given."""
        return _guarded(self.owner, "rerun", lambda: self.inner.rerun(instance, world))

    def candidates(
        self, instance: Instance, world: World[Any, Any]
    ) -> Mapping[Hashable, Number] | None:
        """Return each inner candidate's value, or None where nothing is valued."""
        return _guarded(self.owner, "candidates", lambda: self.inner.candidates(instance, world))


def shown_structure(system: System) -> Shown | None:
    """Return what a system shows of its structure, or None without the handle.

    Raises:
        SystemFailure: the handle raised, or what it gave is no structure.
    """
    if not isinstance(system, HasStructure):
        return None
    inner = _guarded(system.name, "structure", system.structure)
    if not isinstance(inner, Structure):
        raise SystemFailure(
            f"{system.name!r} shows {inner!r} as its structure; a structure has `kind`, `text`, "
            "`size`, `rerun(instance, world)` and `candidates(instance, world)`"
        )
    return Shown(system.name, inner)


def _guarded(owner: str, handle: str, call: Callable[[], T]) -> T:
    try:
        return call()
    except MesascopeError:
        raise
    except (Exception, SystemExit) as error:
        raise SystemFailure(
            f"the `{handle}` handle of {owner!r} raised {type(error).__name__}: {error}. The "
            "traceback above says where"
        ) from error
