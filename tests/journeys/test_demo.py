"""The main job: a whole small round over HTTP, as each role in turn. It can be repeated."""

import subprocess
import sys

import pytest

from innomarket.embedded.layout import ROOT

pytestmark = [pytest.mark.portal, pytest.mark.slow]


@pytest.mark.parametrize("time", ["first", "again"])
def test_demo_ends_with_a_product_and_a_committed_purchase(sample_portal, time):
    before = sample_portal.rows("SELECT count(*) FROM catalog_product")[0][0]
    done = subprocess.run(
        [sys.executable, "-m", "tools.demo", "--url", sample_portal.url],
        cwd=ROOT,
        env=sample_portal.env,
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr
    assert sample_portal.rows("SELECT count(*) FROM catalog_product")[0][0] == before + 1
    [(state, committed, accepted, refused, verdict)] = sample_portal.rows(
        """SELECT p.state, p.committed_won, i.accepted, i.refused, r.verdict FROM pilots_pilot p
           JOIN pilots_contract c ON c.pilot_id = p.id JOIN pilots_inspection i ON i.contract_id = c.id
           JOIN pilots_testresult r ON r.pilot_id = p.id ORDER BY p.id DESC LIMIT 1"""
    )
    assert (state, committed, accepted, refused, verdict) == ("concluded", 110_000_000, 4, 1, "success")
