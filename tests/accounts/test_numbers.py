"""Numbers of organisations: digits, check digit, and how people write them."""

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from innomarket.accounts.numbers import (
    business_check_digit,
    clean_business_number,
    clean_institution_code,
    written_business_number,
)

nines = st.text(alphabet="0123456789", min_size=9, max_size=9).filter(lambda text: text != "0" * 9)


@pytest.mark.parametrize("text", ["1234567891", "123-45-67891", " 123 45 67891 ", "123–45–67891"])
def test_business_number_as_people_write_it(text):
    assert clean_business_number(text) == "1234567891"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "digits"),
        ("123456789", "digits"),
        ("12345678910", "digits"),
        ("12345678a1", "digits"),
        ("１２３４５６７８９１", "digits"),
        ("1234567890", "check_digit"),
        ("0000000000", "only_zeros"),
        ("000-00-00000", "only_zeros"),
    ],
)
def test_business_number_that_is_wrong(text, code):
    with pytest.raises(ValidationError) as refused:
        clean_business_number(text)
    assert refused.value.code == code


@given(nines)
def test_business_number_has_one_right_last_digit(nine):
    right = business_check_digit(nine)
    for digit in range(10):
        if digit == right:
            assert clean_business_number(f"{nine}{digit}") == f"{nine}{digit}"
        else:
            with pytest.raises(ValidationError):
                clean_business_number(f"{nine}{digit}")


@given(nines, st.integers(0, 8), st.integers(1, 9))
def test_business_number_with_one_digit_mistyped(nine, place, change):
    number = f"{nine}{business_check_digit(nine)}"
    wrong = number[:place] + str((int(number[place]) + change) % 10) + number[place + 1 :]
    # The ninth digit's weight is 5 with a carry: it catches every single mistake too.
    with pytest.raises(ValidationError):
        clean_business_number(wrong)


def test_institution_code_has_seven_digits():
    assert clean_institution_code("123-4567") == "1234567"
    for wrong in ("123456", "12345678", "abcdefg", ""):
        with pytest.raises(ValidationError):
            clean_institution_code(wrong)


def test_business_number_is_written_with_hyphens():
    assert written_business_number("1234567891") == "123-45-67891"
    assert written_business_number(None) == ""
