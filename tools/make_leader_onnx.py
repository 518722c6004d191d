"""Make the network that finds minutiae, as one ONNX file, from the weights in the pyfing wheel.

    python tools/make_leader_onnx.py OUTPUT.onnx

Run it in an environment of its own, for none of this is needed to use PIMS: pyfing 0.7.3,
tensorflow 2.21.0, keras 3.15.1, opencv-python-headless 5.0.0.93, onnx 1.23.2, numpy 2.4.6. Another
version of onnx may make a file of other bytes that computes the same. It prints the SHA-256 for
`src/pims/biometrics/engine/models/provenance.toml`.

The graph takes `image` (n, height, width, 1), float32 in 0..255, sides multiples of 32, and gives,
a pixel each: `likelihood` that a minutia is here, smoothed, (n, h, w, 1); `direction` as a vector
(n, h, w, 2); `ending`, the likelihood that it is the end of a ridge and not a fork, (n, h, w, 1).
What pyfing's own graph adds behind (the angle of the vector, the choice of the local maxima) is
done by `pims.biometrics.engine.extraction.leader`.

The graph is written out layer by layer after `pyfing.minutiae_end_to_end.Leader`, and not
converted, for two reasons. ONNX has no complement of the error function, in which TensorFlow
writes the GELU, but has the GELU itself, which its runtime computes in one step. And what works on
each pixel alone is done before the images are enlarged, not after, with the same result.
"""

import hashlib
import importlib.metadata
import os
import sys
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

PARTS = {
    "pyfing": "0.7.3", "tensorflow": "2.21.0", "keras": "3.15.1", "onnx": "1.23.2",
    "numpy": "2.4.6",
}  # fmt: skip
OPSET, IR = 20, 9
EPSILON = 1e-3  # of Keras' layer normalisation
CONTEXT = (16, 32, 64, 128)
REFINING_DOWN, REFINING_UP = (32, 64, 128, 32), (20, 42, 91, 27)
# Images are (n, channel, row, column) to convolve, (n, row, column, channel) for what works on
# each pixel alone.
PIXELS_FIRST, CHANNELS_FIRST = (0, 2, 3, 1), (0, 3, 1, 2)


