"""`pgrls verify` proves the app's policies: nobody anonymous, no other shop, no write across shops."""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path

import pytest

from tests.architecture.allow_list import APP_TABLES
from tests.conftest import Cluster
from valera.kit.db import Database

MODES = ("anon", "cross-tenant", "write")


async def pgrls(database_url: str, mode: str, folder: Path) -> dict[str, set[str]]:
    """Table → the verdicts on its policy `app`."""
    config = folder / "pgrls.toml"
    config.write_text('[lint.rules.SEC021]\nidentity_columns = ["account_id", "id"]\n')  # id: of accounts
    tool = Path(sys.executable).with_name("pgrls")
    process = await asyncio.create_subprocess_exec(
        tool, "verify", "--config", config, "--database-url", database_url, "--mode", mode, "--format", "json",
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE, cwd=folder,
    )  # fmt: skip
    out, said = await process.communicate()
    assert out, said.decode()
    tables = json.loads(out)["tables"]
    return {
        table["table"].removeprefix("public."): {policy["verdict"] for policy in table["policies"] if policy["policy"] == "app"}
        for table in tables
    }


@pytest.mark.timeout(120)
@pytest.mark.parametrize("mode", MODES)
async def test_policies_of_the_app_are_proven(db: Database, cluster: Cluster, tmp_path: Path, mode: str) -> None:
    verdicts = await pgrls(cluster.server.admin_url(db.url.rpartition("/")[2]), mode, tmp_path)

    assert {table: verdicts.get(table) for table in APP_TABLES} == {table: {"isolated"} for table in APP_TABLES}


@pytest.mark.timeout(120)
async def test_a_planted_hole_is_found(db: Database, cluster: Cluster, tmp_path: Path) -> None:
    owner = await db.connect(role="valera_owner")
    await owner.execute("drop policy app on clients; create policy app on clients to valera_app using (true) with check (true)")
    await owner.close()

    verdicts = await pgrls(cluster.server.admin_url(db.url.rpartition("/")[2]), "cross-tenant", tmp_path)

    assert verdicts["clients"] != {"isolated"}
    assert verdicts["chats"] == {"isolated"}
