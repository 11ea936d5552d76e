"""Converts models of TensorFlow: SavedModel folders, Keras and TFLite files."""
import os
import zipfile

import numpy as np

from . import networks
from .errors import Refused, unsupported

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
OPSET = 18
ONE = "bento/one"


def run(request):
    return networks.convert(load(request["file"], request.get("trust", False)), request.get("sample"))


def load(path, trust):
    import tensorflow
    import tf2onnx  # noqa: F401 -- to say at once that it is missing

    try:
        if os.path.isdir(path):
            return of_signatures(tensorflow.saved_model.load(path))
        return Lite(path) if is_lite(path) else of_keras(load_keras(path, trust))
    except (ValueError, OSError, TypeError, KeyError, zipfile.BadZipFile) as error:
        raise Refused(
            "MODEL_INVALID",
            f'"{path}" cannot be read by TensorFlow {tensorflow.__version__}: {first_line(error)}',
            "Save it again, or read it with the versions that saved it.",
        ) from error


def first_line(error):
    return next((line.strip() for line in str(error).splitlines() if line.strip()), type(error).__name__)


def is_lite(path):
    with open(path, "rb") as file:
        return file.read(8)[4:] == b"TFL3"


def load_keras(path, trust):
    import keras

    try:
        return keras.models.load_model(path, compile=False, safe_mode=not trust)
    except ValueError as error:
        if "safe_mode" not in str(error) and "unsafe" not in str(error):
            raise
        raise Refused(
            "MODEL_UNTRUSTED",
            f'"{path}" has a layer of Python code in it, which runs when it is read',
            "If you trust whoever made it, add `--framework tensorflow --trust`.",
        ) from error


class Function(networks.Network):
    """Anything that takes tensors in order and answers a list of them."""

    def __init__(self, call, ports, outputs, kind):
        self.call, self.ports, self.outputs = call, ports, outputs
        self.context = context(kind)

    def answer(self, arrays):
        import tensorflow

        return [value.numpy() for value in self.call(*[tensorflow.constant(array) for array in arrays])]

    def export(self):
        import tensorflow
        import tf2onnx

        specs = [
            tensorflow.TensorSpec(port.shape, tensorflow.as_dtype(port.dtype), name=f"input_{i}")
            for i, port in enumerate(self.ports)
        ]
        try:
            function = tensorflow.function(self.call)
            captures = function.get_concrete_function(*specs).graph.captures
            proto = tf2onnx.convert.from_function(function, input_signature=specs, opset=OPSET)[0]
            return checked(filled(proto, captures))
        except (ValueError, RuntimeError, NotImplementedError, TypeError, AttributeError) as error:
            raise unsupported(f"What tf2onnx cannot convert ({first_line(error)})") from error


def filled(proto, captures):
    """What a function found around it, as means to subtract: tf2onnx would ask for it with every run."""
    import tensorflow
    from onnx import numpy_helper

    values = {inner.name: outer for outer, inner in captures if outer.dtype != tensorflow.resource}
    for value in [value for value in proto.graph.input if value.name in values]:
        proto.graph.initializer.append(numpy_helper.from_array(values[value.name].numpy(), value.name))
        proto.graph.input.remove(value)
    return proto


def checked(proto):
    """tf2onnx leaves what it does not know where it is, without a word that one would see."""
    import onnx
    from onnx import helper, numpy_helper

    nodes = []
    for node in proto.graph.node:
        if node.op_type != "Erfc":
            nodes.append(node)
            continue
        # As in an exact GELU; ONNX has only its complement.
        inner = f"{node.output[0]}/erf"
        nodes.append(helper.make_node("Erf", list(node.input), [inner]))
        nodes.append(helper.make_node("Sub", [ONE, inner], list(node.output)))
    if len(nodes) != len(proto.graph.node):
        proto.graph.initializer.append(numpy_helper.from_array(np.array(1, np.float32), ONE))
        del proto.graph.node[:]
        proto.graph.node.extend(nodes)
    try:
        onnx.checker.check_model(proto)
    except onnx.checker.ValidationError as error:
        raise unsupported(f"What tf2onnx cannot convert ({first_line(error)})") from error
    return proto


