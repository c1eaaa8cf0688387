"""The ONNX models of the engine: where they are, whether they are the right ones, and one session for each.

They come inside two wheels: pipecat-ai (Silero VAD: MIT, Smart Turn: BSD-2-Clause) and moonshine-voice (Moonshine tiny,
English: MIT). These are installed without their own dependencies, so their folders are only located: none of their code
is imported.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path

import onnxruntime


class ModelMissing(Exception):
    """A model file is absent or not the expected one; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Wheel:
    """A package that is installed for the models inside it."""

    package: str  # its import name
    requirement: str  # as pip installs it


@dataclass(frozen=True, slots=True)
class Model:
    """A model file inside a wheel."""

    name: str
    wheel: Wheel
    path: str  # below the package's folder
    digest: str  # sha256 of the file, hexadecimal


PIPECAT = Wheel("pipecat", "pipecat-ai==1.14.0")
MOONSHINE = Wheel("moonshine_voice", "moonshine-voice==0.0.59")

SILERO_VAD = Model(
    "Silero VAD",
    PIPECAT,
    "audio/vad/data/silero_vad.onnx",
    "1a153a22f4509e292a94e67d6f9b85e8deb25b4988682b7e174c65279d8788e3",
)
SMART_TURN = Model(
    "Smart Turn",
    PIPECAT,
    "audio/turn/smart_turn/data/smart-turn-v3.2-cpu.onnx",
    "2bb026316b14a660486a75b1733cd3fbab8c2fd0314dc9af7be49f8cca967e4f",
)
MOONSHINE_ENCODER = Model(
    "Moonshine encoder",
    MOONSHINE,
    "assets/tiny-en/encoder_model.ort",
    "94e90a4654fc45cdfedb77c4c08e1739f48862998e58fada384b25118134f221",
)
MOONSHINE_DECODER = Model(
    "Moonshine decoder",
    MOONSHINE,
    "assets/tiny-en/decoder_model_merged.ort",
    "cf524c4862d36e9e5ab032eddc73637efd822d70e868ac575cf1a46e1e4708a0",
)
MOONSHINE_VOCABULARY = Model(
    "Moonshine vocabulary",
    MOONSHINE,
    "assets/tiny-en/tokenizer.bin",
    "6884b35fd6377d4c4d32336a0bc152f36b64d1e45b6503683cdc238250a8472d",
)

RECOGNISER = (MOONSHINE_ENCODER, MOONSHINE_DECODER, MOONSHINE_VOCABULARY)


@cache
def session(model: Model) -> onnxruntime.InferenceSession:
    """The process's one session of this model, safe to run from several threads. Raises ModelMissing.

    One thread and no spinning: the models are small, and many conversations share few cores.
    """
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.add_session_config_entry("session.inter_op.allow_spinning", "0")
    return onnxruntime.InferenceSession(read(model), options, providers=["CPUExecutionProvider"])


def read(model: Model) -> bytes:
    """The model's bytes, checked against its digest. Raises ModelMissing."""
    return read_from(package_folder(model.wheel), model)


@cache
def recogniser_missing() -> str | None:
    """Why nothing can be recognised on this machine, and the remedy; None where the recogniser's model is there."""
    try:
        for model in RECOGNISER:
            read(model)
    except ModelMissing as missing:
        return str(missing)
    return None


def read_from(folder: Path | None, model: Model) -> bytes:
    """As ``read``, from the given package folder; None where the package is not installed."""
    if folder is None:
        raise _missing(model, f"the package that holds it ({model.wheel.requirement}) is not installed")
    try:
        data = (folder / model.path).read_bytes()
    except OSError as error:
        raise _missing(model, f"{model.path} cannot be read ({error.strerror})") from error
    if sha256(data).hexdigest() != model.digest:
        raise _missing(model, f"{model.path} is not the file this engine was made for")
    return data


def package_folder(wheel: Wheel) -> Path | None:
    """Folder of the installed package, found without importing it."""
    spec = find_spec(wheel.package)
    return Path(spec.origin).parent if spec and spec.origin else None


def _missing(model: Model, cause: str) -> ModelMissing:
    if model.wheel is MOONSHINE and sys.platform == "darwin":
        cause += ", which on a Mac needs macOS 15 or later"
    return ModelMissing(
        f"The {model.name} model is missing: {cause}. "
        f'Install the engine again: run "make demo", or pip install --no-deps {model.wheel.requirement}.'
    )
