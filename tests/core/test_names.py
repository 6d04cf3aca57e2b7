import pytest

from mesascope.core.errors import MesascopeError, UnknownName
from mesascope.core.names import look_up

TABLE = {"standard": 1, "diverse": 2, "random-opponent": 3}


def test_a_known_name() -> None:
    assert look_up("preset", "diverse", TABLE) == 2


def test_a_near_miss_is_guessed_and_all_are_listed() -> None:
    with pytest.raises(UnknownName) as caught:
        look_up("preset", "divers", TABLE)
    assert str(caught.value) == (
        "no preset 'divers'. Did you mean 'diverse'? There is: diverse, random-opponent, standard."
    )
    assert isinstance(caught.value, MesascopeError)
    assert isinstance(caught.value, KeyError)


def test_nothing_near_is_not_guessed() -> None:
    with pytest.raises(UnknownName) as caught:
        look_up("preset", "zzz", TABLE)
    assert "Did you mean" not in str(caught.value)
