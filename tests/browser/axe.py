"""What axe-core finds on a page, apart from what Streamlit's own elements break."""

from __future__ import annotations

from importlib.resources import files

from playwright.sync_api import Page

BASELINE = {
    # The navigation wraps its entries in elements that are neither list nor entry.
    "list": "[data-testid=stSidebarNavItems]",
    "listitem": "[data-testid=stSidebarNavItems] li",
    # The chart library names no marks inside a sparkline; the tile says its numbers in words.
    "svg-img-alt": "[data-testid=stMetricChart] g",
}
"""Rules that Streamlit's own elements break, and which elements those are; nothing else may break them."""

FINDS = """async (baseline) => {
  const found = await axe.run(document, {resultTypes: ["violations"]});
  const known = (rule, node) => {
    const at = document.querySelector(node.target[0]);
    return rule in baseline && at !== null && at.matches(baseline[rule]);
  };
  return found.violations.flatMap((one) => one.nodes.filter((node) => !known(one.id, node))
    .map((node) => `${one.id}: ${node.html.slice(0, 160)} ${node.failureSummary.slice(0, 240)}`));
}"""


def violations(page: Page) -> list[str]:
    """What axe-core finds on the page as it stands, apart from the baseline."""
    page.evaluate((files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8") + ";0")
    told: list[str] = page.evaluate(FINDS, BASELINE)
    return told
