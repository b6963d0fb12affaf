"""The providers stand beside Telegram in the simulator, for this machine only."""

from __future__ import annotations

from pathlib import Path

import openai

from tests.simulator.conftest import Serving
from tests.stub_models import KEY


async def test_the_simulator_serves_them_to_this_machine(tmp_path: Path) -> None:
    async with (
        Serving(tmp_path / "telegram.sqlite") as running,
        openai.AsyncOpenAI(base_url=f"{running.url}/openai/v1", api_key=KEY) as client,
    ):
        completion = await client.chat.completions.create(model="m", messages=[{"role": "user", "content": "Привет"}])
        reports = [await running.get(path) for path in ("/switch", "/anthropic/switch", "/google/switch/gemini-3-pro")]
        refused = [(await running.get(path, Host="valera.example"))[0] for path in ("/openai/switch", "/switch", "/google/v1beta/models")]

    assert completion.choices[0].message.content == "Вы пишете: Привет"
    assert [status for status, _ in reports] == [200, 200, 200]
    assert refused == [403, 403, 403]
