"""The type rule: a base objective and a mesa-objective do not compare without a bridge."""

from mesascope.core.errors import IncomparableObjectives
from mesascope.core.lookahead import Lookahead
from mesascope.core.objective import MesaObjective
from mesascope.organisms.catalogue import organism

base = organism("tictactoe/random-opponent").base
mesa = MesaObjective("the result under best play", Lookahead("won", "best play", None).values)

try:
    base - mesa  # so do ==, <, <=, >, >= and mesascope.objectives.distance
except IncomparableObjectives as error:
    print(error)
