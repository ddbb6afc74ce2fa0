import json
import threading
import time
from datetime import timedelta

from django.db import transaction

from catalog.models import (
    BulkImport,
    ListingRule,
    Product,
    PublicListing,
    SavedSearch,
    SearchWord,
    Snapshot,
)
from catalog.services import saved, search, snapshot
from catalog.services.bulk import check_bulk
from catalog.services.change import (
    begin_change,
    propose_change,
    rewrite_change,
    save_change,
    take_change,
)
from catalog.services.classification import import_classification
from catalog.services.product import edit_product, list_product, note_pilot
from catalog.tasks import found_by
from innomarket.audit.models import Entry
from innomarket.common.clock import now
from innomarket.common.refusals import Refused
from innomarket.documents.tables import read_table
from innomarket.notifications.models import Message
from tests.accounts.factories import member, person, staff
from tests.catalog.factories import designation, item_class, product, proposed_change, rules
from tests.support.races import at_once, values


def test_list_product_at_once_is_one_product(fresh_database):
    decided = designation()
    found = values(at_once(*[lambda: list_product(designation=decided).pk] * 4))
    assert len(set(found)) == 1 and Product.objects.count() == 1


def test_edit_and_note_at_once_lose_nothing(fresh_database):
    listed, by = product(), staff("keep_catalogue")
    values(
        at_once(
            lambda: edit_product(product=listed, by=by, name_ko="새 이름"),
            lambda: edit_product(product=listed, by=by, unit="대"),
            lambda: note_pilot(product=listed, pilot_count=3, verdict="success"),
        )
    )
    listed.refresh_from_db()
    assert (listed.name_ko, listed.unit, listed.pilot_count, listed.pilot_verdict) == (
        "새 이름",
        "대",
        3,
        "success",
    )


def test_two_taking_a_change_over_at_once_take_it_once(fresh_database):
    listed = product()
    change = proposed_change(listed, member(person(), listed.supplier, role="editor").user)
    keepers = [staff("keep_catalogue") for _ in range(2)]
    outcomes = at_once(*[lambda by=by: take_change(change=change, by=by) for by in keepers])
    assert [type(outcome.error) for outcome in outcomes if outcome.error] == [Refused]
    listed.refresh_from_db()
    assert listed.ordinal == 1 and listed.versions.count() == 2


def test_two_beginning_a_change_at_once_begin_one(fresh_database):
    listed = product()
    people = [member(person(), listed.supplier, role="editor").user for _ in range(2)]
    outcomes = at_once(*[lambda by=by: begin_change(product=listed, by=by) for by in people])
    assert sum(outcome.error is None for outcome in outcomes) == 1


def test_file_that_is_sent_twice_at_once_is_one_check(fresh_database):
    rules()
    listed = product()
    editor = member(person(), listed.supplier, role="editor").user
    content = f"number,unit\n{listed.number},대\n".encode()
    found = at_once(
        *[lambda: check_bulk(table="products", content=content, name="a.csv", by=editor, by_staff=False)] * 4
    )
    assert [one.error for one in found] == [None] * 4
    assert BulkImport.objects.count() == 1


def test_two_sending_a_change_at_once_send_it_once(fresh_database):
    rules()
    listed = product()
    people = [member(person(), listed.supplier, role="editor").user for _ in range(2)]
    change = begin_change(product=listed, by=people[0])
    change = save_change(change=change, by=people[0], fields={"unit": "대"})
    outcomes = at_once(
        *[lambda by=by: propose_change(change=change, by=by, seen=change.mark) for by in people]
    )
    assert [type(outcome.error) for outcome in outcomes if outcome.error] == [Refused]
    assert Entry.objects.filter(verb="catalog.propose_change").count() == 1


def test_staff_taking_while_the_supplier_writes_take_what_they_saw_or_nothing(fresh_database):
    """Whoever comes first: what goes live is what staff looked at, or the change is a draft again."""
    for _ in range(4):
        listed = product()
        before = listed.unit
        editor = member(person(), listed.supplier, role="editor").user
        change = proposed_change(listed, editor, unit="대")

        def write(change=change, editor=editor) -> None:
            rewrite_change(change=change, by=editor)
            save_change(change=change, by=editor, fields={"unit": "식"})
            propose_change(change=change, by=editor)

        keeper = staff("keep_catalogue")
        taken, written = at_once(
            lambda change=change, by=keeper: take_change(change=change, by=by, seen=change.mark), write
        )
        listed.refresh_from_db()
        change.refresh_from_db()
        if taken.error:
            assert isinstance(taken.error, Refused) and not written.error
            assert (listed.unit, change.state, change.content["unit"]) == (before, "proposed", "식")
        else:
            assert isinstance(written.error, Refused)
            assert (listed.unit, change.state) == ("대", "taken")


