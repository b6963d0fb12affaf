"""Drafts that say more than rows, facts and the client do: none may leave."""

from __future__ import annotations

import pytest

from tests.reception.gates.scenes import ACCEPTED, BOOKED, BY_CLASS, FROM, HELD, MOVED, NOTHING, ONE, RANGE, SLOTS, THREE, seen
from valera.reception.gates import Gate, review
from valera.reception.gates.evidence import Evidence

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


@pytest.mark.parametrize(("evidence", "draft", "gate"), LIES, ids=[draft[:50] for _, draft, _ in LIES])
def test_lie_is_caught(evidence: Evidence, draft: str, gate: Gate) -> None:
    assert gate in {violation.kind for violation in review(draft, evidence)}


@pytest.mark.parametrize(("draft", "gate"), [(draft, gate) for _, draft, gate in LIES], ids=[draft[:50] for _, draft, _ in LIES])
def test_nothing_is_believed_without_evidence(draft: str, gate: Gate) -> None:
    if gate is Gate.CLASS:
        assert review("Бампер, 3 класс: 20 000 ₽", NOTHING)
    else:
        assert review(draft, NOTHING)
