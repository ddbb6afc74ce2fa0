"""`Accept-Encoding` is read with its qualities."""

import pytest
from django.test import RequestFactory

from innomarket.common.encodings import takes_gzip


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        ("gzip", True),
        ("br, gzip;q=0.5", True),
        ("GZIP ; q=1.0", True),
        ("x-gzip", True),
        ("*", True),
        ("identity;q=0.5, gzip;q=0.5", True),
        ("", False),
        ("br", False),
        ("gzip;q=0", False),
        ("gzip; q=0.000, *", False),
        ("*;q=0", False),
        ("identity, gzip;q=0.9", False),
        ("gzipped", False),
        ("gzip;q=yes", False),
        ("gzip;q*=x'y'z, ;;", False),
    ],
)
def test_qualities_decide(said, wanted):
    assert takes_gzip(RequestFactory().get("/", headers={"accept-encoding": said})) is wanted
