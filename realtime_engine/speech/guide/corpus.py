"""A corpus of what the guide can be asked, in its whole range: the training text of its own language model.

A trigram model of these sentences should prefer any request of the guide to similar sounding words. So every skill's
phrases stand here with the ways people lead into them, commoner ones more often, and numbers up to 9999 occur with
every pair of neighbouring number words. The choice is seeded: the same sentences on every machine.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from random import Random

from . import phrases, samples
from .said_numbers import TENS, UNITS, cardinal

SEED = 20_261_120
_OPERATORS = ("plus", "minus", "times", "divided by")
_SUMS_PER_OPERATOR = 420
_LONG_SUMS = 160
_OTHER_SUMS = 480
_COUNTS = 360
_DIGIT_STRINGS = 240
_ALONE = 3
"""How often a question or a remark stands as it is, so that it is not lost among the sums."""


@cache
def language_model_sentences() -> Sequence[str]:
    """The corpus of the guide's language model: only words of pocketsphinx's en-us dictionary."""
    return tuple(sentences())


def sentences(seed: int = SEED) -> Iterator[str]:
    """Some thousand sentences, lower case, numbers as words; another seed gives others of the same kinds."""
    random = Random(seed)
    for part in (_fixed, _sums, _every_number, _counts, _digits):
        yield from part(random)
    yield from _open()


def _fixed(random: Random) -> Iterator[str]:
    for question in phrases.QUESTIONS:
        yield from (question,) * _ALONE
        yield f"{random.choice(phrases.BEFORE_QUESTIONS)} {question}"
    for request in phrases.REQUESTS:
        yield from (request, *(f"{lead} {request}".strip() for lead in random.sample(phrases.LEADS, 4)))
    for remark in phrases.REMARKS:
        yield from (remark,) * _ALONE


def _sums(random: Random) -> Iterator[str]:
    for operator in _OPERATORS:
        for _ in range(_SUMS_PER_OPERATOR):
            yield _asked(random, f"{_operand(random)} {operator} {_operand(random)}")
    for _ in range(_LONG_SUMS):
        first, second = random.choices(_OPERATORS, k=2)
        yield _asked(random, f"{_operand(random)} {first} {_operand(random)} {second} {_operand(random)}")
    for _ in range(_OTHER_SUMS):
        yield _other_sum(random)


def _asked(random: Random, expression: str) -> str:
    form = random.choice(phrases.SUM_QUESTIONS)
    return form.format(expression)


def _other_sum(random: Random) -> str:
    a, b = _operand(random), _operand(random)
    forms = (
        f"what is {a} percent of {b}",
        f"what is {a} squared",
        f"what is {a} to the power of {_words(random.randint(2, 9))}",
        f"what is the square root of {a}",
        f"what is half of {a}",
        f"add {a} and {b}",
        f"add {a} to {b}",
        f"multiply {a} by {b}",
        f"divide {a} by {b}",
        f"subtract {a} from {b}",
        f"plus {a}",
        f"times {a}",
        f"minus {a}",
        f"divided by {a}",
        f"what is {a} multiplied by {b}",
        f"what is {a} point {_words(random.randint(1, 9))} plus {b}",
        f"what is minus {a} plus {b}",
        f"what is {a} and {b}",
        f"what is the sum of {a} and {b}",
        f"what is {a} times {b} equal to",
    )
    return random.choice(forms)


def _operand(random: Random) -> str:
    """A number as people ask for them: small ones most of all."""
    top = random.choice((12, 12, 12, 20, 100, 100, 1_000, 10_000))
    number = random.randrange(top)
    return _words(number, joiner=random.choice(("", " and")))


def _every_number(random: Random) -> Iterator[str]:
    """Each number up to a hundred, and each neighbourhood of number words above."""
    numbers = [*range(101), *(100 * hundred + random.randrange(100) for hundred in range(1, 100))]
    numbers += [1_000 * thousand for thousand in range(1, 100)]
    for number in numbers:
        yield _asked(random, f"{_words(number)} {random.choice(_OPERATORS)} {_operand(random)}")
        yield _asked(random, f"{_operand(random)} {random.choice(_OPERATORS)} {_words(number)}")


def _counts(random: Random) -> Iterator[str]:
    ends = [*range(1, 31), *range(35, 101, 5)]
    for _ in range(_COUNTS):
        end = random.choice((10, 20, 100, *ends))
        start = random.randrange(1, end + 1)
        lead = random.choice(phrases.LEADS)
        yield f"{lead} {_count(random, _words(start), _words(end))}".strip()


def _count(random: Random, start: str, end: str) -> str:
    forms = (
        f"count to {end}",
        f"count to {end}",
        f"count up to {end}",
        f"count from {start} to {end}",
        f"count from one to {end}",
        f"count down from {end}",
        f"count backwards from {end}",
        f"count down from {end} to {start}",
        f"count to {end} by twos",
        f"count by fives to {end}",
        f"count slowly to {end}",
    )
    return random.choice(forms)


def _digits(random: Random) -> Iterator[str]:
    names = [*UNITS[:10], "oh"]
    for _ in range(_DIGIT_STRINGS):
        yield " ".join([random.choice(UNITS[:10]), *random.choices(names, k=random.randint(0, 9))])
    for end in (*range(2, 21), *(10,) * 20):
        yield " ".join(UNITS[1 : end + 1] if end < 20 else [*UNITS[1:], TENS[2]])


def _open() -> Iterator[str]:
    for command in samples.OPEN_COMMANDS:
        yield from (command,) * _ALONE
    for place, text in enumerate(samples.ECHOES):
        for lead in samples.ECHO_LEADS[place % 2 :: 2]:
            yield f"{lead} {text}"
    for word in samples.SPELLINGS:
        yield from (f"spell {word}", f"how do you spell {word}", f"spell the word {word}")


def _words(number: int, joiner: str = "") -> str:
    """The number without hyphens; "and" goes behind the hundreds, as many people say it."""
    words = cardinal(number).replace("-", " ")
    return words if words.endswith("hundred") else words.replace("hundred", f"hundred{joiner}")
