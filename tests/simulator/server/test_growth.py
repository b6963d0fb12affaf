"""Files, drafts, commands, logging out, and the limits of groups and whole bots."""

from __future__ import annotations

from typing import Any

import pytest

from tests.simulator.conftest import Bench, Running
from valera.simulator.messenger.actions import media, membership, writing
from valera.simulator.messenger.actions.media import Item
from valera.simulator.messenger.draft import find_draft
from valera.simulator.messenger.files.medium import MediumKind, Upload
from valera.simulator.messenger.limits.flood import FloodControl, FloodLimit
from valera.simulator.messenger.profile import commands_for
from valera.simulator.server.refusal import Refusal


@pytest.fixture
def started(bench: Bench) -> Bench:
    writing.write(bench.telegram, bench.bot, bench.people[0], "/start")
    return bench


def refused(bench: Bench, method: str, **given: Any) -> tuple[int, str]:
    with pytest.raises(Refusal) as refusal:
        bench.call(method, **given)
    return refusal.value.code, refusal.value.to_json()["description"]


# ---- files ----------------------------------------------------------------------------------------


def sent_document(bench: Bench, **given: Any) -> str:
    media.send_media(bench.telegram, bench.bot, bench.people[0], [Item(Upload(MediumKind.DOCUMENT, **given))])
    return bench.telegram.store.list("select file_id from files order by rowid desc limit 1")[0]["file_id"]


def test_file_of_more_than_20_megabytes_is_not_given(started: Bench) -> None:
    largest = sent_document(started, body=b"x", size=20 << 20)
    too_large = sent_document(started, size=(20 << 20) + 1)
    assert started.call("getFile", file_id=largest)["file_size"] == 20 << 20
    assert refused(started, "getFile", file_id=too_large) == (400, "Bad Request: file is too big")


@pytest.mark.parametrize(("given", "said"), [({}, "file_id not specified"), ({"file_id": "nonsense"}, "invalid file_id")])
def test_file_that_is_not_the_bots_is_refused(started: Bench, given: dict[str, Any], said: str) -> None:
    assert refused(started, "getFile", **given) == (400, f"Bad Request: {said}")


async def test_path_is_good_only_after_getfile_and_for_this_token(running: Running) -> None:
    await running.post(f"{running.chat}/media", {"items": [{"kind": "document", "body": "0YHQvNC10YLQsA==", "name": "../смета.txt"}]})
    file = running.store.list("select file_id, path from files")[0]
    address = f"/file/bot{running.token}/{file['path']}"
    assert (await running.get(address))[0] == 404
    told = (await running.call("getFile", file_id=file["file_id"]))["result"]
    assert told["file_path"] == "documents/file_0.txt"
    assert await running.get(address) == (200, "смета")
    assert (await running.get("/file/bot1:a/documents/file_0.txt"))[0] == 401
    assert (await running.get(f"/file/bot{running.token}/documents/../../x"))[0] == 404


async def test_contents_are_the_same_file_for_every_bot_under_its_own_id(running: Running) -> None:
    _, other = await running.post("/api/bots", {"name": "Другой", "username": "other_bot"})
    for bot_id in (running.bot.id, other["id"]):
        await running.post(f"/api/bots/{bot_id}/people/{running.person.id}/media", {"items": [{"kind": "voice"}]})
    rows = running.store.list("select file_id, unique_id from files")
    assert (len({row["file_id"] for row in rows}), len({row["unique_id"] for row in rows})) == (2, 1)
    foreign = running.store.list("select file_id from files where bot_id = ?", other["id"])[0]["file_id"]
    assert (await running.call("getFile", file_id=foreign))["description"] == "Bad Request: invalid file_id"


@pytest.mark.parametrize("method", ["sendPhoto", "sendDocument", "sendVideoNote", "sendMediaGroup"])
def test_nothing_to_send_is_refused(started: Bench, method: str) -> None:
    code, said = refused(started, method, chat_id=started.people[0].id)
    assert code == 400
    assert "there " in said


async def test_polled_update_is_byte_for_byte_what_the_webhook_gets(running: Running) -> None:
    await running.post(f"{running.chat}/messages", {"text": "Привет 😀"})
    stored = running.store.list("select body from updates")[0]["body"]
    async with running.session.post(f"/bot{running.token}/getUpdates") as answer:
        assert await answer.read() == f'{{"ok":true,"result":[{stored}]}}'.encode()


@pytest.mark.parametrize("offset", [1 << 70, -(1 << 70)])
async def test_offset_beyond_all_ids_is_no_mishap(running: Running, offset: int) -> None:
    await running.post(f"{running.chat}/messages", {"text": "раз"})
    assert len((await running.call("getUpdates", offset=offset))["result"]) == (offset < 0)


# ---- drafts ---------------------------------------------------------------------------------------


def test_draft_lives_half_a_minute_and_is_replaced_by_the_next(started: Bench) -> None:
    person = started.people[0]
    for draft_id, text in ((1, ""), (1, "Смотрю"), (2, "Считаю")):
        assert started.call("sendMessageDraft", chat_id=person.id, draft_id=draft_id, text=text) is True
        draft = find_draft(started.telegram.store, started.bot.id, person.id, now=started.telegram.now())
        assert draft is not None
        assert (draft.draft_id, draft.text) == (draft_id, text)
    started.wait(30)
    assert find_draft(started.telegram.store, started.bot.id, person.id, now=started.telegram.now()) is None


