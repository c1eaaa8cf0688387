"""espeak-ng through its C interface. Only the voice worker imports this: the library is GPL and keeps global state.

The declarations follow espeak-ng's speak_lib.h (version 1.52).
"""

from __future__ import annotations

import _ctypes
import ctypes
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import espeakng_loader
import numpy as np
import numpy.typing as npt

Chunk = npt.NDArray[np.int16]

CHUNK_MS = 100
"""Length of the chunks that are synthesised at a time; one takes well under a millisecond of CPU."""

MIN_WORDS_PER_MINUTE = 80
MAX_PATH = 140
"""Bytes; espeak_Initialize fails where the path of its data is longer than about 160."""

_SYNCHRONOUS = 2  # AUDIO_OUTPUT_SYNCHRONOUS
_DO_NOT_EXIT = 0x8000  # espeakINITIALIZE_DONT_EXIT
_UTF8 = 1  # espeakCHARS_UTF8
_BY_CHARACTER = 1  # POS_CHARACTER
_RATE, _VOLUME, _PITCH, _RANGE, _WORD_GAP = 1, 2, 3, 4, 7
_END_OF_EVENTS, _WORD = 0, 1
_SEED = 1
_CONTROL_CHARACTERS = dict.fromkeys([*range(32), 127], " ")


class _Event(ctypes.Structure):
    _fields_ = (
        ("type", ctypes.c_int),
        ("unique_identifier", ctypes.c_uint),
        ("text_position", ctypes.c_int),
        ("length", ctypes.c_int),
        ("audio_position", ctypes.c_int),
        ("sample", ctypes.c_int),
        ("user_data", ctypes.c_void_p),
        ("id", ctypes.c_char * 8),
    )


_Callback = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.POINTER(_Event))


class EspeakError(Exception):
    """espeak-ng could not be started, or refused a voice or a text."""


@dataclass(frozen=True, slots=True)
class Manner:
    """How to speak. ``voice`` is ``language`` or ``language+variant``; pitch, its range and volume are 0..100."""

    voice: str
    words_per_minute: int
    pitch: int
    pitch_range: int
    volume: int
    word_gap: int = 0  # pause between words; 10 ms each at the normal rate, longer at slow ones


@dataclass(frozen=True, slots=True)
class WordStart:
    """The word at character ``position`` (from 0) of the text begins at ``sample`` of the utterance."""

    position: int
    sample: int


OnChunk = Callable[[Chunk, list[WordStart]], bool]


class Espeak:
    """The synthesiser. One at a time in a process, one utterance at a time.

    Each new one says the same texts, in the same order, with the same samples: so figures can be repeated.
    """

    def __init__(self, data: Path) -> None:
        self._data = data
        self._library = ctypes.CDLL(espeakng_loader.get_library_path())
        self.rate: int = self._library.espeak_Initialize(_SYNCHRONOUS, CHUNK_MS, os.fsencode(data), _DO_NOT_EXIT)
        if self.rate <= 0:
            raise EspeakError(f"espeak-ng does not start with its data at {data}.")
        self._library.espeak_ng_SetRandSeed(ctypes.c_long(_SEED))
        self._callback = _Callback(self._take)
        self._on_chunk: OnChunk = lambda chunk, words: True
        self._error: BaseException | None = None

    def speak(self, text: str, manner: Manner, on_chunk: OnChunk) -> None:
        """Hands each chunk at ``rate`` to ``on_chunk``, and stops where that returns False.

        Raises EspeakError, and whatever ``on_chunk`` raises.
        """
        self._set(manner)
        self._on_chunk, self._error = on_chunk, None
        self._library.espeak_SetSynthCallback(self._callback)
        # A NUL would end the text; other control characters are espeak's embedded commands.
        encoded = text.translate(_CONTROL_CHARACTERS).encode(errors="replace") + b"\0"
        self._library.espeak_Synth(encoded, len(encoded), 0, _BY_CHARACTER, 0, _UTF8, None, None)
        if self._error is not None:
            raise self._error

    def close(self) -> None:
        """Unloads the library, whose variables would otherwise go on where they are in the next synthesiser."""
        self._library.espeak_Terminate()
        _ctypes.dlclose(self._library._handle)

    def _set(self, manner: Manner) -> None:
        self._check_variant(manner.voice)
        if self._library.espeak_SetVoiceByName(manner.voice.encode()) != 0:
            raise EspeakError(f"espeak-ng has no voice {manner.voice!r}.")
        parameters = {
            _RATE: max(manner.words_per_minute, MIN_WORDS_PER_MINUTE),
            _VOLUME: manner.volume,
            _PITCH: manner.pitch,
            _RANGE: manner.pitch_range,
            _WORD_GAP: manner.word_gap,
        }
        for parameter, value in parameters.items():
            self._library.espeak_SetParameter(parameter, value, 0)

    def _check_variant(self, voice: str) -> None:
        """espeak-ng itself speaks with the plain voice, and says nothing, where it lacks the variant."""
        variant = voice.partition("+")[2]
        if variant and not (self._data / "voices" / "!v" / variant).is_file():
            raise EspeakError(f"espeak-ng has no variant {variant!r}.")

    def _take(self, samples: ctypes._Pointer[ctypes.c_short], count: int, events: ctypes._Pointer[_Event]) -> int:
        """Called by the library; 0 goes on, 1 stops. An exception cannot pass through C, so it is kept."""
        try:
            chunk = np.ctypeslib.as_array(samples, (count,)).copy() if count > 0 else np.zeros(0, np.int16)
            return 0 if self._on_chunk(chunk, list(_word_starts(events))) else 1
        except BaseException as error:  # noqa: BLE001
            self._error = error
            return 1


def _word_starts(events: ctypes._Pointer[_Event]) -> Iterator[WordStart]:
    index = 0
    while events[index].type != _END_OF_EVENTS:
        if events[index].type == _WORD:
            yield WordStart(max(events[index].text_position - 1, 0), events[index].sample)
        index += 1


@contextmanager
def espeak() -> Iterator[Espeak]:
    """The synthesiser with the data of the espeakng_loader package."""
    with ExitStack() as stack:
        data = Path(espeakng_loader.get_data_path())
        if len(os.fsencode(data)) > MAX_PATH:
            data = stack.enter_context(short_path(data))
        yield stack.enter_context(closing(Espeak(data)))


@contextmanager
def short_path(folder: Path) -> Iterator[Path]:
    """A short way to a folder with a long path."""
    with tempfile.TemporaryDirectory(prefix="espeak-") as directory:
        short = Path(directory, "d")
        short.symlink_to(folder, target_is_directory=True)
        yield short
