"""The Smart Turn network for turns of any length: silence before a short one costs next to nothing.

Model: https://github.com/pipecat-ai/smart-turn (v3.2), a Whisper encoder that always hears 8 s, as 400 steps of 20 ms,
a shorter turn preceded by silence. All that silence is alike but for its position, so here one step in its middle
stands for GROUP of them, and weighs as much wherever the network attends: a softmax over copies of one step is a
softmax over that step, the logarithm of their number added. Positions apart, so it is nearly the same that is judged.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
import onnx
from onnx import TensorProto, numpy_helper
from onnx.helper import make_node, make_tensor_value_info

STEPS = 400
GROUP = 16
"""Steps of silence that one stands for."""

# Names in the file that models.SMART_TURN names by its digest, and those of the new inputs.
_POSITIONS = "inner.encoder.embed_positions.weight"  # (STEPS, width)
_LENGTH = "val_21"  # the one constant that says STEPS
_FEATURES, _CHOSEN, _WEIGHTS, _ROW = "input_features", "chosen", "weights", "weights_row"

Floats = npt.NDArray[np.float32]


def for_any_length(model: bytes) -> bytes:
    """The network with two more inputs: ``chosen`` (n,), which of the STEPS they are, and ``weights`` (n, 1), the
    logarithm of how many each stands for. ``input_features`` becomes (1, 80, 2 n)."""
    proto = onnx.load_from_string(model)
    graph = proto.graph
    graph.ClearField("value_info")  # shapes of STEPS
    graph.input[0].type.tensor_type.shape.dim[2].dim_param = "frames"
    graph.input.append(make_tensor_value_info(_CHOSEN, TensorProto.INT64, ["n"]))
    graph.input.append(make_tensor_value_info(_WEIGHTS, TensorProto.FLOAT, ["n", 1]))
    length = next(constant for constant in graph.initializer if constant.name == _LENGTH)
    length.CopyFrom(numpy_helper.from_array(np.array([-1]), _LENGTH))
    nodes = [make_node("Gather", [_POSITIONS, _CHOSEN], ["positions"]), make_node("Transpose", [_WEIGHTS], [_ROW])]
    for node in graph.node:
        if node.op_type == "Softmax":
            nodes.append(_weighted(node))
        if _POSITIONS in node.input:
            node.input[list(node.input).index(_POSITIONS)] = "positions"
        nodes.append(node)
    graph.ClearField("node")
    graph.node.extend(nodes)
    changed: bytes = proto.SerializeToString()
    return changed


def _weighted(softmax: onnx.NodeProto) -> onnx.NodeProto:
    """Adds the weights to what the softmax gets; attention is over the last axis, the pool at the end over the first
    but one."""
    unweighted, softmax.input[0] = softmax.input[0], f"{softmax.name}_weighted"
    axis = onnx.helper.get_node_attr_value(softmax, "axis")
    return make_node("Add", [unweighted, _ROW if axis == -1 else _WEIGHTS], [softmax.input[0]])


def groups_before(heard: int) -> int:
    """How many groups of silence precede a turn of which this many steps are to be heard one by one."""
    return max(0, STEPS - heard) // GROUP


def inputs(features: Floats, groups: int) -> dict[str, npt.NDArray[np.generic]]:
    """What the network gets: ``features`` (80, frames) of all but the groups of silence, and begins with silence."""
    silence = np.repeat(features[:, :1], 2 * groups, axis=1)
    chosen = np.concatenate((np.arange(groups) * GROUP + GROUP // 2, np.arange(groups * GROUP, STEPS)))
    weights = np.zeros((len(chosen), 1), np.float32)
    weights[:groups] = math.log(GROUP)
    return {_FEATURES: np.hstack((silence, features))[None], _CHOSEN: chosen, _WEIGHTS: weights}
