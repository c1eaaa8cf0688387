"""The Silero VAD network in numpy: what onnxruntime computes frame by frame, for several frames at a time.

Model: https://github.com/snakers4/silero-vad (MIT). A frame is 512 new samples at 16 kHz after 64 of context. Spectrum
and convolutions see only the frame, so many frames go through them in one matrix product, and the weights, which do
not fit a core's own cache beside everything else, are read once for all: four frames at a time cost a third of what
onnxruntime needs for one by one, and even one costs less. Only the recurrent cell goes frame by frame.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import onnx
from onnx import numpy_helper
from onnx.helper import get_node_attr_value

from realtime_engine.core.ports import VAD_FRAME

CONTEXT = 64
"""Samples of the previous frame that the network sees before the new ones."""

SEEN = CONTEXT + VAD_FRAME
CELLS = 128

_WINDOW, _HOP, _STEPS = 256, 128, 4  # of the spectrum, whose last window is completed by a mirror image
_HANN = (0.5 - 0.5 * np.cos(2 * np.pi * np.arange(_WINDOW) / _WINDOW)).astype(np.float32)

_BRANCH = "If_0_then_branch__Inline_0__"
"""Prefix of the names of the weights for 16 kHz, in the file that models.SILERO_VAD names by its digest."""

Floats = npt.NDArray[np.float32]


class State:
    """What the recurrent cell remembers of one stream."""

    def __init__(self) -> None:
        self.hidden: Floats = np.zeros(CELLS, np.float32)
        self.cell: Floats = np.zeros(CELLS, np.float32)

    def fade(self, share: float) -> None:
        """Keep only this share."""
        self.hidden *= np.float32(share)
        self.cell *= np.float32(share)


class Silero:
    """The network's weights, for any number of streams. ``model`` is the ONNX file, byte for byte."""

    def __init__(self, model: bytes) -> None:
        weights = _weights(model)
        convolutions = [f"encoder.{number}.reparam_conv" for number in range(4)]
        kernels = [weights[f"{name}.weight"].transpose(2, 1, 0) for name in convolutions]  # taps, in, out
        self._biases = [weights[f"{name}.bias"] for name in convolutions]
        # The strides leave two steps, then one: the padding of the last two convolutions meets some of their taps.
        used = [kernels[0], kernels[1], kernels[2][1:], kernels[3][1:2]]
        self._kernels = [np.ascontiguousarray(kernel.reshape(-1, kernel.shape[-1])) for kernel in used]
        self._of_input = np.ascontiguousarray(_gates(weights["decoder.rnn.weight_ih"]).T)
        self._of_state = _gates(weights["decoder.rnn.weight_hh"])
        self._gate_bias = _gates(weights["decoder.rnn.bias_ih"] + weights["decoder.rnn.bias_hh"])
        self._output = weights["decoder.decoder.2.weight"].reshape(CELLS)
        self._output_bias = float(weights["decoder.decoder.2.bias"][0])

    def encode(self, frames: Floats) -> Floats:
        """What the recurrent cell gets of each frame; ``frames`` has shape (n, SEEN), samples within -1..1."""
        count = len(frames)
        steps = self._convolve(0, _windows(_padded(_spectra(frames), 1, 1), _STEPS, 3, 1))
        steps = self._convolve(1, _windows(_padded(steps.reshape(count, _STEPS, -1), 1, 0), 2, 3, 2))
        steps = self._convolve(2, steps.reshape(count, -1))
        encoded: Floats = self._convolve(3, steps) @ self._of_input + self._gate_bias
        return encoded

    def _convolve(self, number: int, seen: Floats) -> Floats:
        """One row per step in, one row per step out."""
        steps = seen @ self._kernels[number]
        steps += self._biases[number]
        np.maximum(steps, 0, out=steps)
        return steps

    def step(self, encoded: Floats, state: State) -> float:
        """The log odds that one frame is speech, after all the frames that made this state."""
        gates = self._of_state @ state.hidden
        gates += encoded
        np.tanh(gates, out=gates)
        opened = gates[: 3 * CELLS]
        opened *= 0.5
        opened += 0.5
        taken, kept, shown = opened[:CELLS], opened[CELLS : 2 * CELLS], opened[2 * CELLS :]
        state.cell = kept * state.cell + taken * gates[3 * CELLS :]
        state.hidden = shown * np.tanh(state.cell)
        return float(np.maximum(state.hidden, 0) @ self._output) + self._output_bias


def _weights(model: bytes) -> dict[str, Floats]:
    """Constants of the branch for 16 kHz, by name; the other branch is for 8 kHz."""
    (choice,) = (node for node in onnx.load_from_string(model).graph.node if node.op_type == "If")
    branch: onnx.GraphProto = get_node_attr_value(choice, "then_branch")
    constants = (node for node in branch.node if node.op_type == "Constant")
    return {
        node.output[0].removeprefix(_BRANCH): numpy_helper.to_array(get_node_attr_value(node, "value"))
        for node in constants
    }


def _gates(weights: Floats) -> Floats:
    """Input, forget, output, candidate; the first three halved, for sigmoid(x) = tanh(x / 2) / 2 + 1 / 2."""
    taken, kept, candidate, shown = np.split(weights, 4)
    half = np.float32(0.5)
    return np.concatenate((half * taken, half * kept, half * shown, candidate))


def _spectra(frames: Floats) -> Floats:
    """Magnitudes, shape (n, _STEPS, _WINDOW / 2 + 1)."""
    mirrored = np.concatenate((frames, frames[:, -2 : -CONTEXT - 2 : -1]), axis=1)
    windows = _windows(mirrored[:, :, None], _STEPS, _WINDOW, _HOP) * _HANN
    return np.abs(np.fft.rfft(windows)).reshape(-1, _STEPS, _WINDOW // 2 + 1)


def _padded(steps: Floats, before: int, after: int) -> Floats:
    """With steps of silence around."""
    count, length, width = steps.shape
    padded = np.zeros((count, before + length + after, width), np.float32)
    padded[:, before : before + length] = steps
    return padded


def _windows(steps: Floats, count: int, length: int, hop: int) -> Floats:
    """``count`` windows of ``length`` steps each, one row each; rows may share memory. ``steps`` is contiguous."""
    frames, _, width = steps.shape
    step = width * steps.itemsize
    strides = (steps.shape[1] * step, hop * step, steps.itemsize)
    # Overlapping rows by hand: numpy's own way to make them costs more than a convolution.
    overlapping = np.ndarray((frames, count, length * width), steps.dtype, steps, strides=strides)
    return overlapping.reshape(frames * count, -1)
