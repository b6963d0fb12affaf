"""Before an assistant's first words a client is told who answers, and where the shop's policy stands; whoever says them."""

from __future__ import annotations

import pytest

from tests.disclosure import DISCLOSED
from tests.reception.stage import CLIENT, Stage
from valera.chats.chat import Status, take_over
from valera.chats.disclosure import Policy, find_policy, set_policy
from valera.kit.db import account_scope
from valera.kit.errors import Invalid

URL = "https://example.org/pd"


async def texts(stage: Stage) -> list[str]:
    """As they are sent, with all that stands before them."""
    rows = await stage.rows("select text from deliveries where telegram_chat_id = $1 and state <> 'withdrawn' order by id", CLIENT)
    return [row["text"] for row in rows]


async def publish(stage: Stage, version: str, url: str = URL) -> None:
    with account_scope(stage.shop.account_id):
        async with stage.db.account_tx() as tx:
            await set_policy(tx, Policy(url, version))


async def rows(stage: Stage) -> list[tuple[str, str, str]]:
    """Kind, version, and the first words of the message that said it."""
    found = await stage.rows(
        "select d.kind, d.version, left(m.content, 12) as said from disclosures d join messages m on m.id = d.message_id"
        " join clients c on c.id = d.client_id where c.telegram_user_id = $1 order by d.told_at, d.kind",
        CLIENT,
    )
    return [(row["kind"], row["version"], row["said"]) for row in found]


async def test_the_first_answer_says_that_an_assistant_answers_and_the_second_does_not(stage: Stage) -> None:
    stage.script.answers = ["Добрый день.", "Работаем до 20."]

    await stage.hear("привет")
    await stage.hear("до скольки вы?")

    assert await texts(stage) == [f"{DISCLOSED}Добрый день.", "Работаем до 20."]
    assert await rows(stage) == [("assistant", "1", "Вам отвечает")]


async def test_a_policy_is_linked_and_a_new_version_is_told_again(stage: Stage) -> None:
    stage.script.answers = ["Добрый день.", "Работаем до 20.", "Пожалуйста."]
    await publish(stage, "1")

    await stage.hear("привет")
    await publish(stage, "2")
    await stage.hear("до скольки вы?")
    await stage.hear("спасибо")

    first, second, third = await texts(stage)
    assert first == f"{DISCLOSED.rstrip()}\nКак сервис обращается с вашими данными: {URL}\n\nДобрый день."
    assert second == f"У сервиса новые правила обращения с вашими данными: {URL}\n\nРаботаем до 20."
    assert third == "Пожалуйста."
    assert [(kind, version) for kind, version, _ in await rows(stage)] == [("assistant", "1"), ("policy", "1"), ("policy", "2")]


@pytest.mark.parametrize("first", ["/start", "/help", "человек"])
async def test_code_that_answers_says_it_too(stage: Stage, first: str) -> None:
    await stage.hear(first)

    assert (await texts(stage))[0].startswith(DISCLOSED)


async def test_an_apology_says_it_too(stage: Stage) -> None:
    await stage.write("привет")
    await stage.take_in()
    [claim] = await stage.claim_turns()

    with account_scope(stage.shop.account_id):
        await stage.turns.give_up(claim)

    assert (await texts(stage))[0].startswith(DISCLOSED)


async def test_what_nobody_saw_was_not_told(stage: Stage) -> None:
    """Taken over before it was sent: the answer is taken back, and with it what stood before it."""
    stage.script.answers = ["Добрый день.", "Работаем до 20."]
    await stage.hear("привет")
    chat_id = await stage.chat_id()
    with account_scope(stage.shop.account_id):
        async with stage.db.account_tx() as tx:
            await take_over(tx, chat_id, by=stage.shop.member_id)
    await stage.owner.execute("update chats set status = $2 where id = $1", chat_id, Status.ASSISTANT)

    await stage.hear("до скольки вы?")

    assert (await texts(stage))[-1].startswith(DISCLOSED)


@pytest.mark.parametrize("policy", [Policy("pd", "1"), Policy("https://a b", "1"), Policy("https://example.org", " ")])
async def test_a_policy_is_an_address_with_a_version(stage: Stage, policy: Policy) -> None:
    with account_scope(stage.shop.account_id):
        async with stage.db.account_tx() as tx:
            with pytest.raises(Invalid):
                await set_policy(tx, policy)
            assert await find_policy(tx) is None
