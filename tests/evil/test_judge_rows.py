"""What is planted into the database of a batch is found there."""

from __future__ import annotations

import pytest

from evil import house
from evil.judge.effects import shop_faults
from evil.judge.foreign import fingerprint
from evil.run import Run

FOREIGN = {
    "price_items": "update price_items set name = name || '.' where id = (select min(id) from price_items)",
    "facts": "insert into facts (account_id, topic, text) select id, 'planted', 'planted' from accounts limit 1",
    "clients": "update clients set phone = '+79000000000' where id = (select min(id) from clients)",
    "chats": "update chats set human_called_at = now() where id = (select min(id) from chats)",
    "deliveries": "delete from deliveries where id = (select min(id) from deliveries)",
    "messages": "update messages set content = '' where id = (select min(id) from messages)",
    "proposals": "update proposals set state = 'declined' where id = (select max(id) from proposals)",
    "turn_steps": "delete from turn_steps where turn_id = (select min(turn_id) from turn_steps)",
}
SHOPS = {
    "more bookings than bays": "update bays set is_open = false",
    "numbers with gaps": "update bookings set number = number + 1 where number is not null",
}


@pytest.mark.timeout(120)
async def test_each_planted_row_is_found(run: Run) -> None:
    async with run.copied() as opened:
        assert await shop_faults(opened) == []
        for table, statement in FOREIGN.items():
            assert await _changed(opened, run, statement) >= {table}, table
        for fault, statement in SHOPS.items():
            await opened.owner.execute(statement)
            assert any(found.startswith(fault) for found in await shop_faults(opened)), fault


async def _changed(opened: house.House, run: Run, statement: str) -> set[str]:
    before = await fingerprint(opened.owner, run.first)
    await opened.owner.execute(statement)
    after = await fingerprint(opened.owner, run.first)
    return {table for table in after if after[table] != before[table]}