def test_draft_is_for_private_chats_and_has_an_id(started: Bench) -> None:
    group = membership.open_group(started.telegram, started.bot, started.people[0], "Водители")
    assert refused(started, "sendMessageDraft", chat_id=group.id, draft_id=1, text="x")[1] == "Bad Request: TEXTDRAFT_PEER_INVALID"
    assert refused(started, "sendMessageDraft", chat_id=started.people[0].id, text="x")[0] == 400
    assert refused(started, "sendMessageDraft", chat_id=started.people[0].id, draft_id=1 << 70, text="x")[0] == 400
    assert refused(started, "sendMessageDraft", chat_id=started.people[0].id, draft_id=1, text="я" * 4097)[0] == 400


# ---- what a bot says of itself --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"commands": [{"command": "Help", "description": "x"}]}, "BOT_COMMAND_INVALID"),
        ({"commands": [{"command": "помощь", "description": "x"}]}, "BOT_COMMAND_INVALID"),
        ({"commands": [{"command": "help", "description": ""}]}, "BOT_COMMAND_DESCRIPTION_INVALID"),
        ({"commands": [{"command": "help", "description": "x" * 257}]}, "BOT_COMMAND_DESCRIPTION_INVALID"),
        ({"commands": [{"command": f"c{number}", "description": "x"} for number in range(101)]}, "BOT_COMMANDS_TOO_MUCH"),
        ({"commands": [{"command": "help", "description": "x"}], "language_code": "russian"}, "LANG_CODE_INVALID"),
        ({"commands": [{"command": "help", "description": "x"}], "scope": {"type": "all"}}, "unsupported type"),
        ({"commands": [{"command": "help", "description": "x"}], "scope": {"type": "chat"}}, "chat_id is empty"),
        ({"commands": "x"}, "can't parse commands"),
        ({}, "can't parse commands"),
    ],
)
def test_commands_that_telegram_refuses_are_refused(bench: Bench, given: dict[str, Any], said: str) -> None:
    code, description = refused(bench, "setMyCommands", **given)
    assert code == 400
    assert said in description


def test_person_sees_the_narrowest_commands_in_his_language(bench: Bench) -> None:
    russian, english = bench.people[0], bench.people[4]
    told = [
        ({}, "any"),
        ({"scope": {"type": "all_private_chats"}}, "private"),
        ({"scope": {"type": "all_private_chats"}, "language_code": "ru"}, "private_ru"),
        ({"scope": {"type": "chat", "chat_id": russian.id}}, "own"),
    ]
    seen: list[tuple[str, str]] = []
    for given, command in told:
        bench.call("setMyCommands", commands=[{"command": command, "description": "x"}], **given)
        both = [commands_for(bench.telegram.store, bench.bot.id, person)[0]["command"] for person in (russian, english)]
        seen.append((both[0], both[1]))
    assert seen == [("any", "any"), ("private", "private"), ("private_ru", "private"), ("own", "private")]


async def test_logged_out_bot_is_answered_nothing_else_for_ten_minutes(running: Running) -> None:
    assert (await running.call("logOut"))["result"] is True
    assert await running.call("getMe") == {"ok": False, "error_code": 400, "description": "Logged out"}
    running.store.execute("update bots set logged_out_until = logged_out_until - 600")
    assert (await running.call("getMe"))["ok"]


def test_close_is_refused_for_the_first_ten_minutes(bench: Bench) -> None:
    assert refused(bench, "close")[0] == 429
    bench.wait(600)
    assert bench.call("close") is True


# ---- limits ---------------------------------------------------------------------------------------


def test_group_takes_twenty_messages_a_minute_and_an_album_counts_each_piece() -> None:
    flood = FloodControl(FloodLimit())
    assert [flood.spend(1, -5, now=0) for _ in range(10)] == [0] * 10
    assert flood.spend(1, -5, now=0, messages=10) == 0
    assert flood.spend(1, -5, now=0) == 3
    assert flood.spend(1, -5, now=60, messages=20) == 0


def test_whole_bot_is_stopped_above_thirty_a_second() -> None:
    flood = FloodControl(FloodLimit())
    sent = [flood.spend(1, chat, now=0) for chat in range(1, 100)]
    assert (sent.count(0), sent[-1]) == (90, 1)
    assert flood.spend(2, 1, now=0) == 0
    assert [flood.spend(1, chat, now=1) for chat in range(1, 31)] == [0] * 30


@pytest.mark.parametrize(
    ("calls", "fails"),
    [
        ("all", {"getMe", "getUpdates", "getFile", "sendMessage"}),
        ("sending", {"sendMessage"}),
        ("updates", {"getUpdates"}),
        ("files", {"getFile"}),
    ],
)
async def test_fault_may_concern_one_kind_of_calls(running: Running, calls: str, fails: set[str]) -> None:
    async with running.session.put(f"/api/bots/{running.bot.id}/fault", json={"kind": "down", "calls": calls}) as answer:
        assert answer.status == 204
    given = {"chat_id": running.person.id, "text": "x", "file_id": "x"}
    answers = {method: await running.call(method, **given) for method in ("getMe", "getUpdates", "getFile", "sendMessage")}
    assert {method for method, answer in answers.items() if answer.get("error_code") == 500} == fails


async def test_download_may_break_off_halfway(running: Running) -> None:
    import aiohttp

    await running.post(f"{running.chat}/media", {"items": [{"kind": "photo"}]})
    file_id = running.store.list("select file_id from files order by size desc")[0]["file_id"]
    path = (await running.call("getFile", file_id=file_id))["result"]["file_path"]
    async with running.session.put(f"/api/bots/{running.bot.id}/fault", json={"kind": "cut", "calls": "files"}):
        pass
    with pytest.raises(aiohttp.ClientPayloadError):
        async with running.session.get(f"/file/bot{running.token}/{path}") as answer:
            await answer.read()
