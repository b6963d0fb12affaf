"""Secrets show nothing and open only where they were put."""

from __future__ import annotations

import base64
import pickle
from pathlib import Path

import pytest

from valera.kit.db import AccountId
from valera.kit.errors import Invalid
from valera.kit.secrets import Place, SealBroken, Secret, Vault, master_key_from_file

KEY = Secret(base64.b64encode(bytes(range(32))).decode())
HERE = Place("bots.token", AccountId(7), "11")


def test_secret_shows_itself_only_when_revealed() -> None:
    secret = Secret("planted-secret")
    shown = [repr(secret), str(secret), f"{secret}", f"{secret!r:>40}", "%s" % secret, repr([secret]), repr({"token": secret})]  # noqa: UP031

    assert "planted" not in "".join(shown)
    assert secret.reveal() == "planted-secret"
    with pytest.raises(TypeError):
        pickle.dumps(secret)


def test_sealed_value_opens_in_its_place() -> None:
    vault = Vault(KEY)
    wrapped = vault.new_data_key("garage")

    sealed = vault.seal(wrapped, "garage", HERE, Secret("7:токен"))

    assert vault.open(wrapped, "garage", HERE, sealed).reveal() == "7:токен"
    assert b"7:" not in sealed
    assert vault.seal(wrapped, "garage", HERE, Secret("7:токен")) != sealed


@pytest.mark.parametrize(
    "place",
    [Place("bots.token", AccountId(8), "11"), Place("bots.token", AccountId(7), "12"), Place("bots.other", AccountId(7), "11")],
    ids=["another account", "another row", "another column"],
)
def test_sealed_value_that_was_moved_does_not_open(place: Place) -> None:
    vault = Vault(KEY)
    wrapped = vault.new_data_key("garage")
    sealed = vault.seal(wrapped, "garage", HERE, Secret("7:token"))

    with pytest.raises(SealBroken):
        vault.open(wrapped, "garage", place, sealed)


def test_other_keys_and_changed_bytes_do_not_open() -> None:
    vault, other = Vault(KEY), Vault(Secret(base64.b64encode(bytes(32)).decode()))
    wrapped = vault.new_data_key("garage")
    sealed = vault.seal(wrapped, "garage", HERE, Secret("7:token"))
    changed = sealed[:-1] + bytes([sealed[-1] ^ 1])

    attempts = [
        (vault, "garage", changed),
        (vault, "rival", sealed),
        (other, "garage", sealed),
        (vault, "garage", b""),
        (vault, "garage", b"\x01"),
    ]
    for who, account, value in attempts:
        with pytest.raises(SealBroken):
            who.open(wrapped, account, HERE, value)


@pytest.mark.parametrize("text", ["", "short", "не base64", base64.b64encode(bytes(31)).decode()])
def test_master_key_that_is_none_is_refused_with_a_way_to_make_one(text: str) -> None:
    with pytest.raises(Invalid, match="32 random bytes"):
        Vault(Secret(text))


def test_derived_secrets_are_the_same_each_time_and_differ_by_purpose() -> None:
    one, again, other = Vault(KEY).derive("webhook|a"), Vault(KEY).derive("webhook|a"), Vault(KEY).derive("webhook|b")

    assert one == again
    assert one != other
    assert len(one.reveal()) == 43


def test_key_file_is_made_once_and_readable_by_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "master.key"

    first, second = master_key_from_file(path), master_key_from_file(path)

    assert first == second
    assert path.stat().st_mode & 0o777 == 0o600
    Vault(first)
