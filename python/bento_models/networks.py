"""Networks of PyTorch and TensorFlow: rows to compare them on, and inputs and outputs by their own names in ONNX."""
import json
import os
from dataclasses import dataclass

import numpy as np

from . import sample
from .converted import Check, Converted
from .errors import Refused, unsupported

MADE_UP = "rows that were made up"
ROWS = 200
# Rows of large inputs, as images, are fewer.
MOST_ELEMENTS = 2_000_000
# For lengths that the model leaves open.
LENGTH = 16
LARGEST = {"int": 10, "cautious": 2, "byte": 256}


@dataclass
class Port:
    """An input. `shape` has None where any length may stand; `dtype` is one of numpy."""

    name: str
    dtype: np.dtype
    shape: tuple

    @property
    def elements(self):
        return int(np.prod([length or LENGTH for length in self.shape[1:]], dtype=np.int64))


class Network:
    """What a framework's script says of a model: `ports`, `outputs` (names), `answer` (arrays to arrays, in the order
    of these), `export` (a ModelProto of ONNX) and `context`."""


def convert(network, path=None):
    """`path`: a file of rows to compare on; without it they are made up."""
    if path is None:
        return convert_on(network, None, MADE_UP)
    return convert_on(network, read(path, network.ports), os.path.basename(path))


def convert_on(network, columns, source):
    """`columns`: rows by the names of inputs, or None."""
    inputs, answers = answered(network, columns)
    expected = dict(zip(network.outputs, answers, strict=True))
    return Converted(
        candidates=[{"model.onnx": named(network.export(), network)}],
        context=network.context,
        check=Check(source, inputs, expected),
    )


def answered(network, columns):
    """Rows that the model takes, and its answers. Of rows that are made up, there is a second, more cautious choice."""
    if columns is not None:
        choices = [fit_all(columns, network.ports)]
    else:
        choices = [made_up(network.ports, cautious) for cautious in (False, True)]
    for inputs in choices:
        try:
            return inputs, answers_of(network, inputs)
        except Refused:
            raise
        except Exception as error:
            failed = error
    raise silent(failed) from failed


def silent(error):
    lines = str(error).strip().splitlines() or [type(error).__name__]
    return Refused(
        "MODEL_INVALID",
        f"The model itself does not predict: {lines[-1].strip()}",
        "Give --sample rows as the model takes them.",
    )


def answers_of(network, inputs):
    """A model that takes so many rows and no others is asked several times."""
    arrays = [inputs[port.name] for port in network.ports]
    step = step_of(network.ports)
    if step is None:
        return [np.asarray(answer) for answer in network.answer(arrays)]
    starts = range(0, len(arrays[0]), step)
    parts = [network.answer([array[at : at + step] for array in arrays]) for at in starts]
    return [np.concatenate([np.asarray(answer) for answer in answers]) for answers in zip(*parts)]


def step_of(ports):
    """How many rows it takes, where that is fixed for all inputs alike."""
    lengths = {port.shape[0] if port.shape else None for port in ports}
    return lengths.pop() if len(lengths) == 1 else None