def main() -> int:
    if len(sys.argv) != 2:
        print(__doc__)
        return 2
    for part, version in PARTS.items():
        found = importlib.metadata.version(part)
        if found != version:
            print(f"{part} is {found}, not {version}: the bytes may differ")
    data = Graph(weights()).model().SerializeToString(deterministic=True)
    Path(sys.argv[1]).write_bytes(data)
    print(f"graph    {sha256(data)}  {len(data)} bytes")
    return 0


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def weights() -> dict[str, list[np.ndarray]]:
    """The arrays of each layer, by pyfing's name of the layer."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    import pyfing
    from pyfing.minutiae_end_to_end import Leader

    file = Path(pyfing.__file__).parent / "models/LEADER.weights.h5"
    print(f"weights  {sha256(file.read_bytes())}")
    return {layer.name: layer.get_weights() for layer in Leader().model.layers}


class Graph:
    """The graph in the making: each method adds nodes and gives the name of what comes out."""

    def __init__(self, weights: dict[str, list[np.ndarray]]) -> None:
        self.weights = weights
        self.nodes: list[onnx.NodeProto] = []
        self.constants: dict[str, np.ndarray] = {}

    def model(self) -> onnx.ModelProto:
        self.network()
        outputs = {"likelihood": 1, "direction": 2, "ending": 1}
        graph = helper.make_graph(
            self.nodes, "leader",
            [value("image", 1)], [value(name, channels) for name, channels in outputs.items()],
            [numpy_helper.from_array(array, name) for name, array in self.constants.items()],
        )  # fmt: skip
        made = helper.make_model(
            graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=IR,
            producer_name="pims",
        )  # fmt: skip
        onnx.checker.check_model(made, full_check=True)
        return made

    # --- The network ---
    def network(self) -> None:
        image = self.turned("image", CHANNELS_FIRST)
        x = self.stem("stem0", image, "MaxPool")
        fine = self.stem("stem1", image, "AveragePool")
        x = self.context(x)
        x = self.joined(self.attended(x), fine)
        x = self.refined(x)
        heads = [self.head(f"head_{k}", x) for k in range(3)]
        likelihood = self.node("Sigmoid", self.convolved("head_conv_pos", heads[0]))
        likelihood = self.convolved("nms_Gaussian_blur", likelihood)
        direction = self.convolved("head_conv_dir", heads[1])
        ending = self.node("Sigmoid", self.convolved("head_conv_typ", heads[2]))
        self.turned(likelihood, PIXELS_FIRST, "likelihood")
        self.turned(direction, PIXELS_FIRST, "direction")
        self.turned(ending, PIXELS_FIRST, "ending")

    def stem(self, name: str, x: str, pool: str) -> str:
        near = self.convolved(f"{name}_conv", x)
        far = self.convolved(f"{name}_dilated_conv", x, dilation=2)
        x = self.turned(self.joined(near, far), PIXELS_FIRST)
        x = self.node("Gelu", self.normalised(f"{name}_ln", x))
        return self.pooled(self.turned(x, CHANNELS_FIRST), pool)

    def context(self, x: str) -> str:
        skipped = []
        for level, channels in enumerate(CONTEXT):
            x = self.separable(f"enc0_{level}", x)
            skipped.append(x)
            x = self.downsampled(x, channels)
        for level in reversed(range(len(CONTEXT))):
            x = self.separable(f"dec0_{level}", x)
            x = self.joined(self.enlarged(x), skipped[level])
        return x

    def attended(self, x: str) -> str:
        seen = [
            self.node("Gelu", self.convolved(f"attention_conv_d{reach}", x, dilation=reach))
            for reach in (1, 3, 6)
        ]
        gate = self.node("Sigmoid", self.convolved("attention_s", self.joined(*seen)))
        return self.node("Mul", x, gate)

    def refined(self, x: str) -> str:
        skipped = []
        for level, channels in enumerate(REFINING_DOWN):
            x = self.turned(self.bottleneck(f"enc1_{level}", x), CHANNELS_FIRST)
            skipped.append(x)
            x = self.downsampled(x, channels)
        for level in reversed(range(len(REFINING_UP))):
            x = self.turned(self.bottleneck(f"dec1_{level}", x), CHANNELS_FIRST)
            x = self.joined(self.enlarged(x), skipped[level])
        return x

    def head(self, name: str, x: str) -> str:
        x = self.bottleneck(f"{name}_ibc", x)
        x = self.normalised(f"{name}_ln", self.mixed(f"{name}_conv1", x))
        x = self.node("Gelu", self.mixed(f"{name}_conv2", x))
        return self.enlarged(self.turned(x, CHANNELS_FIRST))

    # --- Blocks ---
    def separable(self, name: str, x: str) -> str:
        """Channels first in and out."""
        own, across, bias = self.weights[f"{name}_conv"]
        x = self.depthwise(f"{name}_conv", x, own)
        x = self.mixing(f"{name}_conv", self.turned(x, PIXELS_FIRST), across, bias)
        x = self.node("Gelu", self.normalised(f"{name}_ln", x))
        return self.turned(x, CHANNELS_FIRST)

    def bottleneck(self, name: str, x: str) -> str:
        """Channels first in, pixels first out."""
        (own,) = self.weights[f"{name}_depthwise_conv"]
        y = self.depthwise(f"{name}_depthwise_conv", x, own)
        y = self.normalised(f"{name}_ln", self.turned(y, PIXELS_FIRST))
        y = self.node("Gelu", self.mixed(f"{name}_conv_exp", y))
        y = self.mixed(f"{name}_conv_red", y)
        return self.mixed(f"{name}_conv_adj", self.node("Add", self.turned(x, PIXELS_FIRST), y))

    def downsampled(self, x: str, channels: int) -> str:
        """Half of the channels by their largest, half by their mean."""
        first = self.constant("first", np.array([0]))
        half = self.constant(f"half_of_{channels}", np.array([channels // 2]))
        last = self.constant("last", np.array([2**31 - 1]))
        axis = self.constant("channel_axis", np.array([1]))
        largest = self.pooled(self.node("Slice", x, first, half, axis), "MaxPool")
        mean = self.pooled(self.node("Slice", x, half, last, axis), "AveragePool")
        return self.joined(largest, mean)

    def enlarged(self, x: str) -> str:
        scales = self.constant("twice", np.array([1, 1, 2, 2], np.float32))
        return self.node(
            "Resize", x, "", scales, mode="nearest", nearest_mode="floor",
            coordinate_transformation_mode="asymmetric",
        )  # fmt: skip

    # --- Layers ---
    def convolved(self, name: str, x: str, dilation: int = 1) -> str:
        kernel, *bias = self.weights[name]
        return self.convolution(
            name, x, kernel.transpose(3, 2, 0, 1), bias[0] if bias else None, dilation=dilation
        )

    def convolution(
        self, name: str, x: str, kernel: np.ndarray, bias: np.ndarray | None = None,
        *, dilation: int = 1, groups: int = 1,
    ) -> str:  # fmt: skip
        inputs = [x, self.constant(f"{name}.kernel", kernel)]
        if bias is not None:
            inputs.append(self.constant(f"{name}.bias", bias))
        side = kernel.shape[2]
        return self.node(
            "Conv", *inputs, kernel_shape=[side, side], dilations=[dilation] * 2,
            pads=[dilation * (side - 1) // 2] * 4,
            group=groups,
        )  # fmt: skip

    def depthwise(self, name: str, x: str, kernel: np.ndarray) -> str:
        """Each channel by a kernel of its own: (rows, columns, channels, 1) in Keras."""
        return self.convolution(name, x, kernel.transpose(2, 3, 0, 1), groups=kernel.shape[2])

    def mixed(self, name: str, x: str) -> str:
        return self.mixing(name, x, *self.weights[name])

    def mixing(self, name: str, x: str, across: np.ndarray, bias: np.ndarray) -> str:
        """A convolution of one pixel: channels only."""
        matrix = self.constant(f"{name}.matrix", across.reshape(across.shape[-2:]))
        return self.node("Add", self.node("MatMul", x, matrix), self.constant(f"{name}.bias", bias))

    def normalised(self, name: str, x: str) -> str:
        scale, shift = self.weights[name]
        return self.node(
            "LayerNormalization", x, self.constant(f"{name}.scale", scale),
            self.constant(f"{name}.shift", shift), axis=-1, epsilon=EPSILON,
        )  # fmt: skip

    def pooled(self, x: str, kind: str) -> str:
        return self.node(kind, x, kernel_shape=[2, 2], strides=[2, 2])

    def joined(self, *parts: str) -> str:
        return self.node("Concat", *parts, axis=1)

    def turned(self, x: str, order: tuple[int, ...], name: str = "") -> str:
        return self.node("Transpose", x, name=name, perm=order)

    def node(self, kind: str, *inputs: str, name: str = "", **settings) -> str:
        output = name or f"{kind.lower()}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, inputs, [output], name=output, **settings))
        return output

    def constant(self, name: str, array: np.ndarray) -> str:
        self.constants[name] = np.ascontiguousarray(array)
        return name


def value(name: str, channels: int) -> onnx.ValueInfoProto:
    return helper.make_tensor_value_info(
        name, TensorProto.FLOAT, ["n", "height", "width", channels]
    )


if __name__ == "__main__":
    sys.exit(main())
