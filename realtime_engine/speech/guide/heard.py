"""What the user said, made comparable: words without case, punctuation, contractions, fillers and politeness."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

MAX_TEXT = 2_000
"""Characters of a turn that are looked at."""

_TOKEN = re.compile(r"\d+(?:,\d{3})*(?:\.\d+)?|\.\d+|[^\W\d_]+(?:'[^\W\d_]+)*|\*\*|[-+*/\u00d7\u00f7\u00b7^()%=]")
_UNSEEN = re.compile(r"[\s\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]+")
_WRITTEN_OUT = {
    "can't": "can not",
    "cannot": "can not",
    "won't": "will not",
    "let's": "let us",
    "i'm": "i am",
    "gimme": "give me",
    "whats": "what is",
}
_ENDINGS = (("n't", " not"), ("'re", " are"), ("'ll", " will"), ("'ve", " have"), ("'d", " would"))
_TAKES_IS = {"what", "who", "how", "where", "when", "that", "this", "it", "he", "she", "there", "here", "time"}
_DICTATED = re.compile(r"\b\d+(?:-(?:\d+|oh)){2,}\b")
"""Digits read out, as the recogniser writes them: "9-0-2", where "9-2" may be a subtraction."""
_HYPHENATED = re.compile(r"\bto-(?=day\b|morrow\b)")
_FILLERS = {"um", "uh", "uhm", "er", "erm", "ah", "hm", "hmm", "mm", "mhm"}


def _any_of(*choices: str) -> str:
    return "|".join(re.escape(choice) for choice in choices)


GREETING = _any_of(
    *("hello there", "hello again", "hello", "hey there", "hey", "hi there", "hi", "good morning"),
    *("good afternoon", "good evening", "good day", "greetings", "welcome"),
)
_LEAD_IN = _any_of(
    *("could you", "can you", "would you", "will you", "can i", "could i", "may i", "i want you to", "i want to know"),
    *("i would like you to", "i would like to know", "i want to hear", "i would like to hear", "i need you to"),
    *("i want", "i would like", "i need", "do you know", "let us", "let me hear", "try to", "please", "just", "also"),
    *("okay", "ok", "alright", "all right", "well", "so", "now", "and", "but", "then", "oh", "yes", "no", "yeah"),
    *("great", "cool", "sorry", "excuse me", "guide", "dear guide", "computer"),
)
_TAIL = _any_of(
    "please", "for me", "thanks", "thank you", "right now", "now", "then", "guide", "okay", "ok", "if you can"
)
_AROUND = re.compile(rf"^(?:(?:{GREETING}|{_LEAD_IN})(?:\s|$))+|(?:(?:^|\s)(?:{_TAIL}))+$")


@dataclass(frozen=True)
class Heard:
    """One turn of the user as the skills look at it."""

    text: str
    """On one line, bounded, else as it came."""

    @classmethod
    def of(cls, text: str) -> Heard:
        """Of a turn's text; line ends and unseen characters become blanks."""
        return cls(_UNSEEN.sub(" ", text[:MAX_TEXT]).strip())

    @cached_property
    def words(self) -> tuple[str, ...]:
        """Lower-case words, numbers and operator signs; fillers are gone, contractions written out."""
        return tuple(word for word in words_of(self.text) if word not in _FILLERS)

    @cached_property
    def line(self) -> str:
        """All words, separated by blanks."""
        return " ".join(self.words)

    @cached_property
    def request(self) -> str:
        """The line without the ways into and out of it ("hello, could you ... please"); empty where nothing else is."""
        return _AROUND.sub("", self.line).strip()


def words_of(text: str) -> list[str]:
    """The words, numbers and operator signs of a text."""
    plain = text.lower().replace("\u2019", "'").replace("\u2212", "-")
    plain = _DICTATED.sub(lambda digits: digits.group().replace("-", " "), plain)
    plain = re.sub(r"(?<=[a-z])-(?=[a-z])", " ", _HYPHENATED.sub("to", plain))
    return [word for token in _TOKEN.findall(plain) for word in _written_out(token).split()]


def _written_out(token: str) -> str:
    if token in _WRITTEN_OUT:
        return _WRITTEN_OUT[token]
    for ending, meaning in _ENDINGS:
        if token.endswith(ending):
            return token.removesuffix(ending) + meaning
    if token.endswith("'s"):
        owner = token.removesuffix("'s")
        return f"{owner} is" if owner in _TAKES_IS else owner
    return token
