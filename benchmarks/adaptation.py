"""Adapts the recogniser's acoustic model to synthetic voices: makes realtime_engine/speech/synthetic.mllr.

    python -m benchmarks.adaptation FILE [--espeak 240] [--flite 60] [--strength 0.7]

Needs the Debian packages sphinxtrain, sphinxbase-utils, pocketsphinx, espeak-ng and flite; takes some minutes.

pocketsphinx's model is trained on people, and takes the vowels of a formant synthesiser for others. Maximum likelihood
linear regression finds one affine map of all its means, for each of the three feature streams, under which speech with
known words is likeliest. Speech of flite takes part, so that the map does not lead away from natural voices;
``strength`` is how far it goes from the model as it was (0) to the likeliest (1). The sentences are others than those
of ``benchmarks.recognition``, and so are the voices of espeak-ng but coral's, en-us+f5; flite has only few.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import tempfile
import wave
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from pathlib import Path
from random import Random

import numpy as np
import numpy.typing as npt
from pocketsphinx import get_model_path

from benchmarks.recognition import FLITE, flite, in_room
from realtime_engine.core.ports import Samples
from realtime_engine.speech.decoding import MeanCepstrum
from realtime_engine.speech.guide import samples
from realtime_engine.speech.guide.corpus import sentences
from realtime_engine.speech.recogniser import SEED

VOICES = (
    *("en-us+m5", "en-us+m7", "en-us+m8", "en-us+f1", "en-us+f5", "en-gb+m5", "en-gb+f1", "en-gb+m7", "en-gb+f5"),
    *("en-us+anika", "en-us+Andy"),
)
PACES = (140, 160, 175, 190)
ESPEAK_SEED, FLITE_SEED = 501, 503
HELD_OUT_SEEDS = (2026, 77)
STREAMS, DENSITIES, CEPSTRA, STATES = 3, 128, 13, 5126
NOT_SPEECH = ("+NSN+", "+SPN+", "SIL")
LEAST_VARIANCE = 1e-3
"""Below it a density is one that training never reached."""

MODEL = Path(get_model_path("en-us/en-us"))
DICTIONARY = Path(get_model_path("en-us/cmudict-en-us.dict"))
FEATURES = "-samprate 16000 -lowerf 130 -upperf 6800 -nfilt 25 -transform dct -lifter 22 -nfft 512"
NOISE = "-remove_noise yes -remove_silence no"
STREAMED = "-feat 1s_c_d_dd -svspec 0-12/13-25/26-38 -cmn none -agc none -varnorm no"
REESTIMATED = "-meanreest yes -varreest no -mixwreest no -tmatreest no -2passvar no -timing no"

Floats = npt.NDArray[np.float64]
Spoken = tuple[Samples, str]


def by_espeak(count: int) -> Iterator[Spoken]:
    """Requests to the guide, and words of all sounds."""
    random, requests = Random(ESPEAK_SEED), requests_of(ESPEAK_SEED)
    for index in range(count):
        if index % 4 < 2:
            text = random.choice(requests)
        elif index % 4 == 2:
            text = f"{random.choice(samples.ECHOES)} {' '.join(random.sample(samples.SPELLINGS, 2))}"
        else:
            text = " ".join(random.sample(samples.SPELLINGS, 6))
        yield in_room(*espeak(text, random.choice(VOICES), random.choice(PACES))), text


def by_flite(count: int) -> Iterator[Spoken]:
    random, requests = Random(FLITE_SEED), requests_of(FLITE_SEED)
    for index in range(count):
        text = random.choice(requests) if index % 2 else " ".join(random.sample(samples.SPELLINGS, 6))
        yield in_room(*flite(text, *random.choice(FLITE))), text


def requests_of(seed: int) -> Sequence[str]:
    """Of a seed, none of those that results are measured on."""
    return sorted(set(sentences(seed)).difference(*map(sentences, HELD_OUT_SEEDS)))


def espeak(text: str, voice: str, words_per_minute: int) -> tuple[Samples, int]:
    """Samples and their rate."""
    with tempfile.NamedTemporaryFile(suffix=".wav") as file:
        subprocess.run(["espeak-ng", "-v", voice, "-s", str(words_per_minute), "-w", file.name, text], check=True)
        with wave.open(file.name) as speech:
            return np.frombuffer(speech.readframes(-1), "<i2"), speech.getframerate()


def run(command: str, folder: Path) -> None:
    subprocess.run(command.split(), cwd=folder, check=True, capture_output=True)


def prepare(speech: Iterable[Spoken], folder: Path) -> None:
    """Cepstra as the recogniser sees them, transcripts, and the words' pronunciations."""
    mean, transcripts = MeanCepstrum(), []
    for index, (audio, text) in enumerate(speech):
        audio.astype("<i2").tofile(folder / "speech.raw")
        run(f"sphinx_fe -i speech.raw -o {index}.mfc -raw yes {FEATURES} {NOISE}", folder)
        cepstra = np.fromfile(folder / f"{index}.mfc", "<f4")[1:].reshape(-1, CEPSTRA)
        centred = (cepstra - np.array(mean.of(audio[:SEED]).split(","), float)).astype("<f4")
        (folder / f"{index}.mfc").write_bytes(np.int32(centred.size).tobytes() + centred.tobytes())
        transcripts.append(f"<s> {text} </s> ({index})")
    (folder / "names").write_text("".join(f"{index}\n" for index in range(len(transcripts))))
    (folder / "transcripts").write_text("".join(f"{line}\n" for line in transcripts))
    words = set(" ".join(transcripts).split())
    lines = DICTIONARY.read_text(encoding="utf-8").splitlines(keepends=True)
    (folder / "words").write_text("".join(line for line in lines if re.sub(r"\(\d\)$", "", line.split()[0]) in words))
    (folder / "fillers").write_text("<s> SIL\n</s> SIL\n<sil> SIL\n")


