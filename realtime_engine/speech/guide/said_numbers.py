"""Numbers as they are said in English."""

from __future__ import annotations

from fractions import Fraction

UNITS = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"),
    *("ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
)
TENS = ("zero", "ten", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
SCALES = (
    (10**15, "quadrillion"),
    (10**12, "trillion"),
    (10**9, "billion"),
    (10**6, "million"),
    (10**3, "thousand"),
    (100, "hundred"),
)

LARGEST = 10**18 - 1
"""The largest whole number said in full."""

_IRREGULAR_ORDINALS = {
    "one": "first",
    "two": "second",
    "three": "third",
    "five": "fifth",
    "eight": "eighth",
    "nine": "ninth",
    "twelve": "twelfth",
}
_FRACTIONS = {2: "half", 3: "third", 4: "quarter"}
_DECIMALS = 3


def cardinal(number: int) -> str:
    """A whole number in words: 1205 is "one thousand two hundred five". Beyond LARGEST only its length is said."""
    if number < 0:
        return f"minus {cardinal(-number)}"
    if number > LARGEST:
        return f"a number with {cardinal(_digits(number))} digits"
    if number < 20:
        return UNITS[number]
    if number < 100:
        tens, unit = divmod(number, 10)
        return f"{TENS[tens]}-{UNITS[unit]}" if unit else TENS[tens]
    scale, name = next(entry for entry in SCALES if number >= entry[0])
    count, rest = divmod(number, scale)
    return f"{cardinal(count)} {name}" + (f" {cardinal(rest)}" if rest else "")


def ordinal(number: int) -> str:
    """The ordinal in words: 21 is "twenty-first"."""
    head, separator, last = _split_last(cardinal(number))
    if last in _IRREGULAR_ORDINALS:
        return head + separator + _IRREGULAR_ORDINALS[last]
    return head + separator + (last[:-1] + "ieth" if last.endswith("y") else last + "th")


def year(number: int) -> str:
    """A year as people say it: 1999 is "nineteen ninety-nine", 2005 "two thousand five"."""
    century, rest = divmod(number, 100)
    if not 1000 <= number <= 9999 or (century % 10 == 0 and rest < 10):
        return cardinal(number)
    if rest == 0:
        return f"{cardinal(century)} hundred"
    return f"{cardinal(century)} {'oh ' if rest < 10 else ''}{cardinal(rest)}"


def spoken(value: Fraction | int) -> str:
    """Any rational number in words: exactly where three decimals are enough, else as a fraction and rounded."""
    value = Fraction(value)
    if value.denominator == 1:
        return cardinal(value.numerator)
    if abs(value) > LARGEST:
        return cardinal(round(value))
    if (value * 10**_DECIMALS).denominator == 1:
        return decimal(value)
    if abs(value) < Fraction(1, 2 * 10**_DECIMALS):
        return "almost zero"
    if value.denominator in _FRACTIONS and abs(value) < 1000:
        return f"{mixed(value)}, about {decimal(value)}"
    return f"about {decimal(value)}"


def decimal(value: Fraction) -> str:
    """Rounded to three decimals, digit by digit behind the point: 5/2 is "two point five"."""
    scaled = round(abs(value) * 10**_DECIMALS)
    whole, rest = divmod(scaled, 10**_DECIMALS)
    sign = "minus " if value < 0 and scaled else ""
    digits = str(rest).zfill(_DECIMALS).rstrip("0")
    return sign + cardinal(whole) + (f" point {by_digit(digits)}" if digits else "")


def mixed(value: Fraction) -> str:
    """A mixed number of halves, thirds or quarters: 10/3 is "three and one third"."""
    whole, part = divmod(abs(value.numerator), value.denominator)
    name = _FRACTIONS[value.denominator] + ("s" if part > 1 else "")
    head = f"{cardinal(whole)} and " if whole else ""
    return ("minus " if value < 0 else "") + head + f"{cardinal(part)} {name}"


def by_digit(digits: str) -> str:
    """Each digit by its name: "014" is "zero one four"."""
    return " ".join(UNITS[int(digit)] for digit in digits)


def _digits(number: int) -> int:
    """Count of decimal digits, without making the string (which Python bounds)."""
    estimate = int(number.bit_length() * 0.30103)
    return estimate + 1 if number >= 10**estimate else estimate


def _split_last(words: str) -> tuple[str, str, str]:
    cut = max(words.rfind(" "), words.rfind("-"))
    return (words[:cut], words[cut], words[cut + 1 :]) if cut >= 0 else ("", "", words)
