"""What pages carry for programs, in a real browser under the policy that the portal sends."""

from __future__ import annotations

import re

import pytest

from .people import opened

pytestmark = [pytest.mark.browser, pytest.mark.portal, pytest.mark.slow]

HEARD = """window.refused = [];
document.addEventListener("securitypolicyviolation", (said) => window.refused.push(said.effectiveDirective));"""
DATA = (
    """() => JSON.parse(document.querySelector('script[type="application/ld+json"]').textContent)["@graph"]"""
)
INLINE = """() => { const made = document.createElement("script"); made.textContent = "window.ran = true";
document.head.append(made); return window.ran === true; }"""


def test_json_ld_stands_in_the_page_under_the_policy_that_refuses_inline_scripts(people):
    page = people()
    page.add_init_script(HEARD)
    opened(page, "/catalog/")
    links = page.eval_on_selector_all("main a[href]", "all => all.map(a => a.getAttribute('href'))")
    listing = next(link for link in links if re.fullmatch(r"/catalog/[A-Z0-9]+/", link))
    opened(page, listing)
    assert [node["@type"] for node in page.evaluate(DATA)] == ["Product", "BreadcrumbList"]
    assert page.evaluate("window.refused") == []

    # The same policy does refuse a script in the page, so the silence above means something.
    assert page.evaluate(INLINE) is False
    page.wait_for_function("window.refused.length > 0")
    assert page.evaluate("window.refused") == ["script-src-elem"]
    page.problems[:] = [said for said in page.problems if "Content Security Policy" not in said]