def train_ready(folder: Path) -> Sequence[str]:
    """The wheel's model in the form that sphinxtrain reads; returns its phones."""
    run(f"pocketsphinx_mdef_convert -text {MODEL / 'mdef'} mdef", folder)
    packed = np.frombuffer((MODEL / "sendump").read_bytes()[-STREAMS * DENSITIES * STATES :], np.uint8)
    weights = np.power(1.0001, -1024.0 * packed.reshape(STREAMS, DENSITIES, STATES)).transpose(2, 0, 1)
    header = np.array([0x11223344, *weights.shape, weights.size], "<u4").tobytes()
    content = header + (1e4 * weights / weights.sum(2, keepdims=True)).astype("<f4").tobytes()
    (folder / "weights").write_bytes(b"s3\nversion 1.0\nendhdr\n" + content)
    lines = (line.split() for line in (folder / "mdef").read_text().splitlines())
    return [line[0] for line in lines if line[1:4] == ["-", "-", "-"]]


def accumulate(folder: Path) -> tuple[Floats, Floats]:
    """What sphinxtrain counts: for each density the sum of the frames that are its own, and how many they are."""
    model = f"-moddeffn mdef -ts2cbfn .ptm. -mixwfn weights -tmatfn {MODEL / 'transition_matrices'}"
    gaussians = f"-meanfn {MODEL / 'means'} -varfn {MODEL / 'variances'}"
    speech = "-dictfn words -fdictfn fillers -ctlfn names -lsnfn transcripts -cepdir . -cepext mfc -accumdir ."
    run(f"/usr/lib/sphinxtrain/bw {model} {gaussians} {speech} {STREAMED} {REESTIMATED}", folder)
    content = body(folder / "gauden_counts")
    phones = int(np.frombuffer(content, "<u4", 4)[3])
    size = phones * STREAMS * DENSITIES
    sums = np.frombuffer(content, "<f4", size * CEPSTRA, 4 * (6 + STREAMS + 1))
    counts = np.frombuffer(content, "<f4", size, len(content) - 4 * size - 4)
    shape = (phones, STREAMS, DENSITIES)
    return sums.reshape(*shape, CEPSTRA).astype(float), counts.reshape(shape).astype(float)


def gaussians(name: str) -> Floats:
    """The model's means or variances: phone, stream, density, cepstrum."""
    values = np.frombuffer(body(MODEL / name), "<f4", offset=4 * (3 + STREAMS + 1))
    count = values.size // (STREAMS * DENSITIES * CEPSTRA)
    return values[: count * STREAMS * DENSITIES * CEPSTRA].reshape(-1, STREAMS, DENSITIES, CEPSTRA).astype(float)


def body(path: Path) -> bytes:
    """Of a file in sphinxtrain's format, behind its header and byte order mark."""
    return path.read_bytes().partition(b"endhdr\n")[2][4:]


def likeliest(means: Floats, variances: Floats, sums: Floats, counts: Floats) -> Floats:
    """The affine map of one stream's means, a row of factors and an offset for each cepstrum."""
    extended = np.hstack([means, np.ones((len(means), 1))])
    rows = []
    for cepstrum in range(CEPSTRA):
        precision = np.where(variances[:, cepstrum] < LEAST_VARIANCE, 0, 1 / np.maximum(variances[:, cepstrum], 1e-9))
        left = (extended * (counts * precision)[:, None]).T @ extended
        rows.append(np.linalg.solve(left, extended.T @ (sums[:, cepstrum] * precision)))
    return np.array(rows)


def written(maps: Sequence[Floats]) -> str:
    """As pocketsphinx reads them: one class, its streams; factors, offsets, and variances left as they are."""
    lines = ["1", str(len(maps))]
    for values in maps:
        lines.append(str(CEPSTRA))
        lines += [" ".join(f"{value:.4f}" for value in row) for row in (*values[:, :-1], values[:, -1])]
        lines.append(" ".join(["1.0"] * CEPSTRA))
    return "\n".join(lines) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path)
    parser.add_argument("--espeak", type=int, default=240, help="utterances")
    parser.add_argument("--flite", type=int, default=60, help="utterances")
    parser.add_argument("--strength", type=float, default=0.7)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        prepare(chain(by_espeak(options.espeak), by_flite(options.flite)), folder)
        speech = [phone not in NOT_SPEECH for phone in train_ready(folder)]
        parts = [part[speech] for part in (gaussians("means"), gaussians("variances"), *accumulate(folder))]
    unchanged = np.eye(CEPSTRA, CEPSTRA + 1)
    flat = [[np.concatenate(part[:, stream]) for part in parts] for stream in range(STREAMS)]
    maps = [unchanged + options.strength * (likeliest(*stream) - unchanged) for stream in flat]
    options.file.write_text(written(maps))


if __name__ == "__main__":
    main()
