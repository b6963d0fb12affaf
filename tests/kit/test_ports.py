"""Which port is taken when the wanted one is not free."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest

from valera.kit.ports import PortInUse, choose_port, free_port, is_free

HERE = "127.0.0.1"


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.socket() as listener:
        listener.bind((HERE, 0))
        listener.listen()
        yield listener.getsockname()[1]


def test_free_port_is_taken_as_wanted() -> None:
    port = free_port()
    assert choose_port(HERE, port, setting="X", is_fixed=True) == port


def test_next_one_is_taken_where_nobody_chose(taken: int) -> None:
    assert taken < choose_port(HERE, taken, setting="X", is_fixed=False) < taken + 50


def test_chosen_port_that_is_taken_names_its_setting(taken: int) -> None:
    with pytest.raises(PortInUse, match=f"Port {taken} .*VALERA_WEB_PORT"):
        choose_port(HERE, taken, setting="VALERA_WEB_PORT", is_fixed=True)


def test_port_that_a_neighbour_will_take_is_skipped() -> None:
    port = free_port()
    assert choose_port(HERE, port, setting="X", is_fixed=False, taken=frozenset({port})) != port


def test_zero_leaves_it_to_the_system() -> None:
    assert is_free(HERE, choose_port(HERE, 0, setting="X", is_fixed=True))


@pytest.mark.parametrize("port", [65536, 10**9])
def test_number_that_is_no_port_is_not_free(port: int) -> None:
    assert not is_free(HERE, port)
