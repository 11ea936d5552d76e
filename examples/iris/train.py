"""Trains a random forest on the iris flowers and converts it to ONNX.

    python -m venv .venv && .venv/bin/pip install -r requirements.txt
    .venv/bin/python train.py

Writes iris_classifier.onnx, and expected.json: what scikit-learn itself answers for all 150 rows.
The same versions give the same bytes.
"""

import json
import sys
from pathlib import Path

import numpy as np
import onnxruntime
from skl2onnx import convert_sklearn
from skl2onnx.common.data_types import FloatTensorType
from sklearn.base import clone
from sklearn.datasets import load_iris
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import (
    RepeatedStratifiedKFold,
    cross_val_score,
    train_test_split,
)

SEED = 0
MINIMUM_ACCURACY = 0.93
COLUMNS = ["sepal_length", "sepal_width", "petal_length", "petal_width"]
HERE = Path(__file__).parent


def main() -> None:
    rows, labels = load_rows()
    model = train(rows, labels)
    # float32 rows, as a client sends them: scikit-learn's trees compare in float32 as well.
    expected_labels, expected_probabilities = model.predict(rows), model.predict_proba(rows)
    onnx_bytes = convert(model)
    check_agreement(onnx_bytes, rows, expected_labels, expected_probabilities)
    (HERE / "iris_classifier.onnx").write_bytes(onnx_bytes)
    write_expected(rows, model.classes_, expected_labels, expected_probabilities)
    print(f"wrote iris_classifier.onnx ({len(onnx_bytes)} bytes) and expected.json")


def load_rows() -> tuple[np.ndarray, np.ndarray]:
    iris = load_iris()
    return iris.data.astype(np.float32), iris.target_names[iris.target]


def train(rows: np.ndarray, labels: np.ndarray) -> RandomForestClassifier:
    train_rows, test_rows, train_labels, test_labels = train_test_split(
        rows, labels, test_size=0.3, stratify=labels, random_state=SEED
    )
    model = RandomForestClassifier(n_estimators=50, max_depth=5, random_state=SEED)
    model.fit(train_rows, train_labels)
    check_accuracy(f"on {len(test_rows)} held-out rows", model.score(test_rows, test_labels))
    # One split of 45 rows moves by 0.03 with its seed. The mean over many splits does not.
    folds = RepeatedStratifiedKFold(n_splits=5, n_repeats=10, random_state=SEED)
    scores = cross_val_score(clone(model), rows, labels, cv=folds)
    check_accuracy("in 5-fold cross-validation, repeated 10 times", scores.mean())
    return model


def check_accuracy(where: str, accuracy: float) -> None:
    print(f"accuracy {where}: {accuracy:.4f}")
    if accuracy < MINIMUM_ACCURACY:
        sys.exit(f"the accuracy is below {MINIMUM_ACCURACY}")


def convert(model: RandomForestClassifier) -> bytes:
    onnx_model = convert_sklearn(
        model,
        name="iris_classifier",
        initial_types=[("features", FloatTensorType([None, len(COLUMNS)]))],
        # Probabilities as one tensor, not as a list of maps.
        options={id(model): {"zipmap": False}},
        target_opset={"": 17, "ai.onnx.ml": 3},
    )
    return onnx_model.SerializeToString(deterministic=True)


def check_agreement(
    onnx_bytes: bytes, rows: np.ndarray, labels: np.ndarray, probabilities: np.ndarray
) -> None:
    session = onnxruntime.InferenceSession(onnx_bytes, providers=["CPUExecutionProvider"])
    onnx_labels, onnx_probabilities = session.run(None, {"features": rows})
    if list(onnx_labels) != list(labels):
        sys.exit("the ONNX model answers other labels than scikit-learn")
    difference = float(np.abs(onnx_probabilities - probabilities).max())
    print(f"ONNX agrees on all {len(rows)} rows; probabilities differ by at most {difference:.1e}")
    if difference > 1e-6:
        sys.exit("the ONNX model answers other probabilities than scikit-learn")


def write_expected(
    rows: np.ndarray, classes: np.ndarray, labels: np.ndarray, probabilities: np.ndarray
) -> None:
    expected = [
        {
            # The shortest decimal that is this float32: 5.1, not 5.099999904632568.
            "features": {name: float(str(value)) for name, value in zip(COLUMNS, row)},
            "label": str(label),
            "probabilities": {str(name): float(p) for name, p in zip(classes, chances)},
        }
        for row, label, chances in zip(rows, labels, probabilities)
    ]
    (HERE / "expected.json").write_text(json.dumps(expected, indent=2) + "\n")


if __name__ == "__main__":
    main()
