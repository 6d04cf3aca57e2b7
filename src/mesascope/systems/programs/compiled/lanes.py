"""Eight numbers side by side as one value in compiled code, so that a sweep stays in registers.

Judging a policy is the same short sum at every position whatever the program, so eight programs go
through it together, one to a lane. Loops over eight array elements would say the same, but the
compiler cannot know that the arrays do not overlap, and spends its time checking.
"""

# mypy: allow-untyped-decorators, allow-untyped-calls

from collections.abc import Callable
from typing import Any

from llvmlite import ir
from numba.core import types
from numba.extending import intrinsic, models, register_model

LANES = 8
compiled: Any = intrinsic  # whose types would count the typing context as an argument
_DOUBLES = ir.VectorType(ir.DoubleType(), LANES)
_WORDS = ir.VectorType(ir.IntType(64), LANES)
_ALIGN = 8  # bytes: rows of lanes begin wherever NumPy puts them


class _LanesType(types.Type):
    def __init__(self) -> None:
        super().__init__(name=f"Lanes({LANES})")


_lanes = _LanesType()


@register_model(_LanesType)
class _LanesModel(models.PrimitiveModel):
    def __init__(self, manager: Any, kind: Any) -> None:
        super().__init__(manager, kind, _DOUBLES)


def _splat(builder: Any, scalar: Any, kind: Any) -> Any:
    single = builder.insert_element(ir.Constant(kind, ir.Undefined), scalar, ir.IntType(32)(0))
    zeros = ir.Constant(ir.VectorType(ir.IntType(32), LANES), None)
    return builder.shuffle_vector(single, ir.Constant(kind, ir.Undefined), zeros)


def _address(context: Any, builder: Any, array_type: Any, array: Any, index: Any) -> Any:
    """Return the address of one element of a C-contiguous array, counted from its beginning."""
    data = context.make_array(array_type)(context, builder, array).data
    return builder.gep(data, [index])


def _row(context: Any, builder: Any, array_type: Any, array: Any, index: Any) -> Any:
    """Return the address of row `index` of a C-contiguous (…, 8) array."""
    first = builder.mul(index, ir.Constant(index.type, LANES))
    address = _address(context, builder, array_type, array, first)
    return builder.bitcast(address, _DOUBLES.as_pointer())


@compiled
def load(_typing: Any, array: Any, index: Any) -> tuple[Any, Callable[..., Any]]:
    """Return row `index` of a (rows, 8) float64 array."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        row = _row(context, builder, signature.args[0], args[0], args[1])
        return builder.load(row, align=_ALIGN)

    return _lanes(array, types.intp), generate


@compiled
def store(_typing: Any, array: Any, index: Any, value: Any) -> tuple[Any, Callable[..., Any]]:
    """Write row `index` of a (rows, 8) float64 array."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        row = _row(context, builder, signature.args[0], args[0], args[1])
        builder.store(args[2], row, align=_ALIGN)
        return context.get_dummy_value()

    return types.void(array, types.intp, _lanes), generate


@compiled
def gather(
    _typing: Any, table: Any, base: Any, index: Any, at: Any
) -> tuple[Any, Callable[..., Any]]:
    """Return table[base + index[at]] to table[base + index[at + 7]], for flat arrays."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        start = _address(context, builder, signature.args[0], args[0], args[1])
        indices = _address(context, builder, signature.args[2], args[2], args[3])
        lanes = ir.Constant(_DOUBLES, ir.Undefined)
        for lane in range(LANES):
            index = builder.load(builder.gep(indices, [ir.IntType(32)(lane)]))
            element = builder.gep(start, [builder.zext(index, ir.IntType(64))])
            lanes = builder.insert_element(lanes, builder.load(element), ir.IntType(32)(lane))
        return lanes

    return _lanes(table, types.intp, index, types.intp), generate


@compiled
def store_run(_typing: Any, table: Any, at: Any, value: Any) -> tuple[Any, Callable[..., Any]]:
    """Write table[at] to table[at + 7] of a flat float64 array."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        address = _address(context, builder, signature.args[0], args[0], args[1])
        builder.store(args[2], builder.bitcast(address, _DOUBLES.as_pointer()), align=_ALIGN)
        return context.get_dummy_value()

    return types.void(table, types.intp, _lanes), generate


@compiled
def zero(_typing: Any) -> tuple[Any, Callable[..., Any]]:
    """Return eight zeros."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        return ir.Constant(_DOUBLES, None)

    return _lanes(), generate


@compiled
def larger(_typing: Any, a: Any, b: Any) -> tuple[Any, Callable[..., Any]]:
    """Return the larger of two, lane by lane."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        return builder.select(builder.fcmp_ordered(">", *args), *args)

    return _lanes(_lanes, _lanes), generate


@compiled
def smaller(_typing: Any, a: Any, b: Any) -> tuple[Any, Callable[..., Any]]:
    """Return the smaller of two, lane by lane."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        return builder.select(builder.fcmp_ordered("<", *args), *args)

    return _lanes(_lanes, _lanes), generate


@compiled
def plus(_typing: Any, a: Any, b: Any) -> tuple[Any, Callable[..., Any]]:
    """Return a + b, lane by lane."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        return builder.fadd(*args)

    return _lanes(_lanes, _lanes), generate


@compiled
def quotient(_typing: Any, a: Any, b: Any) -> tuple[Any, Callable[..., Any]]:
    """Return a / b, lane by lane."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        return builder.fdiv(*args)

    return _lanes(_lanes, _lanes), generate


@compiled
def add_product(_typing: Any, total: Any, a: Any, b: Any) -> tuple[Any, Callable[..., Any]]:
    """Return total + a·b, lane by lane, rounded twice: the same on every machine."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        return builder.fadd(args[0], builder.fmul(args[1], args[2]))

    return _lanes(_lanes, _lanes, _lanes), generate


@compiled
def add_scaled(_typing: Any, total: Any, a: Any, scale: Any) -> tuple[Any, Callable[..., Any]]:
    """Return total + a·scale for one scale."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        scale = _splat(builder, args[2], _DOUBLES)
        return builder.fadd(args[0], builder.fmul(args[1], scale))

    return _lanes(_lanes, _lanes, types.float64), generate


@compiled
def divided(_typing: Any, a: Any, divisor: Any) -> tuple[Any, Callable[..., Any]]:
    """Return a / divisor for one divisor."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        return builder.fdiv(args[0], _splat(builder, args[1], _DOUBLES))

    return _lanes(_lanes, types.float64), generate


@compiled
def where_equal(_typing: Any, a: Any, b: Any, scalar: Any) -> tuple[Any, Callable[..., Any]]:
    """Return `scalar` in the lanes where a equals b, else 0."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        equal = builder.fcmp_ordered("==", args[0], args[1])
        scalars = _splat(builder, args[2], _DOUBLES)
        return builder.select(equal, scalars, ir.Constant(_DOUBLES, None))

    return _lanes(_lanes, _lanes, types.float64), generate


@compiled
def mix_where_equal(
    _typing: Any, bits: Any, a: Any, b: Any, word: Any
) -> tuple[Any, Callable[..., Any]]:
    """Return `bits`, read as whole numbers, with `word` xored in where a equals b."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        equal = builder.fcmp_ordered("==", args[1], args[2])
        words = _splat(builder, args[3], _WORDS)
        mixed = builder.select(equal, words, ir.Constant(_WORDS, None))
        return builder.bitcast(builder.xor(builder.bitcast(args[0], _WORDS), mixed), _DOUBLES)

    return _lanes(_lanes, _lanes, _lanes, types.uint64), generate
