"""The two ONNX models of the engine: where they are, and whether they are the right ones.

Both files come with the pipecat-ai wheel (Silero VAD: MIT, Smart Turn: BSD-2-Clause). The wheel is installed without
its own dependencies, so its folder is only located: none of its code is imported.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path

import onnxruntime

_PACKAGE = "pipecat"


class ModelMissing(Exception):
    """A model file is absent or not the expected one; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Model:
    """A model file inside the wheel."""

    name: str
    path: str  # below the package's folder
    digest: str  # sha256 of the file, hexadecimal


SILERO_VAD = Model(
    "Silero VAD",
    "audio/vad/data/silero_vad.onnx",
    "1a153a22f4509e292a94e67d6f9b85e8deb25b4988682b7e174c65279d8788e3",
)
SMART_TURN = Model(
    "Smart Turn",
    "audio/turn/smart_turn/data/smart-turn-v3.2-cpu.onnx",
    "2bb026316b14a660486a75b1733cd3fbab8c2fd0314dc9af7be49f8cca967e4f",
)


def start(model: bytes) -> onnxruntime.InferenceSession:
    """A session of an ONNX model, safe to run from several threads.

    One thread and no spinning: the models are small, and many conversations share few cores. 8-bit products are exact
    on every processor: by default those without VNNI let them overflow, and give other answers.
    """
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.add_session_config_entry("session.inter_op.allow_spinning", "0")
    options.add_session_config_entry("session.x64quantprecision", "1")
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])


def read(model: Model) -> bytes:
    """The model's bytes, checked against its digest. Raises ModelMissing."""
    return read_from(package_folder(), model)


def read_from(folder: Path | None, model: Model) -> bytes:
    """As ``read``, from the given package folder; None where the package is not installed."""
    if folder is None:
        raise _missing(model, f"the package that holds it ({_PACKAGE}-ai) is not installed")
    try:
        data = (folder / model.path).read_bytes()
    except OSError as error:
        raise _missing(model, f"{model.path} cannot be read ({error.strerror})") from error
    if sha256(data).hexdigest() != model.digest:
        raise _missing(model, f"{model.path} is not the file this engine was made for")
    return data


def package_folder() -> Path | None:
    """Folder of the installed package, found without importing it."""
    spec = find_spec(_PACKAGE)
    return Path(spec.origin).parent if spec and spec.origin else None


def _missing(model: Model, cause: str) -> ModelMissing:
    return ModelMissing(
        f"The {model.name} model is missing: {cause}. "
        'Install the engine again: run "make demo", or pip install --no-deps pipecat-ai==1.14.0.'
    )
