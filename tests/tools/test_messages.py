"""Messages are found, merged, checked and compiled without gettext's programs."""

import gettext

import polib
import pytest

from tools import messages
from tools.messages import Message


def python(text):
    return {(m.context, m.msgid, m.plural) for m in messages.found_in_python(text, "x.py")}


def template(text):
    return {(m.context, m.msgid, m.plural) for m in messages.found_in_template(text, "x.html")}


def test_python_messages_are_found_under_any_alias():
    text = (
        "from django.utils.translation import gettext_lazy as _, ngettext, pgettext as p\n"
        "a = _('One' ' two')\nb = ngettext('%(n)s file', '%(n)s files', n)\nc = p('month', 'May')\n"
        "from django.utils import translation\nd = translation.gettext('Three')\nunknown = other('No')\n"
    )
    assert python(text) == {
        ("", "One two", ""),
        ("", "%(n)s file", "%(n)s files"),
        ("month", "May", ""),
        ("", "Three", ""),
    }


def test_template_messages_are_found():
    text = (
        "{% load i18n %}{% translate 'Save' %} {% translate \"It's\" %} {% translate 'May' context 'month' %}\n"
        "{% blocktranslate trimmed with name=user.name %}\n  Hello {{ name }},\n  it's done (really).\n"
        "{% endblocktranslate %}\n"
        "{% blocktranslate trimmed count n=files|length %}\n one file\n{% plural %}\n {{ n }} files\n"
        "{% endblocktranslate %}\n{{ _('Last') }} {% blocktranslate %}In\ntwo lines{% endblocktranslate %}"
    )
    assert template(text) == {
        ("", "Save", ""),
        ("", "It's", ""),
        ("month", "May", ""),
        ("", "Hello %(name)s, it's done (really).", ""),
        ("", "one file", "%(n)s files"),
        ("", "Last", ""),
        ("", "In\ntwo lines", ""),
    }


def catalogue(**translations):
    made = polib.POFile()
    made.extend(polib.POEntry(msgid=msgid, msgstr=msgstr) for msgid, msgstr in translations.items())
    return made


def asked(*msgids, plural=""):
    found = [Message(msgid, plural=plural, places=[("a.py", "3")]) for msgid in msgids]
    return {message.key: message for message in found}


def test_complete_catalogue_has_no_fault():
    assert messages.faults(catalogue(Save="저장"), asked("Save")) == []


@pytest.mark.parametrize(
    ("msgstr", "fault"),
    [
        ("", "not translated"),
        ("%(n)d개", "which the msgid lacks"),
        ("파일", "lacks %(n)s"),
    ],
)
def test_translation_that_does_not_fit_is_a_fault(msgstr, fault):
    found = messages.faults(catalogue(**{"%(n)s files": msgstr}), asked("%(n)s files"))
    assert fault in found[0]
    assert found[0].startswith("a.py:3:")


def test_message_missing_from_the_catalogue_is_a_fault():
    assert "not translated" in messages.faults(catalogue(), asked("Save"))[0]


def test_fuzzy_translation_is_a_fault():
    made = catalogue(Save="저장")
    made[0].flags.append("fuzzy")
    assert "fuzzy" in messages.faults(made, asked("Save"))[0]


def tree(tmp_path, part='msgid "Save"\nmsgstr "저장"\n'):
    (tmp_path / "locale" / "parts").mkdir(parents=True)
    (tmp_path / "locale" / "parts" / "app.po").write_text(part, encoding="utf-8")
    return tmp_path


def test_part_beside_the_catalogue_is_compiled(tmp_path):
    root = tree(tmp_path)

    assert messages.compile_all(root) == 1

    with (root / "locale/ko/LC_MESSAGES/django.mo").open("rb") as file:
        assert gettext.GNUTranslations(file).gettext("Save") == "저장"


def test_fresh_catalogue_is_not_compiled_again(tmp_path):
    root = tree(tmp_path)
    assert messages.compile_all(root, only_stale=True) == 1
    assert messages.compile_all(root, only_stale=True) == 0


def test_catalogue_outweighs_a_part(tmp_path):
    root = tree(tmp_path)
    path = messages.catalogue_path("ko", root)
    path.parent.mkdir(parents=True)
    catalogue(Save="보관").save(str(path))

    assert {e.msgid: e.msgstr for e in messages.read_catalogue("ko", root)} == {"Save": "보관"}


def test_broken_part_is_named(tmp_path):
    root = tree(tmp_path, part='msgid "Sa"ve"\nmsgstr "x"\n')
    with pytest.raises(ValueError, match=r"app\.po"):
        messages.read_catalogue("ko", root)


def test_new_message_is_added_to_the_file_of_its_app(tmp_path):
    root = tree(tmp_path)
    (root / "innomarket" / "app").mkdir(parents=True)
    (root / "innomarket" / "app" / "words.py").write_text(
        '_("Save")\n_("New")\nngettext("a day", "days", 2)\n'
    )

    assert messages.add_missing(root) == 2
    assert messages.add_missing(root) == 0

    added = {entry.msgid: entry for entry in messages.read_part(root / "locale" / "parts" / "app.po")}
    assert set(added) == {"Save", "New", "a day"}
    assert (added["Save"].msgstr, added["New"].msgstr, added["a day"].msgid_plural) == ("저장", "", "days")


def test_message_that_two_parts_say_is_named(tmp_path):
    parts = tmp_path / "locale" / "parts"
    parts.mkdir(parents=True)
    (parts / "a.po").write_text('msgid "Apply"\nmsgstr "신청"\n', encoding="utf-8")
    (parts / "b.po").write_text(
        'msgid "Apply"\nmsgstr "적용"\n\nmsgid "Add"\nmsgstr "추가"\n', encoding="utf-8"
    )
    assert messages.doubles(tmp_path) == ["b.po: stands in a.po too: 'Apply'"]
