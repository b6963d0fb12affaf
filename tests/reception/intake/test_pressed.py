"""A press keeps which button it was: its label alone says "chose a time"."""

from __future__ import annotations

from tests.reception.stage import Stage


async def test_a_press_keeps_its_button_and_what_it_stood_under(stage: Stage) -> None:
    await stage.write("когда можно?")
    await stage.take_in()
    await stage.press("slot:b2")
    await stage.press("я" * 200)
    await stage.take_in()

    rows = await stage.rows("select pressed, pressed_under from messages where role = $1 order by id desc limit 3", "user")
    assert [row["pressed"] for row in rows] == ["я" * 64, "slot:b2", None]
    assert rows[1]["pressed_under"] == 1
