"""Pictures and documents of a listing: looked at, made small, and shown to all once the listing is live."""

import hashlib
import io
from urllib.parse import urlsplit

import pytest
from django.db import DatabaseError, connection, transaction
from PIL import Image

from catalog.models import ListingChange, ListingFile, ListingRule
from catalog.seen import MARK
from catalog.services import change as services
from catalog.services.file import add_file
from innomarket.common.refusals import Refused
from innomarket.documents import hooks
from innomarket.documents.models import Document, Rendition
from innomarket.notifications.models import Message
from tests.accounts.factories import company, member, person, staff
from tests.catalog.factories import product, rules
from tests.documents.factories import document, upload

pytestmark = pytest.mark.django_db


def picture(width=800, height=600, kind="JPEG", **more) -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (width, height), "teal").save(made, kind, **more)
    return made.getvalue()


@pytest.fixture
def draft(client):
    rules()
    listed = product(supplier=company())
    editor = member(person(), listed.supplier, role="editor").user
    client.force_login(editor)
    return services.begin_change(product=listed, by=editor)


def add(draft, content: bytes = b"", name="현장.jpg", part="images", **words):
    words = words or (
        {"alt_ko": "로봇", "alt_en": ""} if part == "images" else {"kind": "manual", "title": "설명서"}
    )
    file = upload("jpg", name=name, content=content or picture())
    return add_file(change=draft, by=draft.begun_by, part=part, upload=file, words=words)


def live(draft):
    draft.refresh_from_db()
    services.propose_change(change=draft, by=draft.begun_by)
    services.take_change(change=draft, by=staff("keep_catalogue"))


def test_picture_is_public_only_once_its_listing_is_live(client, draft):
    row = add(draft)
    copies = list(Rendition.objects.filter(document=row["document"]))
    assert [(copy.width, copy.height) for copy in copies] == [(320, 240), (640, 480), (800, 600)]
    public = f"/pictures/{copies[0].sha256}.webp"
    private = f"/catalog/{draft.product.number}/pictures/{row['document']}/"
    assert client.get(public).status_code == 404
    answer = client.get(private)
    assert answer.status_code == 200 and answer["Cache-Control"] == "private, no-store"
    client.logout()
    assert client.get(private).status_code == 404
    live(draft)
    answer = client.get(public)
    assert answer.status_code == 200 and answer["Content-Type"] == "image/webp"
    assert answer["Cache-Control"] == "public, max-age=86400"
    assert answer["X-Content-Type-Options"] == "nosniff" and "sandbox" in answer["Content-Security-Policy"]
    assert "Vary" not in answer and "Content-Language" not in answer and not answer.cookies
    assert client.get(public, headers={"if-none-match": answer["ETag"]}).status_code == 304
    for prefix in ("", "/en"):
        page = client.get(f"{prefix}/catalog/{draft.product.number}/").content.decode()
        assert f"{public} 320w" in page and 'alt="로봇"' in page
    assert 'lang="ko" width="800"' in page
    assert f"{public} 320w" in client.get("/catalog/").content.decode()


def test_picture_that_left_the_listing_is_no_longer_public(client, draft):
    row = add(draft)
    live(draft)
    editor = draft.begun_by
    again = services.begin_change(product=draft.product, by=editor)
    services.save_change(change=again, by=editor, fields={"images": []})
    live(again)
    found = Rendition.objects.filter(document=row["document"]).first()
    assert client.get(f"/pictures/{found.sha256}.webp").status_code == 404


def test_copies_carry_nothing_of_the_camera_and_stand_upright(draft):
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by a quarter
    exif[0x010F] = "secret-maker"
    row = add(draft, picture(400, 200, exif=exif))
    copies = list(Rendition.objects.filter(document=row["document"]))
    assert [(copy.width, copy.height) for copy in copies] == [(200, 400)]
    stored = Document._meta.get_field("file").storage.open(copies[0].path).read()
    assert b"secret-maker" not in stored and not Image.open(io.BytesIO(stored)).getexif()


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("bomb.png", picture(9_000, 9_000, "PNG"), "too_many_pixels"),
        ("broken.jpg", picture()[:400] + b"\xff\xd9", "damaged"),
        ("words.jpg", b"<svg onload=alert(1)>", "false_extension"),
        ("moving.gif", b"GIF89a", "wrong_extension"),
        ("paper.pdf", b"%PDF-1.7\n%%EOF", "wrong_extension"),
        ("big.jpg", picture() + b"\0" * (6 << 20), "file_too_big"),
    ],
)
def test_what_is_no_good_picture_is_refused_and_nothing_is_kept(draft, name, content, code):
    with pytest.raises(Refused) as caught:
        add(draft, content, name)
    assert (caught.value.code, caught.value.field) == (code, "file") and str(caught.value.reason)
    assert not ListingFile.objects.exists() and ListingChange.objects.get().content["images"] == []


