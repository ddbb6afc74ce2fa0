"""The one hash: the same for the same content, another for any other, recomputable without the portal."""

import hashlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from innomarket.submissions import freezing
from innomarket.submissions.models import Revision

from . import factories

TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"))
PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=20,
)


@given(PLAIN)
def test_digest_survives_being_stored_and_read_again(value):
    read_again = json.loads(json.dumps(value))
    assert freezing.digest(read_again) == freezing.digest(value)
    assert json.loads(freezing.canonical(value)) == value


@given(st.dictionaries(TEXT, PLAIN, min_size=2, max_size=5))
def test_digest_does_not_depend_on_the_order_of_keys(value):
    turned = dict(reversed(value.items()))
    assert freezing.canonical(turned) == freezing.canonical(value)


@given(PLAIN, PLAIN)
def test_digest_differs_where_the_content_differs(one, other):
    same = json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)
    assert (freezing.digest(one) == freezing.digest(other)) is same


def test_canonical_is_the_documented_spelling():
    value = {"b": [1, None, True], "a": '물"길\n'}
    assert freezing.canonical(value) == '{"a":"물\\"길\\n","b":[1,null,true]}'.encode()


@pytest.mark.parametrize("value", [1.0, {"a": [0.1]}, float("nan"), object(), {1: "a"}, b"bytes"])
def test_what_has_no_one_spelling_is_refused(value):
    with pytest.raises(TypeError):
        freezing.canonical(value)


@pytest.mark.django_db
def test_a_third_party_recomputes_the_hash_of_a_receipt():
    done = factories.submitted()
    revision = Revision.objects.get(pk=done.current_id)
    document = freezing.frozen_revision(revision)
    assert document["number"] == done.number
    assert document["applicant"] == f"organisation:{done.applicant_organisation_id}"
    # No code of ours: sorted keys, no spaces, UTF-8.
    text = json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    assert hashlib.sha256(text.encode("utf-8")).hexdigest() == revision.sha256
