"""Typed errors. Each message names what was given, what was expected, and ends in what to do."""


class MesascopeError(Exception):
    """The base of every error that mesascope raises on purpose."""


class IncomparableObjectives(MesascopeError, TypeError):
    """Two objectives with different domains were compared without a bridge between them."""


class NotDecomposable(MesascopeError, ValueError):
    """A base objective is no expectation of a per-instance utility of outputs.

    Attributes:
        cause: `sees-more-than-outputs`, `not-linear-in-mixtures` or `too-few-samples`.
        counterexample: the systems and values that show it, as plain data.
    """

    def __init__(self, message: str, cause: str, counterexample: dict[str, object]) -> None:
        super().__init__(message)
        self.cause = cause
        self.counterexample = counterexample


class MissingHandle(MesascopeError, TypeError):
    """A detector needs a handle that the system does not offer."""


class IllegalOutput(MesascopeError, ValueError):
    """A system answered with something that is no output of the instance."""


class SystemFailure(MesascopeError, RuntimeError):
    """A system under audit raised; the original error is the cause."""


class StepLimitExceeded(MesascopeError, RuntimeError):
    """A traced run asked the world for more than it was allowed to."""


class BadRequest(MesascopeError, ValueError):
    """A request that makes no sense, such as a negative seed or a search of nothing."""


class BadRules(MesascopeError, ValueError):
    """A rule set that cannot be read, or that no game can be played by."""


class BadOpponent(MesascopeError, ValueError):
    """An opponent mixture that cannot be read."""


class BrokenWorld(MesascopeError, ValueError):
    """A world of levels that is not what `LevelWorld` asks for; says which promise it breaks."""


class MalformedProgram(MesascopeError, ValueError):
    """A program text that is not a term of the language; says where, and what was expected."""


class UnknownName(MesascopeError, KeyError):
    """A name that stands for nothing here; says what was meant, perhaps, and what there is."""

    def __str__(self) -> str:
        return str(self.args[0])


class CannotLoad(MesascopeError, ImportError):
    """A system named as `module:attribute` could not be loaded."""


class MissingExtra(MesascopeError, ImportError):
    """A package is needed that is installed only on request; the message names the extra."""


class Interrupted(MesascopeError):
    """A search was stopped before its budget was spent; what it had found is kept."""