def test_upload_is_kept_when_its_words_are_missing_and_the_page_says_so(client, draft):
    address = f"/catalog/{draft.product.number}/change/pictures/"
    seen = client.get(address).context["seen"]
    data = {"seen": seen, "images-TOTAL_FORMS": "0", "images-INITIAL_FORMS": "0", "upload": "1"}
    file = upload("jpg", name="현장.jpg", content=picture())
    answer = client.post(address, data | {"new-file": file})
    assert answer.status_code == 422 and 'href="#id_images-0-alt_ko"' in answer.content.decode()
    draft.refresh_from_db()
    assert [row["alt_ko"] for row in draft.content["images"]] == [""]
    # What would be sent names the picture although nothing says what it shows, and the refusal names its place.
    sending = f"/en/catalog/{draft.product.number}/change/send/"
    ready = client.get(sending)
    assert "a file without words" in ready.content.decode()
    refused = client.post(sending, {MARK: draft.mark}).content.decode()
    assert "Correct it: Picture of a product 1 › What it shows, in Korean" in refused
    held = str(draft.content["images"][0]["document"])
    data = {"seen": answer.context["seen"], "images-TOTAL_FORMS": "1", "images-INITIAL_FORMS": "0"}
    data |= {"images-0-document": held, "images-0-alt_ko": "강가의 로봇"}
    assert client.post(address, data).status_code == 302
    draft.refresh_from_db()
    assert draft.content["images"] == [{"document": int(held), "alt_ko": "강가의 로봇", "alt_en": ""}]


def test_address_of_a_video_that_was_typed_without_its_scheme_is_taken(client, draft):
    address = f"/catalog/{draft.product.number}/change/documents/"
    data = {"seen": client.get(address).context["seen"], "video_url": "video.example/1"}
    data |= {"documents-TOTAL_FORMS": "0", "documents-INITIAL_FORMS": "0"}
    assert client.post(address, data).status_code == 302
    draft.refresh_from_db()
    assert draft.content["video_url"] == "https://video.example/1"


def test_wrong_file_leaves_what_was_typed(client, draft):
    address = f"/catalog/{draft.product.number}/change/documents/"
    data = {"seen": client.get(address).context["seen"], "video_url": "https://video.example/1"}
    data |= {"documents-TOTAL_FORMS": "0", "documents-INITIAL_FORMS": "0", "new-title": "설명"}
    answer = client.post(address, data | {"new-file": upload("png", name="그림.png")})
    page = answer.content.decode()
    assert answer.status_code == 422 and 'href="#id_new-file"' in page
    assert "https://video.example/1" in page and "설명" in page


def test_document_is_for_its_writers_until_it_is_live_and_then_an_attachment_for_all(client, draft):
    row = add(draft, b"%PDF-1.7\n1 0 obj\n<< >>\nendobj\ntrailer << >>\n%%EOF\n", "설명서.pdf", "documents")
    address = f"/catalog/{draft.product.number}/files/{row['document']}/"
    assert client.get(address)["Cache-Control"] == "private, no-store"
    client.logout()
    assert client.get(address).status_code == 404
    live(draft)
    answer = client.get(address)
    assert answer.status_code == 200 and answer["Content-Disposition"].startswith("attachment")
    assert answer["Cache-Control"].startswith("public") and "sandbox" in answer["Content-Security-Policy"]
    assert "설명서.pdf" in client.get(f"/catalog/{draft.product.number}/").content.decode()


def test_file_of_another_product_is_refused(draft):
    other = document(draft.begun_by, "png")
    images = [{"document": other.pk, "alt_ko": "남의 것", "alt_en": ""}]
    services.save_change(change=draft, by=draft.begun_by, fields={"images": images})
    with pytest.raises(Refused) as caught:
        services.propose_change(change=draft, by=draft.begun_by)
    assert caught.value.code == "unknown_file"


def test_file_that_waits_for_its_check_goes_live_only_after_it(client, draft):
    row = add(draft)
    Document.objects.filter(pk=row["document"]).update(state="pending")
    with pytest.raises(Refused) as caught:
        live(draft)
    assert caught.value.code == "file_not_checked"
    private = f"/catalog/{draft.product.number}/pictures/{row['document']}/"
    assert client.get(private).status_code == 409


def test_file_that_the_virus_check_refused_is_gone_and_its_people_are_told(draft):
    row = add(draft)
    found = Document.objects.get(pk=row["document"])
    Document.objects.filter(pk=found.pk).update(state="refused", refused_reason="x")
    hooks.document_refused.announce(document=found)
    assert not Rendition.objects.exists()
    assert Message.objects.filter(kind="catalog.file_refused", recipient=draft.begun_by).count() == 1
    with pytest.raises(Refused) as caught:
        live(draft)
    assert caught.value.code == "file_refused"