def made_up(ports, cautious):
    rng = np.random.default_rng(sample.SEED)
    count = rows_for(ports)
    step = step_of(ports)
    if step is not None:
        count = -(-count // step) * step
    return {port.name: values(port, rng, count, cautious) for port in ports}


def rows_for(ports):
    return max(8, min(ROWS, MOST_ELEMENTS // max(1, *(port.elements for port in ports), 1)))


def values(port, rng, count, cautious):
    is_fixed = step_of([port]) is not None
    first = (-(-count // port.shape[0]) * port.shape[0] if is_fixed else count,) if port.shape else ()
    shape = first + tuple(length or LENGTH for length in port.shape[1:])
    kind = port.dtype.kind
    if kind == "f":
        return rng.normal(size=shape).astype(port.dtype)
    if kind == "b":
        return rng.random(shape) < 0.5
    if kind in "iu":
        span = "byte" if port.dtype == np.uint8 else "cautious" if cautious else "int"
        return rng.integers(0, LARGEST[span], shape).astype(port.dtype)
    if kind in "OUS":
        return rng.choice(np.array(["", "a", "red wine", "Zürich"], object), shape)
    raise unsupported(f'An input of type {port.dtype}, as "{port.name}" is,')


def read(path, ports):
    """The rows of a file, for each input by its name or the only one by itself."""
    return READERS.get(os.path.splitext(path)[1].lower(), read_table)(path, ports)


def columns_of(rows, ports):
    """The same of rows at hand: arrays by name, one array, or a DataFrame."""
    if isinstance(rows, dict):
        return {port.name: rows[port.name] for port in ports}
    return only(ports, sample.from_rows(rows).numbers() if hasattr(rows, "columns") else np.asarray(rows))


def fit_all(columns, ports):
    return {port.name: fitted(columns[port.name], port) for port in ports}


def read_npy(path, ports):
    return only(ports, np.load(path, allow_pickle=False)[: most_rows(ports)])


def read_json(path, ports):
    with open(path, encoding="utf-8") as file:
        rows = json.load(file)
    if isinstance(rows, dict) and len(rows) == 1:
        rows = next(iter(rows.values()))
    if not isinstance(rows, list) or not rows:
        raise sample.bad(f'"{path}" is no list of rows')
    rows = rows[: most_rows(ports)]
    if not isinstance(rows[0], dict):
        return only(ports, rows)
    missing = [port.name for port in ports if any(port.name not in row for row in rows)]
    if missing:
        raise sample.bad(f"The sample has rows without {missing[0]!r}")
    return {port.name: [row[port.name] for row in rows] for port in ports}


def read_table(path, ports):
    table = sample.read(path)
    if len(ports) == 1:
        return only(ports, table.numbers())
    picked = table.pick([port.name for port in ports], len(ports))
    return dict(zip((port.name for port in ports), picked.columns))


READERS = {".npy": read_npy, ".json": read_json}


def only(ports, rows):
    if len(ports) == 1:
        return {ports[0].name: rows}
    names = ", ".join(port.name for port in ports)
    raise sample.bad(f"The model takes several inputs, {names}, and the sample does not name them")


def most_rows(ports):
    return max(1, min(sample.MOST_ROWS, 4 * MOST_ELEMENTS // max(1, *(port.elements for port in ports), 1)))


def fitted(rows, port):
    """In the type and shape of the input. One length that the model leaves open follows from the others."""
    try:
        array = np.asarray(rows).astype(port.dtype)
        if array.ndim != len(port.shape):
            lengths = [-1 if length is None else length for length in port.shape[1:]]
            array = array.reshape(len(array), *lengths)
    except (TypeError, ValueError) as error:
        raise sample.bad(f'The sample does not fit "{port.name}", {described(port)}: {error}') from None
    first, *others = port.shape or (None,)
    if any(length not in (None, found) for length, found in zip(others, array.shape[1:])):
        raise sample.bad(f'The sample has {list(array.shape[1:])} in a row, and "{port.name}" takes {described(port)}')
    whole = len(array) if first is None else len(array) // first * first
    if whole == 0:
        raise sample.bad(f'The sample has {len(array)} rows, and "{port.name}" takes {first} at once')
    return array[:whole]


def numbered(count):
    """Names for outputs that have none."""
    return ["output"] if count == 1 else [f"output_{i}" for i in range(count)]


def described(port):
    return f"{port.dtype}[{', '.join('?' if length is None else str(length) for length in port.shape)}]"


def named(proto, network):
    """The model in bytes, its inputs and outputs under the names that the framework has for them."""
    from onnx import helper

    graph = proto.graph
    initial = {value.name for value in graph.initializer}
    inputs = [value for value in graph.input if value.name not in initial]
    if len(inputs) != len(network.ports) or len(graph.output) != len(network.outputs):
        raise unsupported("A model with inputs that it does not use, or outputs that are no tensors,")
    front, back = [], []
    for value, port in zip(inputs, network.ports):
        if value.name != port.name:
            front.append(helper.make_node("Identity", [port.name], [value.name]))
            value.name = port.name
    for value, name in zip(graph.output, network.outputs):
        if value.name != name:
            back.append(helper.make_node("Identity", [value.name], [name]))
            value.name = name
    nodes = [*front, *graph.node, *back]
    del graph.node[:]
    graph.node.extend(nodes)
    # It says where on the disk the model was.
    del proto.metadata_props[:]
    return proto.SerializeToString(deterministic=True)
