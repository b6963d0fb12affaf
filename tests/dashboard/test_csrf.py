"""Forms of other sites, and tokens."""

from __future__ import annotations

import base64

import pytest

from valera.dashboard.frame.csrf import ForeignForm, refuse_foreign_origin, refuse_wrong_token, token_for


@pytest.mark.parametrize(
    "headers", [{}, {"sec-fetch-site": "same-origin"}, {"sec-fetch-site": "none"}, {"origin": "https://v.example:8443"}]
)
def test_our_own_pages_may_send(headers: dict[str, str]) -> None:
    refuse_foreign_origin(headers, "v.example:8443")


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"origin": "https://evil.example"},
        {"origin": "https://v.example"},
        {"origin": "null"},
        {"sec-fetch-site": "same-origin", "origin": "https://evil.example"},
    ],
)
def test_other_sites_may_not(headers: dict[str, str]) -> None:
    with pytest.raises(ForeignForm):
        refuse_foreign_origin(headers, "v.example:8443")


def test_a_token_is_of_its_session_and_never_the_same_twice() -> None:
    assert token_for("session") != token_for("session")
    refuse_wrong_token("session", token_for("session"))
    with pytest.raises(ForeignForm):
        refuse_wrong_token("another", token_for("session"))


@pytest.mark.parametrize("given", ["", "?", "é", "A" * 88, base64.urlsafe_b64encode(b"0" * 64).decode(), "=" * 12])
def test_what_is_no_token_is_refused(given: str) -> None:
    with pytest.raises(ForeignForm):
        refuse_wrong_token("session", given)