def test_two_windows_do_not_go_over_the_limit(fresh_database):
    rules()
    ListingRule.objects.update(most_saved_searches=1)
    somebody = person()

    def save(n: int) -> None:
        saved.save_search(by=somebody, name="x", query=f"q={n}")

    outcomes = at_once(lambda: save(1), lambda: save(2))
    assert SavedSearch.objects.count() == 1
    assert sum(isinstance(one.error, Refused) for one in outcomes) == 1


def test_two_sweeps_at_once_tell_once(fresh_database):
    rules()
    somebody = person()
    row = saved.save_search(by=somebody, name="로봇", query="q=로봇")
    SavedSearch.objects.filter(pk=row.pk).update(told_until=now() - timedelta(days=2))
    listed = product(name_ko="새 로봇")
    Product.objects.filter(pk=listed.pk).update(listed_at=now() - timedelta(days=1))
    told = values(at_once(*[lambda: saved.tell_new(found_by)] * 4))
    assert sum(told) == 1 and Message.objects.filter(kind="catalog.new_in_search").count() == 1


def test_two_who_write_the_same_words_in_another_order_do_not_block_each_other(fresh_database):
    """As two bulk imports: each transaction writes several listings."""
    one, other = product(name_ko="감자 고래"), product(name_ko="나비 두부")
    SearchWord.objects.all().delete()
    gate = threading.Barrier(2)

    def write(first, second):
        with transaction.atomic():
            search.refresh([first.pk])
            gate.wait(30)
            search.refresh([second.pk])

    swapped = [
        lambda: write(one, third),
        lambda: write(other, fourth),
    ]
    third, fourth = product(name_ko="나비 두부 바다"), product(name_ko="감자 고래 바다")
    SearchWord.objects.all().delete()
    values(at_once(*swapped))
    assert SearchWord.objects.filter(word="바다").exists()


# ── classes of goods that are renamed ──

CODE = "4617162401"


def rename_classes() -> None:
    lines = [f"{CODE[:end]},new {CODE[:end]}" for end in range(2, len(CODE) + 1, 2)]
    text = "prdctClsfcNo,prdctClsfcNoNm\n" + "\n".join(lines)
    import_classification(table=read_table(text.encode(), name="tree.csv", most_rows=10))


def class_said(listed: Product) -> str:
    """The class's name in the public listing."""
    return json.loads(PublicListing.objects.get(pk=listed.pk).document_ko)["item_class"]["name_ko"]


def test_product_that_takes_a_class_while_it_is_renamed_ends_with_the_new_name(fresh_database):
    item_class(CODE)
    listed, by, taken = product(), staff("keep_catalogue"), threading.Event()

    def take() -> None:
        with transaction.atomic():
            edit_product(product=listed, by=by, item_class=CODE)
            taken.set()
            time.sleep(0.5)  # meanwhile the import has begun

    def rename() -> None:
        assert taken.wait(30)
        rename_classes()

    values(at_once(take, rename))
    assert class_said(listed) == f"new {CODE}"


def test_writer_of_two_classes_and_an_import_do_not_block_each_other(fresh_database):
    """One holds the first class and comes to want the second; the import wants both, the second one first."""
    item_class(CODE)
    first, second, by, taken = product(), product(), staff("keep_catalogue"), threading.Event()

    def take_both() -> None:
        with transaction.atomic():
            edit_product(product=first, by=by, item_class=CODE)
            taken.set()
            time.sleep(0.5)
            edit_product(product=second, by=by, item_class=CODE[:8])

    def rename() -> None:
        assert taken.wait(30)
        rename_classes()

    values(at_once(take_both, rename))
    assert (class_said(first), class_said(second)) == (f"new {CODE}", f"new {CODE[:8]}")


# ── nightly files ──


def test_two_runs_at_once_leave_each_nightly_file_once(fresh_database, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    product()
    assert sum(values(at_once(snapshot.make_due, snapshot.make_due))) == len(snapshot.KINDS)
    names = set(Snapshot.objects.values_list("file", flat=True))
    assert (
        len(names) == len(snapshot.KINDS) == 8
    )  # those of the catalogue, and the procurement data of its call
    assert {f"snapshots/{path.name}" for path in (tmp_path / "snapshots").iterdir()} == names
