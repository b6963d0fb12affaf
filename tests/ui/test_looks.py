"""Every page in a browser, in a sample of languages, widths and colours; `make ui` looks at all of them."""

from __future__ import annotations

import pytest

from tests.dashboard.office import Browsing
from tests.ui.lively import enliven
from tests.ui.looking import examine
from tests.ui.matrix import sample

PARTS = 4
LOOKS = sample()


@pytest.mark.timeout(240)
@pytest.mark.parametrize("part", range(PARTS))
async def test_no_page_complains_overflows_or_shuts_anybody_out(browsing: Browsing, part: int) -> None:
    await enliven(browsing.office, browsing.office.given.clock.now())
    faults = [fault for look in LOOKS[part::PARTS] for fault in await examine(browsing, look)]
    assert faults == [], "\n".join(faults)
