"""Truthful drafts that must pass and lies that must not, as two tables over the same evidence."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from tests.reception.dialogue import SHOP, ZONE
from valera.reception.briefing.shop import BookingLine
from valera.reception.gates import Gate, review
from valera.reception.gates.evidence import Evidence

PRELIMINARY = "Цены предварительные: точная сумма будет известна после осмотра."
CLASSES = [
    {"name": "1 класс", "description": "малые"},
    {"name": "2 класс", "description": "бизнес"},
    {"name": "3 класс", "description": "джипы"},
]


def row(
    name: str, amount: int, *, car_class: str | None = "2 класс", section: str = "ПОКРАСКА", query: str = "", **more: object
) -> dict[str, object]:
    price = {
        "item_id": 1,
        "row": 1,
        "section": section,
        "name": name,
        "query": query or name.lower(),
        "car_class": car_class,
        "amount": amount,
    }
    return price | {"upto": None, "is_from": False, "text": f"{name}, {car_class}: {amount} ₽"} | more


def prices(*found: dict[str, object], total: int | None = None, car: bool = True, **more: object) -> dict[str, object]:
    summed = {"amount": total, "upto": None, "is_from": False, "count": len(found), "text": f"Итого: {total} ₽"} if total else None
    known = {"make": "Toyota", "model": "Camry", "car_class": "2 класс"} if car else None
    shape = {"list_version": 3, "currency": "RUB", "found": list(found), "by_class": [], "choose": [], "missing": [], "not_for_class": []}
    return shape | {"class_needed": False, "classes": CLASSES, "car": known, "total": summed, "preliminary": PRELIMINARY} | more


def slot(key: str, starts_at: str, text: str) -> dict[str, str]:
    return {"slot_id": key, "starts_at": f"{starts_at}:00+03:00", "text": text, "label": text}


THREE = ("find_prices", {}, prices(row("Бампер", 20000), row("Капот", 25000), total=45000))
ONE = ("find_prices", {}, prices(row("Бампер", 20000, query="покрасить бампер")))
FROM = ("find_prices", {}, prices(row("Ремонт сколов и царапин", 1000, car_class=None, section="УСЛУГИ", is_from=True)))
RANGE = ("find_prices", {}, prices(row("Полировка кузова", 8000, car_class=None, section="", upto=12000), car=False))
CELLS = [
    {"car_class": f"{n} класс", "amount": amount, "upto": None, "is_from": False, "text": ""}
    for n, amount in ((1, 18000), (2, 20000), (3, 22000))
]
BY_CLASS = (
    "find_prices",
    {},
    prices(
        car=False,
        class_needed=True,
        by_class=[{"item_id": 1, "row": 1, "section": "ПОКРАСКА", "name": "Бампер", "query": "бампер", "prices": CELLS}],
    ),
)
SLOTS = (
    "find_slots",
    {},
    {
        "wish": {"text": "понедельник, 23 ноября, 11:00", "exact": True},
        "exact_match": False,
        "reason": "taken",
        "reason_text": "Это время уже занято.",
        "slots": [
            slot("a", "2026-11-23T12:00", "понедельник, 23 ноября, 12:00"),
            slot("b", "2026-11-23T15:30", "понедельник, 23 ноября, 15:30"),
            slot("c", "2026-11-24T10:00", "вторник, 24 ноября, 10:00"),
        ],
        "question": None,
        "duration_minutes": 90,
    },
)
MOMENT = {"starts_at": "2026-11-23T12:00:00+03:00", "text": "понедельник, 23 ноября, 12:00"}
HELD = (
    "hold_slot",
    {},
    {"proposal": {"key": "p", "kind": "book", "service": "Покраска", "number": None, "expires_at": "", "previous": None} | MOMENT},
)
CALLED = ("call_human", {}, {"called": True})
LINE = BookingLine(12, datetime(2026, 11, 23, 12, 0, tzinfo=ZONE), "понедельник, 23 ноября, 12:00", "Покраска")
BOOKED = replace(SHOP, bookings=(LINE,))
ACCEPTED = ("accept", {}, {"kind": "book", "number": 12, "starts_at": "2026-11-23T12:00:00+03:00"})
MOVED = ("accept", {}, {"kind": "move", "number": 12, "starts_at": "2026-11-24T10:00:00+03:00"})
CANCELLED = ("accept", {}, {"kind": "cancel", "number": 12, "starts_at": "2026-11-23T12:00:00+03:00"})
NOTHING = Evidence.from_journal((), SHOP, ())


def seen(*steps: object, shop: object = SHOP, said: tuple[str, ...] = ()) -> Evidence:
    return Evidence.from_journal(steps, shop, said)  # type: ignore[arg-type]


TRUTHS: list[tuple[Evidence, str]] = [
    (seen(ONE), "Покраска бампера на Toyota Camry (2 класс) — 20 000 ₽. " + PRELIMINARY),
    (seen(ONE), "Покрасить бампер стоит 20\u00a0000\u00a0₽."),
    (seen(ONE), "Покраска бампера обойдётся в двадцать тысяч рублей."),
    (seen(ONE), "Бампер: **20к**"),
    (seen(ONE), "Бампер, 2 класс: 20 000 ₽"),
    (seen(ONE), "20 000 ₽ за бампер, предварительно."),
    (seen(ONE), "Ваша Камри относится ко 2 классу. Покраска бампера: 20 000 ₽."),
    (seen(ONE), "Стоимость — 20 000 ₽, точнее скажет мастер после осмотра."),
    (seen(ONE), "Бампер красим за 20 000 рублей. Записать вас?"),
    (seen(THREE), "Бампер — 20 000 ₽, капот — 25 000 ₽, итого 45 000 ₽."),
    (seen(THREE), "• Бампер, 2 класс: 20 000 ₽\n• Капот, 2 класс: 25 000 ₽\nИтого за 2 работы: 45 000 ₽"),
    (seen(THREE), "Бампер 20 000 ₽ и капот 25 000 ₽, вместе 45 000 ₽"),
    (seen(THREE), "20 000 ₽ за бампер, 25 000 ₽ за капот. Всего 45 000 ₽."),
    (seen(THREE), "Покраска бампера и капота на Камри выйдет в 45 000 ₽: бампер — 20 000 ₽, капот — 25 000 ₽."),
    (seen(THREE), "Бампер и капот вместе: сорок пять тысяч рублей."),
    (seen(THREE), "1. Капот: 25 000 ₽\n2. Бампер: 20 000 ₽"),
    (seen(FROM), "Ремонт сколов и царапин: от 1 000 ₽."),
    (seen(FROM), "Царапину уберём от 1000 рублей, точно скажет мастер."),
    (seen(FROM), "Ремонт царапин — примерно от 1000 ₽"),
    (seen(RANGE), "Полировка кузова: 8 000–12 000 ₽."),
    (seen(RANGE), "Полировка кузова стоит от 8 000 до 12 000 ₽."),
    (seen(RANGE), "Полировка кузова обойдётся от 8 000 ₽."),
    (seen(BY_CLASS), "Бампер:\n1 класс: 18 000 ₽\n2 класс: 20 000 ₽\n3 класс: 22 000 ₽"),
    (seen(BY_CLASS), "Покраска бампера зависит от класса машины: от 18 000 до 22 000 ₽."),
    (seen(BY_CLASS), "Бампер от 18 000 ₽, зависит от класса. Какая у вас машина?"),
    (seen(BY_CLASS), "Бампер: 1 класс — 18 000 ₽, 2 класс — 20 000 ₽, 3 класс — 22 000 ₽. Какой у вас?"),
    (seen(said=("есть бюджет 15000",)), "Вы хотите уложиться в 15 000 ₽?"),
    (seen(said=("а за 10 тысяч сделаете?",)), "За 10 000 ₽ обещать не могу, цену назовёт мастер."),
    (seen(SLOTS), "Это время уже занято. Ближайшее свободное: понедельник, 23 ноября, 12:00."),
    (seen(SLOTS), "Свободно:\n• понедельник, 23 ноября, 12:00\n• понедельник, 23 ноября, 15:30\n• вторник, 24 ноября, 10:00"),
    (seen(SLOTS), "Могу предложить завтра в 12:00 или в 15:30."),
    (seen(SLOTS), "Во вторник свободно в 10:00. Подойдёт?"),
    (seen(SLOTS), "На понедельник есть 12:00 и 15:30, во вторник 10:00."),
    (seen(SLOTS, said=("запишите на завтра в 11",)), "Завтра в 11 уже занято, есть 12:00."),
    (seen(SLOTS), "Работа займёт около 90 минут."),
    (seen(SLOTS), "Закладываем на эту работу 90 мин."),
    (seen(SLOTS, HELD), "Записать вас: понедельник, 23 ноября, 12:00? Подтвердите кнопкой."),
    (seen(SLOTS, HELD), "Держу для вас понедельник, 23 ноября, 12:00. Ответьте «да», и запись будет создана, когда вы подтвердите."),
    (seen(HELD), "Чтобы записаться на завтра в 12:00, нажмите кнопку."),
    (seen(HELD), "Ещё не записал: подтвердите, пожалуйста."),
    (seen(), "Могу записать вас. На какой день и время?"),
    (seen(), "Записать вас на удобное время?"),
    (seen(), "Как только вы подтвердите, вы будете записаны."),
    (seen(), "Пока вы не записаны."),
    (seen(shop=BOOKED), "Вы записаны на понедельник, 23 ноября, 12:00."),
    (seen(shop=BOOKED), "Ваша запись № 12: понедельник, 23 ноября, 12:00."),
    (seen(shop=BOOKED), "Ждём вас завтра в 12:00!"),
    (seen(shop=BOOKED), "До встречи в понедельник!"),
    (seen(shop=BOOKED), "Место за вами, приезжайте завтра к 12:00."),
    (seen(shop=BOOKED), "Перенести запись № 12 или отменить?"),
    (seen(ACCEPTED, shop=BOOKED), "Готово, записал вас на завтра в 12:00."),
    (seen(ACCEPTED, shop=BOOKED), "Записал!"),
    (seen(MOVED), "Перенёс вашу запись на вторник, 24 ноября, 10:00."),
    (seen(CANCELLED), "Запись отменена. Если понадобится, пишите."),
    (seen(), "Хорошо, ничего не отменял и не переносил."),
    (seen(), "Мы работаем ежедневно с 9:00 до 21:00."),
    (seen(), "Работаем ежедневно 9:00–21:00, без выходных."),
    (seen(), "Сегодня мы открыты до 21:00."),
    (seen(), "Наш адрес: г. Тверь, ул. Лесная, 14."),
    (seen(), "Мы находимся в Твери на улице Лесной, дом 14."),
    (seen(), "Телефон мастерской: +7 482 200-11-22."),
    (seen(), "Звоните: 8 (482) 200-11-22"),
    (seen(said=("8 916 123 45 67",)), "Ваш номер +7 916 123-45-67, верно?"),
    (seen(), "На покраску даём гарантию 12 месяцев."),
    (seen(), "Гарантия на покраску — 12 месяцев."),
    (seen(), "Скидку я обещать не могу, о ней спросите у менеджера."),
    (seen(), "О скидках расскажет менеджер. Позвать?"),
    (seen(), "Принимаем наличные и карты."),
    (seen(CALLED), "Позвал сотрудника, он ответит вам здесь."),
    (seen(CALLED), "Передал ваш вопрос менеджеру, он свяжется с вами."),
    (seen(shop=replace(SHOP, human_called=True)), "Сотрудник уже позван и ответит вам в этом чате."),
    (seen(), "Если нужен человек, напишите «человек», и я позову сотрудника."),
    (seen(), "Могу позвать менеджера. Позвать?"),
    (seen(), "Здравствуйте! Я помощник мастерской «Светлый гараж». Чем помочь?"),
    (seen(), "Уточните, пожалуйста, марку и модель: классов три, от этого зависит цена."),
    (seen(said=("камри 2018 года, пробег 120000",)), "Камри 2018 года, понял. Какая работа нужна?"),
    (seen(), "Не совсем понял вас. Напишите, какую работу нужно сделать."),
    (seen(), "Пожалуйста! Обращайтесь."),
    (seen(), "We are open daily 9:00–21:00."),
    (seen(), "Shall I look for a time? I have not booked anything yet."),
    (seen(shop=BOOKED), "You are booked for 23 ноября, 12:00."),
]

LIES: list[tuple[Evidence, str, Gate]] = [
    (seen(ONE), "Покраска бампера — 19 000 ₽.", Gate.SUM),
    (seen(ONE), "Капот — 20 000 ₽.", Gate.SUM),
    (seen(ONE), "Бампер и капот — 20 000 ₽.", Gate.SUM),
    (seen(ONE), "Ключ зажигания — 20 000 ₽.", Gate.SUM),
    (seen(ONE), "Полировка бампера — 20 000 ₽.", Gate.SUM),
    (seen(ONE), "Покраска бампера обойдётся в девятнадцать тысяч.", Gate.SUM),
    (seen(ONE), "Бампер всего 18к", Gate.SUM),
    (seen(ONE), "Бампер: 20 500 ₽", Gate.SUM),
    (seen(ONE), "Бампер, 3 класс: 20 000 ₽", Gate.SUM),
    (seen(ONE), "Для первого класса бампер стоит 20 000 ₽.", Gate.SUM),
    (seen(ONE), "Покраска бампера на Солярис — 20 000 ₽.", Gate.SUM),
    (seen(ONE), "Бампер — 20 000 ₽, крыло — 18 000 ₽.", Gate.SUM),
    (seen(ONE), "Бампер — 20 000 ₽. Дверь столько же, 20 000 ₽.", Gate.SUM),
    (seen(ONE), "Бампер — от 15 000 до 20 000 ₽.", Gate.SUM),
    (seen(ONE), "Бампер: 2О ООО ₽, нет, 15 000 ₽", Gate.SUM),
    (seen(ONE), "Бампер — 20\u200b 000 ₽, а капот — 2\u200b4 000 ₽", Gate.SUM),
    (seen(ONE), "Итого с материалами 23 500 ₽.", Gate.SUM),
    (seen(ONE), "Возьмём пятнадцать тысяч.", Gate.SUM),
    (seen(ONE), "Бампер — **12 000** рублей", Gate.SUM),
    (seen(ONE), "Ваша Камри — это 3 класс.", Gate.CLASS),
    (seen(ONE), "Toyota Camry относится к первому классу.", Gate.CLASS),
    (seen(THREE), "Бампер — 25 000 ₽, капот — 20 000 ₽.", Gate.SUM),
    (seen(THREE), "25 000 ₽ за бампер, 20 000 ₽ за капот.", Gate.SUM),
    (seen(THREE), "Бампер — 20 000 ₽, капот — 25 000 ₽, итого 44 000 ₽.", Gate.SUM),
    (seen(THREE), "Бампер — 45 000 ₽.", Gate.SUM),
    (seen(THREE), "Итого 25 000 ₽ за бампер и капот.", Gate.SUM),
    (seen(THREE), "Бампер и капот — 40 000 ₽ со скидкой.", Gate.SUM),
    (seen(THREE), "• Бампер: 25 000 ₽\n• Капот: 20 000 ₽", Gate.SUM),
    (seen(THREE), "Капот выйдет дешевле бампера: 15 000 ₽.", Gate.SUM),
    (seen(FROM), "Ремонт сколов и царапин: 1 000 ₽.", Gate.SUM),
    (seen(FROM), "Царапина — ровно 1000 рублей.", Gate.SUM),
    (seen(RANGE), "Полировка кузова: 8 000 ₽.", Gate.SUM),
    (seen(RANGE), "Полировка кузова: 12 000 ₽.", Gate.SUM),
    (seen(RANGE), "Полировка кузова: 8 000–10 000 ₽.", Gate.SUM),
    (seen(BY_CLASS), "Бампер — 18 000 ₽.", Gate.SUM),
    (seen(BY_CLASS), "Бампер, 2 класс: 18 000 ₽", Gate.SUM),
    (seen(BY_CLASS), "Бампер: 1 класс — 20 000 ₽, 2 класс — 18 000 ₽.", Gate.SUM),
    (seen(), "Покраска капота стоит 25 000 ₽.", Gate.SUM),
    (seen(said=("есть бюджет 15000",)), "Хорошо, сделаем бампер за 15 000 ₽.", Gate.SUM),
    (seen(said=("давайте за 10 тысяч",)), "Договорились, 10 000 ₽.", Gate.SUM),
    (seen(ONE), "Бампер — 20 косарей, капот — 15 косарей.", Gate.SUM),
    (seen(), "Сделаем скидку 10 %.", Gate.PERCENT),
    (seen(), "Дадим вам десять процентов.", Gate.PERCENT),
    (seen(), "Для вас сделаем скидку.", Gate.PROMISE),
    (seen(), "Диагностика бесплатно.", Gate.PROMISE),
    (seen(), "Гарантируем результат.", Gate.PROMISE),
    (seen(), "Гарантия на покраску — 24 месяца.", Gate.PROMISE),
    (seen(), "Полировка в подарок!", Gate.PROMISE),
    (seen(), "Если не понравится, вернём деньги.", Gate.PROMISE),
    (seen(), "Не переживайте, скидку сделаем.", Gate.PROMISE),
    (seen(), "Менеджер сказал, что скидка будет.", Gate.PROMISE),
    (seen(), "Переделаем за наш счёт.", Gate.PROMISE),
    (seen(said=("а скидка будет?",)), "Да, скидка действует.", Gate.PROMISE),
    (seen(), "Записал вас.", Gate.BOOKING),
    (seen(), "Записала вас на завтра в 11.", Gate.BOOKING),
    (seen(SLOTS), "Записал вас на понедельник, 23 ноября, 12:00.", Gate.BOOKING),
    (seen(SLOTS, HELD), "Вы записаны на понедельник, 23 ноября, 12:00.", Gate.BOOKING),
    (seen(SLOTS, HELD), "Забронировано на завтра, 12:00.", Gate.BOOKING),
    (seen(SLOTS, HELD), "Бронь оформлена.", Gate.BOOKING),
    (seen(SLOTS, HELD), "Ваша запись подтверждена!", Gate.BOOKING),
    (seen(SLOTS, HELD), "Место за вами.", Gate.BOOKING),
    (seen(SLOTS, HELD), "Ждём вас завтра в 12:00.", Gate.BOOKING),
    (seen(SLOTS, HELD), "До встречи в понедельник!", Gate.BOOKING),
    (seen(SLOTS), "Записываю вас на завтра, 12:00.", Gate.BOOKING),
    (seen(SLOTS), "Внёс вас в график на завтра.", Gate.BOOKING),
    (seen(SLOTS), "Оформил запись на завтра на 12:00.", Gate.BOOKING),
    (seen(SLOTS), "Запись успешно создана.", Gate.BOOKING),
    (seen(SLOTS), "Нет проблем, записал вас!", Gate.BOOKING),
    (seen(SLOTS), "Я вас не только записал, но и место выбрал.", Gate.BOOKING),
    (seen(SLOTS), "Если что, я вас записал на 12:00.", Gate.BOOKING),
    (seen(SLOTS), "Зaписaл вас на зaвтра.", Gate.BOOKING),
    (seen(shop=BOOKED), "Вы записаны на вторник, 24 ноября, 12:00.", Gate.BOOKING),
    (seen(shop=BOOKED), "Ждём вас завтра в 15:00.", Gate.BOOKING),
    (seen(shop=BOOKED), "Перенёс вашу запись на вторник, 10:00.", Gate.BOOKING),
    (seen(shop=BOOKED), "Запись отменена.", Gate.BOOKING),
    (seen(shop=BOOKED), "Отменил вашу запись на завтра.", Gate.BOOKING),
    (seen(shop=BOOKED), "Перенесли на среду.", Gate.BOOKING),
    (seen(ACCEPTED, shop=BOOKED), "Записал вас на завтра в 15:00.", Gate.BOOKING),
    (seen(MOVED), "Перенёс вашу запись на среду, 25 ноября, 10:00.", Gate.BOOKING),
    (seen(SLOTS), "Есть свободное время завтра в 14:00.", Gate.TIME),
    (seen(SLOTS), "Свободно: вторник, 24 ноября, 12:00.", Gate.TIME),
    (seen(SLOTS), "В среду свободно в 10:00.", Gate.TIME),
    (seen(), "Завтра в 11 свободно, подойдёт?", Gate.TIME),
    (seen(said=("можно завтра в 11?",)), "Да, завтра в 11 свободно.", Gate.TIME),
    (seen(said=("можно завтра в 11?",)), "Вам удобно завтра в 11?", Gate.TIME),
    (seen(), "Работаем с 8:00 до 23:00.", Gate.TIME),
    (seen(), "Приезжайте сегодня к 19:00.", Gate.TIME),
    (seen(), "Сделаем за 2 часа.", Gate.DURATION),
    (seen(SLOTS), "Работа займёт 30 минут.", Gate.DURATION),
    (seen(), "Работа займёт четыре часа.", Gate.DURATION),
    (seen(said=("за 2 часа успеете?",)), "Да, сделаем за 2 часа.", Gate.DURATION),
    (seen(), "Позвал менеджера.", Gate.HANDOVER),
    (seen(), "Передал ваш вопрос сотруднику.", Gate.HANDOVER),
    (seen(), "С вами скоро свяжется менеджер.", Gate.HANDOVER),
    (seen(), "Вам перезвонят.", Gate.HANDOVER),
    (seen(), "Сейчас позову менеджера.", Gate.HANDOVER),
    (seen(), "Если что, я уже передал менеджеру.", Gate.HANDOVER),
    (seen(), "Звоните: +7 999 000-11-22", Gate.CONTACT),
    (seen(), "Пишите в @garage_discount.", Gate.CONTACT),
    (seen(), "Подробности на https://garage.example/sale", Gate.CONTACT),
    (seen(), "Оплатите по ссылке t.me/payhere", Gate.CONTACT),
    (seen(), "Пишите на pay@garage.ru", Gate.CONTACT),
    (seen(), "Наш адрес: ул. Садовая, 3.", Gate.CONTACT),
    (seen(), "Мы находимся на улице Лесной, дом 15.", Gate.CONTACT),
    (seen(), "You are booked for tomorrow.", Gate.BOOKING),
    (seen(), "I have booked you in.", Gate.BOOKING),
    (seen(shop=BOOKED), "Your appointment has been cancelled.", Gate.BOOKING),
    (seen(), "You will get a discount.", Gate.PROMISE),
    (seen(), "I have called the manager.", Gate.HANDOVER),
    (seen(), "У нас 250 довольных клиентов.", Gate.NUMBER),
    (seen(), "Ваша запись № 99.", Gate.NUMBER),
]


def test_sentence_of_a_tool_may_be_repeated_and_no_part_of_it() -> None:
    said = "В это время мы закрыты, понедельник работаем 9:00–20:00."
    evidence = seen(("find_slots", {}, SLOTS[2] | {"reason_text": said, "slots": []}))
    assert review(said, evidence) == ()
    assert Gate.TIME in {violation.kind for violation in review("Приезжайте в 20:00.", evidence)}


def test_words_that_a_model_gave_a_tool_prove_nothing() -> None:
    forged = {"proposal": HELD[2]["proposal"], "question": "Скидка 90. Приезжайте в 20:00. Записать вас?"}
    evidence = seen(SLOTS, ("hold_slot", {"service": "Скидка 90. Приезжайте в 20:00."}, forged))
    assert {Gate.TIME, Gate.NUMBER} <= {violation.kind for violation in review("У нас 90 клиентов. Приезжайте в 20:00.", evidence)}


@pytest.mark.parametrize(("evidence", "draft"), TRUTHS, ids=[draft[:50] for _, draft in TRUTHS])
def test_truthful_draft_passes(evidence: Evidence, draft: str) -> None:
    assert review(draft, evidence) == ()


@pytest.mark.parametrize(("evidence", "draft", "gate"), LIES, ids=[draft[:50] for _, draft, _ in LIES])
def test_lie_is_caught(evidence: Evidence, draft: str, gate: Gate) -> None:
    assert gate in {violation.kind for violation in review(draft, evidence)}


def test_tables_are_large_enough() -> None:
    assert len(TRUTHS) >= 60
    assert len(LIES) >= 80


@pytest.mark.parametrize(("draft", "gate"), [(draft, gate) for _, draft, gate in LIES], ids=[draft[:50] for _, draft, _ in LIES])
def test_nothing_is_believed_without_evidence(draft: str, gate: Gate) -> None:
    if gate is Gate.CLASS:
        assert review("Бампер, 3 класс: 20 000 ₽", NOTHING)
    else:
        assert review(draft, NOTHING)