def of_keras(model):
    import keras

    if not getattr(model, "inputs", None):
        raise Refused("MODEL_INVALID", "The model was never built: it has no inputs", "Call it once, and save it again.")
    # A name in a file may be the path of a layer.
    names = unique([tensor.name.split(":")[0] for tensor in model.inputs])
    ports = [
        networks.Port(name, numpy_type(tensor.dtype), shape_of(name, tensor.shape))
        for name, tensor in zip(names, model.inputs)
    ]

    def call(*tensors):
        return keras.tree.flatten(model(list(tensors) if len(tensors) > 1 else tensors[0], training=False))

    return Function(call, ports, output_names(model), "Keras")


def output_names(model):
    """A Sequential keeps them in the model that it is made into."""
    within = getattr(model, "_functional", None) or model
    names = getattr(within, "output_names", None)
    return unique(list(names)) if names else networks.numbered(len(model.outputs))


def of_signatures(loaded):
    names = list(loaded.signatures)
    if "serving_default" not in names and len(names) != 1:
        raise unsupported(f"A SavedModel with the signatures {', '.join(names) or 'none'}, and no serving_default,")
    signature = loaded.signatures["serving_default" if "serving_default" in names else names[0]]
    specs = dict(sorted(signature.structured_input_signature[1].items()))
    ports = [
        networks.Port(name, numpy_type(spec.dtype), shape_of(name, spec.shape)) for name, spec in specs.items()
    ]
    outputs = sorted(signature.structured_outputs)

    def call(*tensors):
        answers = signature(**dict(zip(specs, tensors)))
        return [answers[name] for name in outputs]

    network = Function(call, ports, outputs, "SavedModel")
    # A signature's variables live as long as what was loaded.
    network.loaded = loaded
    return network


class Lite(networks.Network):
    def __init__(self, path):
        import tensorflow

        self.path = path
        self.interpreter = tensorflow.lite.Interpreter(path)
        inputs = self.interpreter.get_input_details()
        self.ports = [
            networks.Port(name, np.dtype(detail["dtype"]), lite_shape(detail))
            for name, detail in zip(names_of(inputs), inputs)
        ]
        self.outputs = names_of(self.interpreter.get_output_details())
        self.context = context("TFLite")

    def answer(self, arrays):
        for detail, array in zip(self.interpreter.get_input_details(), arrays):
            self.interpreter.resize_tensor_input(detail["index"], array.shape)
        self.interpreter.allocate_tensors()
        for detail, array in zip(self.interpreter.get_input_details(), arrays):
            self.interpreter.set_tensor(detail["index"], array)
        self.interpreter.invoke()
        return [self.interpreter.get_tensor(detail["index"]).copy() for detail in self.interpreter.get_output_details()]

    def export(self):
        import tf2onnx

        try:
            return checked(tf2onnx.convert.from_tflite(self.path, opset=OPSET)[0])
        except (ValueError, RuntimeError, NotImplementedError, TypeError, AttributeError, KeyError) as error:
            raise unsupported(f"What tf2onnx cannot convert ({first_line(error)})") from error


def lite_shape(detail):
    signature = detail.get("shape_signature", detail["shape"])
    lengths = signature if len(signature) else detail["shape"]
    return tuple(int(length) if length > 0 else None for length in lengths)


def names_of(details):
    """As `image` of `serving_default_image:0`."""
    plain = [detail["name"].split(":")[0].removeprefix("serving_default_") for detail in details]
    is_own = all(not name.startswith(("StatefulPartitionedCall", "PartitionedCall")) for name in plain)
    return unique(plain) if is_own else networks.numbered(len(plain))


def unique(names):
    return names if len(set(names)) == len(names) else [f"{name}_{i}" for i, name in enumerate(names)]


def numpy_type(dtype):
    import tensorflow

    kind = tensorflow.as_dtype(dtype).as_numpy_dtype
    return np.dtype(object) if kind in (object, np.bytes_) else np.dtype(kind)


def shape_of(name, shape):
    try:
        return tuple(None if length is None else int(length) for length in shape)
    except ValueError:
        raise unsupported(f'An input of unknown rank, as "{name}" is,') from None


def context(kind):
    import tensorflow

    return {"kind": kind, "version": tensorflow.__version__}
