"""Which answers a client can read."""

from __future__ import annotations

import pytest

from valera.reception.gates.language import is_understood

RUSSIAN = ("Сколько стоит покрасить бампер на Camry?",)
ENGLISH = ("Hello! How much is it to paint a bumper?",)

UNDERSTOOD = [
    (RUSSIAN, "Покраска бампера Toyota Camry стоит 18 000 ₽."),
    (RUSSIAN, "Toyota Land Cruiser Prado 4.0 VX Limited"),
    (RUSSIAN, "Mazda CX-5, Kia Rio, Hyundai Solaris, BMW X5 — всё красим."),
    (RUSSIAN, "Используем материалы Standox и Spies Hecker, лак mobihel low voc 2k clear."),
    (RUSSIAN, "Пишите на info@avtoservis-master.example или https://example.com/some/long/english/path/to/page"),
    (RUSSIAN, "Приозёрск-на-Волге, ул. Какая-то, 1: сход-развал и что-нибудь ещё по-быстрому."),
    (("Нужны коды цвета: eclat, perle, grigio, scuro, chiaro, opaco",), "Слышу: eclat, perle, grigio, scuro, chiaro, opaco."),
    (RUSSIAN, "OK"),
    (RUSSIAN, "18 000 ₽ 👍🏽"),
    (RUSSIAN, "👍"),
    (RUSSIAN, "Ваш номер ⟦phone_1⟧, машина ⟦car_plate_2⟧. Verstanden?"),
    (ENGLISH, "Painting a bumper costs from 18,000 rubles for small cars."),
    (ENGLISH, "Покраска бампера стоит от 18 000 ₽."),
    (("privet skolko stoit pokrasit bamper",), "Privet! Pokraska bampera stoit ot 18 000."),
    (("你好，喷漆保险杠多少钱",), "喷漆保险杠的价格是 18 000 卢布"),
    (("你好，喷漆保险杠多少钱",), "Покраска бампера — 18 000 ₽."),
    ((), "Здравствуйте! Чем помочь?"),
]
NOT_UNDERSTOOD = [
    (RUSSIAN, "Painting a bumper costs from 18,000 rubles for small cars."),
    (RUSSIAN, "Sure, we can help you with that. Please tell me what car it is."),
    (RUSSIAN, "喷漆保险杠的价格是 18 000 卢布"),
    (RUSSIAN, "Покраска бампера 的价格是 18 000 ₽."),
    (RUSSIAN, "Das kostet bei uns ungefähr zwanzigtausend, wenn nichts ausgebeult werden muss."),
    (RUSSIAN, "طلاء المصد يكلف 18000"),
    (ENGLISH, "喷漆保险杠的价格是 18 000 卢布"),
    ((), "Hello there, what can we do for you and your car today?"),
]


@pytest.mark.parametrize(("client", "answer"), UNDERSTOOD)
def test_is_understood(client: tuple[str, ...], answer: str) -> None:
    assert is_understood(answer, client, "ru")


@pytest.mark.parametrize(("client", "answer"), NOT_UNDERSTOOD)
def test_is_not_understood(client: tuple[str, ...], answer: str) -> None:
    assert not is_understood(answer, client, "ru")


def test_an_english_shop_answers_in_english() -> None:
    assert is_understood("Painting a bumper costs from 300 dollars for small cars.", (), "en")
    assert not is_understood("Покраска бампера стоит от 18 тысяч рублей за маленькие машины.", ENGLISH, "en")
    assert is_understood("Покраска бампера стоит от 18 тысяч рублей за маленькие машины.", RUSSIAN, "en")
