"""The classification of goods is imported whole or not at all, and the same file again changes nothing."""

import io
import json

import pytest
from django.core.management import CommandError, call_command

from catalog.models import ItemClass, PublicListing, SearchDocument
from catalog.services.product import edit_product
from innomarket.audit.models import Entry
from tests.accounts.factories import staff
from tests.catalog.factories import item_class, product, settle

pytestmark = pytest.mark.django_db

HEAD = "prdctClsfcNo,prdctClsfcNoNm,prdctClsfcNoEngNm,prdctClsfcNoNmDscrpt,useYn,chgDate"
HEAD += ",dtilPrdctClsfcNo,dtilPrdctClsfcNoNm"
TREE = f"""{HEAD}
46,"방위, 안전",Safety,,Y,2020-01-02 10:00:00,,
4617,보안,Security,,Y,20200102,,
461716,감시장비,Surveillance,,Y,,,
46171624,엑스레이검색기,X-ray,해설,Y,2021-05-06,,
46171624,엑스레이검색기,X-ray,해설,Y,2021-05-06,4617162401,엑스레이화물검색기
"""


def imported(tmp_path, text: str, *more: str, encoding: str = "utf-8-sig") -> str:
    path = tmp_path / "tree.csv"
    path.write_bytes(text.encode(encoding))
    out = io.StringIO()
    call_command("import_classification", str(path), *more, stdout=out)
    return out.getvalue().splitlines()[-1]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp949"])
def test_tree_is_imported_once_and_again_changes_nothing(tmp_path, encoding):
    assert imported(tmp_path, TREE, encoding=encoding).startswith("5 new, 0 changed, 0 the same, 0 are")
    item = ItemClass.objects.get(code="4617162401")
    assert (item.name_ko, item.name_en, str(item.changed_on)) == ("엑스레이화물검색기", "X-ray", "2021-05-06")
    assert ItemClass.objects.get(code="46").name_ko == "방위, 안전"
    assert imported(tmp_path, TREE, encoding=encoding).startswith("0 new, 0 changed, 5 the same, 0 are")
    assert Entry.objects.filter(verb="catalog.import_classification").count() == 1


def test_dry_run_says_all_and_writes_nothing(tmp_path):
    before = Entry.objects.count()
    assert imported(tmp_path, TREE, "--dry-run").startswith("5 new")
    assert not ItemClass.objects.exists() and Entry.objects.count() == before


def test_what_vanished_goes_out_of_use_and_what_comes_back_is_in_use(tmp_path):
    imported(tmp_path, TREE)
    shorter = "\n".join(TREE.splitlines()[:-1])
    assert imported(tmp_path, shorter, "--part").endswith("0 are out of use")
    assert imported(tmp_path, shorter).endswith("1 are out of use")
    assert not ItemClass.objects.get(code="4617162401").in_use
    assert imported(tmp_path, TREE).startswith("0 new, 1 changed")
    assert ItemClass.objects.get(code="4617162401").in_use


def test_file_without_most_of_the_tree_is_refused_unless_it_is_allowed(tmp_path):
    imported(tmp_path, TREE)
    shorter = "\n".join(TREE.splitlines()[:3])
    with pytest.raises(CommandError, match="--part"):
        imported(tmp_path, shorter)
    assert ItemClass.objects.filter(in_use=True).count() == 5
    imported(tmp_path, shorter, "--most-ended", "100")
    assert ItemClass.objects.filter(in_use=True).count() == 2


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("4618x,이름,,,Y,,,", "7 / prdctClsfcNo"),
        ("461,이름,,,Y,,,", "7 / prdctClsfcNo"),
        ("4618,,,,Y,,,", "7 / prdctClsfcNoNm"),
        ("4618,이름,,,maybe,,,", "7 / useYn"),
        ("4618,이름,,,Y,2020-13-40,,", "7 / chgDate"),
        ("4617,다른 이름,,,Y,,,", "7 / dtilPrdctClsfcNo"),
        ("99170101,어버이 없음,,,Y,,,", "99170101"),
    ],
)
def test_one_wrong_cell_is_named_and_nothing_is_written(tmp_path, line, words):
    with pytest.raises(CommandError) as caught:
        imported(tmp_path, TREE + line + "\n")
    assert words in str(caught.value)
    assert not ItemClass.objects.exists()


def test_korean_headings_are_read_too(tmp_path):
    imported(tmp_path, "물품분류번호,품명,사용여부\n46,안전,N\n")
    assert ItemClass.objects.get().in_use is False


def test_file_without_its_headings_is_refused(tmp_path):
    with pytest.raises(CommandError, match="prdctClsfcNo"):
        imported(tmp_path, "a,b\n1,2\n")


# ── what is listed follows ──

CODE = "4617162401"


def said(listed) -> str:
    """The class's name in the public listing."""
    return json.loads(PublicListing.objects.get(pk=listed.pk).document_ko)["item_class"]["name_ko"]


def test_products_of_a_renamed_class_follow_in_listing_and_search(tmp_path):
    item_class(CODE)
    listed, other = product(), product()
    edit_product(product=listed, by=staff("keep_catalogue"), item_class=CODE)
    settle()
    place = PublicListing.objects.get(pk=other.pk).position
    imported(tmp_path, TREE)
    settle()
    assert said(listed) == "엑스레이화물검색기"
    assert "엑스레이화물검색기" in " ".join(SearchDocument.objects.get(pk=listed.pk).texts)
    assert PublicListing.objects.get(pk=other.pk).position == place
