"""Converts programs of PyTorch: what torch.export.save and torch.jit.save write."""
import io
import zipfile

import numpy as np

from . import networks
from .errors import Refused, unsupported


# The second is what older versions wrote.
EXPORTED = ("archive_format", "serialized_exported_program.json")


def run(request):
    sample = request.get("sample")
    shown = None if sample is None else lambda ports: networks.read(sample, ports)
    return networks.convert(load(request["file"], shown), sample)


def load(path, shown=None):
    """`shown`: gives the rows of a sample, by the names of inputs."""
    import torch

    try:
        if is_exported(path):
            return Exported(torch.export.load(path))
        return Scripted(torch.jit.load(path, map_location="cpu", _restore_shapes=True), shown)
    except (RuntimeError, ValueError, OSError, KeyError, zipfile.BadZipFile) as error:
        raise Refused(
            "MODEL_INVALID",
            f'"{path}" cannot be read by PyTorch {torch.__version__}: {str(error).splitlines()[0]}',
            "Save it again with torch.export.save or torch.jit.save, or read it with the version that saved it.",
        ) from error


def is_exported(path):
    with zipfile.ZipFile(path) as file:
        return any(name.endswith(EXPORTED) for name in file.namelist())


class Exported(networks.Network):
    """A torch.export.ExportedProgram: it says itself what it takes."""

    def __init__(self, program):
        self.program = program
        self.ports = ports_of(program)
        self.outputs = outputs_of(program)
        self.context = context("exported program")

    def answer(self, arrays):
        import torch
        from torch.utils import _pytree as pytree

        flat = [torch.from_numpy(np.ascontiguousarray(array)) for array in arrays]
        args, kwargs = pytree.tree_unflatten(flat, self.program.call_spec.in_spec)
        with torch.no_grad():
            return arrays_of(self.program.module()(*args, **kwargs))

    def export(self):
        import torch

        with refusing():
            exported = torch.onnx.export(self.program, dynamo=True, output_names=self.outputs, verbose=False)
            return exported.model_proto


def ports_of(program):
    nodes = {node.name: node for node in program.graph.nodes if node.op == "placeholder"}
    return [port_of(name, nodes[name].meta.get("val")) for name in map(str, program.graph_signature.user_inputs)]


def port_of(name, value):
    import torch

    if not isinstance(value, torch.Tensor):
        raise unsupported(f'A program with an input that is no tensor, as "{name}" is,')
    return networks.Port(name, numpy_type(value.dtype), tuple(n if isinstance(n, int) else None for n in value.shape))


def outputs_of(program):
    from torch.utils import _pytree as pytree

    spec = program.call_spec.out_spec
    names = [str(name) for name in program.graph_signature.user_outputs]
    keys = pytree.tree_unflatten(list(range(len(names))), spec)
    is_flat = isinstance(keys, dict) and all(isinstance(value, int) for value in keys.values())
    return [str(key) for key in keys] if is_flat else networks.numbered(len(names))


class Scripted(networks.Network):
    """TorchScript: a traced one keeps the shapes it was traced with; of a scripted one only a sample shows them."""

    def __init__(self, module, shown=None):
        self.module = module.eval()
        names = [argument.name for argument in module.forward.schema.arguments[1:]]
        self.ports = traced_ports(module, names) or sampled_ports(module, names, shown)
        rows = networks.made_up(self.ports, True) if shown is None else networks.fit_all(shown(self.ports), self.ports)
        self.example = tuple(self.tensors([rows[port.name] for port in self.ports]))
        self.outputs = returned(module.forward.schema.returns[0].type)
        self.context = context("TorchScript")

    @staticmethod
    def tensors(arrays):
        import torch

        return [torch.from_numpy(np.ascontiguousarray(array)) for array in arrays]

    def answer(self, arrays):
        import torch

        with torch.no_grad():
            return arrays_of(self.module(*self.tensors(arrays)))

    def export(self):
        import torch

        content = io.BytesIO()
        names = [port.name for port in self.ports]
        with refusing():
            torch.onnx.export(
                self.module,
                self.example,
                content,
                dynamo=False,
                input_names=names,
                output_names=self.outputs,
                dynamic_axes={name: {0: "rows"} for name in names + self.outputs},
            )
        import onnx

        return onnx.load_from_string(content.getvalue())


def returned(kind):
    if kind.kind() == "TensorType":
        return networks.numbered(1)
    if kind.kind() != "TupleType" or any(part.kind() != "TensorType" for part in kind.elements()):
        raise unsupported(f"TorchScript that answers {kind}")
    return networks.numbered(len(kind.elements()))


def traced_ports(module, names):
    """Of the shapes that a traced one was saved with, the first may vary: its rows."""
    kinds = [value.type() for value in list(module.graph.inputs())[1:]]
    if len(kinds) != len(names) or any(kind.kind() != "TensorType" or kind.sizes() is None for kind in kinds):
        return None
    return [networks.Port(name, own_type(kind), (None, *kind.sizes()[1:])) for name, kind in zip(names, kinds)]


def own_type(kind):
    import torch

    named = {"Half": "float16", "Bool": "bool", "Byte": "uint8", "Char": "int8"}
    word = named.get(kind.scalarType(), kind.scalarType().lower())
    return numpy_type(getattr(torch, word))


def sampled_ports(module, names, shown):
    if shown is None:
        raise Refused(
            "USAGE",
            "A scripted model does not say what its inputs look like",
            "Give --sample rows as the model takes them, as an npy or json file.",
        )
    columns = shown([networks.Port(name, np.dtype(object), (None,)) for name in names])
    own = next((numpy_type(value.dtype) for value in module.parameters()), np.dtype(np.float32))
    return [seen(name, np.asarray(columns[name]), own) for name in names]


def seen(name, array, own):
    """Numbers with a fraction come in the type of the weights."""
    return networks.Port(name, own if array.dtype.kind == "f" else array.dtype, (None, *array.shape[1:]))


def arrays_of(answers):
    import torch
    from torch.utils import _pytree as pytree

    flat, _ = pytree.tree_flatten(answers)
    if not all(isinstance(answer, torch.Tensor) for answer in flat):
        raise unsupported("A model that answers more than tensors")
    return [answer.detach().numpy() for answer in flat]


def numpy_type(dtype):
    import torch

    try:
        return torch.empty(0, dtype=dtype).numpy().dtype
    except TypeError:
        raise unsupported(f"An input or weights of type {dtype}") from None


class refusing:
    """What the exporter cannot do is an answer, not a failure."""

    def __enter__(self):
        return self

    def __exit__(self, kind, error, trace):
        if error is None or isinstance(error, (Refused, ImportError)):
            return False
        causes = [error]
        while causes[-1].__cause__ is not None:
            causes.append(causes[-1].__cause__)
        line = next((line for line in str(causes[-1]).splitlines() if line.strip()), type(error).__name__)
        raise unsupported(f"What torch.onnx cannot export ({line.strip()})") from error


def context(kind):
    import torch

    return {"kind": kind, "version": torch.__version__}
