"""Make the network that finds minutiae, as one ONNX file, from the weights in the pyfing wheel.

    python tools/make_leader_onnx.py OUTPUT.onnx

Run it in an environment of its own, for none of this is needed to use PIMS:
pyfing 0.7.3, tensorflow 2.21.0, keras 3.15.1, opencv-python-headless 5.0.0.93, tf2onnx 1.17.0,
onnx 1.23.2. Other versions of these make a file that computes the same but has other bytes. It
prints the SHA-256 for `src/pims/biometrics/engine/models/provenance.toml`.

The graph that comes out takes `image` (n, height, width, 1), float32 in 0..255, sides multiples
of 32, and gives, a pixel each: `likelihood` that a minutia is here, smoothed, (n, h, w, 1);
`direction` as a vector (n, h, w, 2); `ending`, the likelihood that it is the end of a ridge and
not a fork, (n, h, w, 1). What pyfing's own graph adds behind (the angle of the vector, the
choice of the local maxima) is done by `pims.biometrics.engine.extraction.leader`.
"""

import hashlib
import importlib
import importlib.metadata
import sys
from pathlib import Path

import keras
import numpy as np
import onnx
import tensorflow as tf
import tf2onnx
from pyfing.minutiae_end_to_end import Leader

PARTS = {
    "pyfing": "0.7.3", "tensorflow": "2.21.0", "keras": "3.15.1", "tf2onnx": "1.17.0",
    "onnx": "1.23.2",
}  # fmt: skip
OPSET = 17


def main() -> int:
    if len(sys.argv) != 2:
        print(__doc__)
        return 2
    for part, version in PARTS.items():
        found = importlib.metadata.version(part)
        if found != version:
            print(f"{part} is {found}, not {version}: the bytes will differ")
    weights = Path(importlib.import_module("pyfing").__file__).parent / "models/LEADER.weights.h5"
    print(f"weights  {sha256(weights.read_bytes())}")
    model = convert(parts_of(Leader().model))
    data = model.SerializeToString(deterministic=True)
    Path(sys.argv[1]).write_bytes(data)
    print(f"graph    {sha256(data)}  {len(data)} bytes")
    return 0


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def parts_of(model: keras.Model) -> keras.Model:
    """The same network, cut before the angle and the local maxima."""
    outputs = [
        model.get_layer("nms_Gaussian_blur").output,
        model.get_layer("head_atan2").input,
        model.get_layer("head_conv_typ").output,
    ]
    return keras.Model(model.input, outputs)


def convert(model: keras.Model) -> onnx.ModelProto:
    @tf.function(input_signature=[tf.TensorSpec((None, None, None, 1), tf.float32, name="image")])
    def run(image):
        likelihood, direction, ending = model(image, training=False)
        return {
            "likelihood": tf.identity(likelihood),
            "direction": tf.identity(direction),
            "ending": tf.identity(ending),
        }

    # ONNX has no Erfc: it is written with Erf here and put right below.
    made, _ = tf2onnx.convert.from_function(
        run, input_signature=run.input_signature, opset=OPSET,
        custom_op_handlers={"Erfc": (erfc_handler, [])},
    )  # fmt: skip
    del made.metadata_props[:]
    made.doc_string = ""
    made.graph.name = "leader"
    onnx.checker.check_model(made)
    return made


def erfc_handler(ctx, node, name, args):
    """erfc(x) = 1 - erf(x)."""
    node.type = "Erf"
    value, shape, dtype = (
        node.output[0],
        ctx.get_shape(node.output[0]),
        ctx.get_dtype(node.output[0]),
    )
    one = ctx.make_const(f"{node.name}__one", np.array(1.0, np.float32))
    result = ctx.make_node("Sub", [one.output[0], value], shapes=[shape], dtypes=[dtype])
    ctx.replace_all_inputs(
        value, result.output[0], ops=[n for n in ctx.get_nodes() if n is not result]
    )
    return result


if __name__ == "__main__":
    sys.exit(main())
