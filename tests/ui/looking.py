"""What is wrong with a page, as a browser shows it."""

from __future__ import annotations

import asyncio
from importlib import resources
from typing import TYPE_CHECKING, Any

from tests.ui.matrix import OUTSIDE, Look

if TYPE_CHECKING:
    from tests.dashboard.office import Browsing

AXE = (resources.files("axe_playwright_python") / "axe.min.js").read_text("utf-8")
PATIENCE = 20
RULES = "{runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']}"
SETTLED = "!document.querySelector('.htmx-request') && document.fonts.status === 'loaded'"
CLIPPED = """[...document.querySelectorAll('button, .btn, .pill, h1, h2, label, th')].filter((one) => one.offsetParent
    && one.scrollWidth > one.clientWidth + 1 && getComputedStyle(one).overflowX !== 'visible'
    && getComputedStyle(one).textOverflow !== 'ellipsis'
    && !one.closest('.vh, .nav-text, [hidden]')).map((one) => one.outerHTML.slice(0, 90))"""


async def examine(browsing: Browsing, look: Look, *, picture: str | None = None) -> list[str]:
    """Sentences, one for each fault; none: the page is right."""
    shop = browsing.office.world.garage
    path = look.path.replace("{chat}", str(shop.chat_id)).replace("{client}", str(shop.client_id))
    is_outside = look.path in OUTSIDE
    seen = await browsing.visit(
        path, as_=None if path == "/sign-in" else "owner", shop=None if is_outside else "garage", width=look.width, phone=look.width < 500,
        scheme=look.scheme, language=look.language,
    )  # fmt: skip
    page = seen.page
    await settled(page)
    if picture:
        await page.screenshot(path=picture)
    faults = [f"complains: {complaint}" for complaint in seen.complaints]
    seen.complaints.clear()
    if (status := await page.evaluate("performance.getEntriesByType('navigation')[0].responseStatus")) != 200:
        faults.append(f"answers {status}")
    if overflow := await seen.overflow():
        faults.append(f"is {overflow} pixels wider than its window")
    faults += [f"cuts off {clipped}" for clipped in await page.evaluate(CLIPPED)]
    faults += await unreachable(page)
    await page.context.close()
    return [f"{look}: {fault}" for fault in faults]


async def settled(page: Any) -> None:
    """Everything that was asked for has come. Asked again and again from outside: a page under its own policy evaluates nothing."""
    async with asyncio.timeout(PATIENCE):
        while not await page.evaluate(SETTLED):
            await asyncio.sleep(0.05)


async def unreachable(page: Any) -> list[str]:
    """What axe finds: what shuts people out."""
    await page.evaluate(AXE)  # through the debugger: the page's own policy stays in force
    found = await page.evaluate(f"axe.run({RULES})")
    return [
        f"axe {violation['id']} ({violation['impact']}): {node['target'][0]} {node['html'][:120]} {node.get('failureSummary', '')[:160]}"
        for violation in found["violations"]
        for node in violation["nodes"][:3]
    ]
