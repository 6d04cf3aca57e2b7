import jax
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from mesascope.core.errors import BadRequest
from mesascope.studies.checkpoints import pack, unpack

KINDS = st.sampled_from([np.float32, np.int32, np.uint32, np.bool_])
ARRAYS = KINDS.flatmap(lambda kind: arrays.arrays(kind, arrays.array_shapes(min_dims=0)))


@given(st.dictionaries(st.text(), ARRAYS, max_size=4))
def test_the_same_bits_come_back(tree):
    found = unpack(tree, pack(tree))
    assert jax.tree.structure(found) == jax.tree.structure(tree)
    for one, other in zip(jax.tree.leaves(found), jax.tree.leaves(tree), strict=True):
        assert one.dtype == other.dtype
        assert one.tobytes() == np.asarray(other).tobytes()


def test_arrays_of_another_network_are_refused():
    with pytest.raises(BadRequest, match="another network"):
        unpack({"weight": np.zeros((3, 2), np.float32)}, pack({"weight": np.zeros((2, 3))}))