def test_no_more_files_than_the_rule_allows(draft):
    ListingRule.objects.update(most_images=1)
    add(draft)
    draft.refresh_from_db()
    with pytest.raises(Refused) as caught:
        add(draft)
    assert caught.value.code == "no_room"


def test_file_of_another_product_is_never_shown_whatever_writes_it(draft):
    """Plain SQL does not make a file public that was received for another product, nor a document a picture."""
    row, other = add(draft), product()
    with connection.cursor() as cursor:
        for table, columns, values in (
            ("catalog_productimage", "alt_ko, alt_en", "'x', ''"),
            ("catalog_productdocument", "kind, title", "'manual', 'x'"),
        ):
            for listed in (other, draft.product):
                if (table, listed) == ("catalog_productimage", draft.product):
                    continue  # its own picture
                statement = (
                    f'INSERT INTO {table} (product_id, "order", document_id, {columns})'
                    f" VALUES ({listed.pk}, 0, {row['document']}, {values})"
                )
                with pytest.raises(DatabaseError, match="was not received"), transaction.atomic():
                    cursor.execute(statement)


def test_place_0_is_the_first_place(client, draft):
    first, second = add(draft), add(draft, name="둘.jpg", alt_ko="둘째", alt_en="")
    draft.refresh_from_db()
    address = f"/catalog/{draft.product.number}/change/pictures/"
    page = client.get(address)
    data = {"seen": page.context["seen"], "images-TOTAL_FORMS": "2", "images-INITIAL_FORMS": "0"}
    for place, row in enumerate((first, second)):
        data |= {f"images-{place}-{name}": str(value) for name, value in row.items()}
        data[f"images-{place}-ORDER"] = str(1 - place)
    assert client.post(address, data).status_code == 302
    draft.refresh_from_db()
    assert [row["document"] for row in draft.content["images"]] == [second["document"], first["document"]]


@pytest.mark.parametrize(
    "typed",
    [
        {"images-TOTAL_FORMS": "9" * 5000},
        {"images-TOTAL_FORMS": "x"},
        {"images-TOTAL_FORMS": "101", "images-INITIAL_FORMS": "0"},
        {"images-0-document": "9" * 5000, "images-0-alt_ko": "x"},
        {"images-0-ORDER": "9" * 5000},
        {"images-0-alt_ko": "a\0b"},
    ],
)
def test_nonsense_in_the_forms_of_files_is_refused_in_words(client, draft, typed):
    add(draft)
    address = f"/catalog/{draft.product.number}/change/pictures/"
    data = {"seen": client.get(address).context["seen"]}
    data |= {"images-TOTAL_FORMS": "1", "images-INITIAL_FORMS": "0"} | typed
    answer = client.post(address, data)
    assert answer.status_code in (422, 409) and 'class="error' in answer.content.decode()
    file = upload("jpg", name="둘.jpg", content=picture())
    assert client.post(address, data | {"new-file": file, "new-alt_ko": "a\0b"}).status_code in (302, 422)


def test_data_hold_the_pictures_and_documents_of_the_live_listing(client, draft):
    picture_row = add(draft, alt_ko="현장의 로봇", alt_en="")
    draft.refresh_from_db()
    paper = add(
        draft,
        content=b"%PDF-1.7\n1 0 obj\n<< >>\nendobj\ntrailer << >>\n%%EOF\n",
        name="김철수 설명서.pdf",
        part="documents",
    )
    address = f"/api/v1/products/{draft.product.number}/"
    assert client.get(address).json()["images"] == client.get(address).json()["documents"] == []
    live(draft)
    client.logout()
    body = client.get(address, headers={"accept-language": "en"}).json()
    (image,), (file,) = body["images"], body["documents"]
    assert (image["alt"], image["alt_en"]) == ("현장의 로봇", "")
    copies = Rendition.objects.filter(document=picture_row["document"])
    assert [(copy["width"], copy["height"]) for copy in image["copies"]] == [
        (c.width, c.height) for c in copies
    ]
    for copy in image["copies"]:
        answer = client.get(urlsplit(copy["url"]).path)
        assert answer.status_code == 200 and copy["url"].startswith("http")
    sent = b"".join(client.get(urlsplit(file["url"]).path).streaming_content)
    assert (hashlib.sha256(sent).hexdigest(), len(sent)) == (file["sha256"], file["size"])
    assert (file["kind_label"], file["title"]) == ("manual", "설명서")
    assert (
        "김철수" not in str(body) and Document.objects.get(pk=paper["document"]).name == "김철수 설명서.pdf"
    )
