import pytest
from django.utils import translation

from innomarket.common.countries import COUNTRIES, country_code, country_name
from innomarket.common.texts import tidied, tidy


def test_every_country_is_found_by_its_names_and_its_code():
    assert len(COUNTRIES) == 249
    for code, (korean, english) in COUNTRIES.items():
        assert {country_code(word) for word in (code, code.lower(), korean, f" {english.upper()} ")} == {code}


@pytest.mark.parametrize("word", ["", "Korea", "ZZ", "KOR", "\0"])
def test_word_that_names_no_country_has_no_code(word):
    assert country_code(word) == ""


def test_country_is_named_in_the_language_of_the_page():
    with translation.override("ko"):
        assert (country_name("KR"), country_name("ZZ")) == ("대한민국", "ZZ")
    with translation.override("en"):
        assert country_name("KR") == "South Korea"


def test_text_is_tidied_inside_a_plain_value_and_its_numbers_stay():
    assert tidy("a\r\nb\rc\x0b\0") == "a\nb\nc"
    assert tidied({"a": ["x\r\n", 1, None, {"b": "\0"}]}) == {"a": ["x\n", 1, None, {"b": ""}]}
