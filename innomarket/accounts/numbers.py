"""Numbers that organisations are known by: the business registration number and the institution code."""

import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

BUSINESS_WEIGHTS = (1, 3, 7, 1, 3, 7, 1, 3, 5)

# Hyphens of every keyboard, and blanks, are how people write the number: they are ignored.
_SEPARATORS = re.compile(r"[\s\-‐‑‒–—−]+")
_DIGITS = re.compile(r"[0-9]+")


def business_check_digit(nine: str) -> int:
    """The tenth digit of a business registration number, from the nine before it.

    The national tax office's rule: the digits times 1 3 7 1 3 7 1 3 5 are added up, and the tens of
    the last product once more; what is missing to a full ten is the check digit.
    """
    products = [int(digit) * weight for digit, weight in zip(nine, BUSINESS_WEIGHTS, strict=True)]
    return -(sum(products) + products[-1] // 10) % 10


def clean_business_number(text: str) -> str:
    """Ten digits without hyphens and blanks. Raises ValidationError in words.

    A number of only zeros passes the check digit and is refused all the same (rules.md "Deadlines").
    """
    digits = _digits_of(
        text, 10, _("A business registration number has 10 digits, for example 123-45-67891.")
    )
    if digits == "0" * 10:
        raise ValidationError(
            _("A business registration number of only zeros does not exist."), code="only_zeros"
        )
    if business_check_digit(digits[:9]) != int(digits[9]):
        raise ValidationError(
            _("This business registration number is not right: its last digit does not fit. Check it."),
            code="check_digit",
        )
    return digits


def clean_institution_code(text: str) -> str:
    """The seven digits of a demand institution. Raises ValidationError in words."""
    return _digits_of(text, 7, _("A demand-institution code has 7 digits."))


def written_business_number(digits: str | None) -> str:
    """As people write it: 123-45-67891."""
    return f"{digits[:3]}-{digits[3:5]}-{digits[5:]}" if digits and len(digits) == 10 else (digits or "")


def _digits_of(text: str, count: int, message: object) -> str:
    digits = _SEPARATORS.sub("", str(text or ""))
    # Only 0–9: str.isdigit() also takes Arabic, full-width and superscript digits.
    if not _DIGITS.fullmatch(digits) or len(digits) != count:
        raise ValidationError(message, code="digits")  # type: ignore[arg-type]
    return digits
