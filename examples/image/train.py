"""Trains a small convolutional network on scikit-learn's hand-written digits with Keras, and writes it as ONNX.

    pip install -r requirements.txt
    python train.py

Beside the model it writes photos of ten held-out digits, and Keras' own answers for 200 held-out rows.
"""
import json
import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np
import onnx
import tensorflow as tf
import tf2onnx
from PIL import Image
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

here = os.path.dirname(os.path.abspath(__file__))
keras.utils.set_random_seed(0)

digits = load_digits()
pixels = digits.images[..., np.newaxis].astype(np.float32)
rows = np.arange(len(pixels))
kept, held = train_test_split(rows, test_size=450, random_state=0, stratify=digits.target)

model = keras.Sequential(
    [
        keras.Input((8, 8, 1), name="image"),
        keras.layers.Rescaling(1 / 16),
        keras.layers.RandomTranslation(0.1, 0.1, fill_mode="constant"),
        keras.layers.RandomRotation(0.03, fill_mode="constant"),
        keras.layers.Conv2D(16, 3, padding="same", activation="relu"),
        keras.layers.Conv2D(16, 3, activation="relu"),
        keras.layers.MaxPooling2D(),
        keras.layers.Conv2D(32, 2, activation="relu"),
        keras.layers.Flatten(),
        keras.layers.Dropout(0.3),
        keras.layers.Dense(10, activation="softmax", name="probabilities"),
    ]
)
model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(pixels[kept], digits.target[kept], batch_size=32, epochs=80, verbose=0)
model.save(os.path.join(here, "digit_classifier.keras"))

answers = model.predict(pixels[held], verbose=0)
right = int((answers.argmax(1) == digits.target[held]).sum())
print(f"accuracy on {len(held)} held-out digits: {right / len(held):.4f} ({right} right)")


@tf.function(input_signature=[tf.TensorSpec((None, 8, 8, 1), tf.float32, name="image")])
def predict(image):
    return model(image, training=False)


proto, _ = tf2onnx.convert.from_function(predict, input_signature=predict.input_signature, opset=18)
# tf2onnx has a name of its own for the output.
output = proto.graph.output[0]
proto.graph.node.append(onnx.helper.make_node("Identity", [output.name], ["probabilities"]))
output.name = "probabilities"
path = os.path.join(here, "digit_classifier.onnx")
onnx.save(proto, path)

shown = [next(row for row in held if digits.target[row] == digit) for digit in range(10)]
for digit, row in enumerate(shown):
    # Dark ink on light paper, each pixel a square of 16.
    paper = 255 - np.round(digits.images[row] * 255 / 16).astype(np.uint8)
    Image.fromarray(np.kron(paper, np.ones((16, 16), np.uint8))).save(os.path.join(here, f"photos/{digit}.png"))

expected = [
    {
        "pixels": digits.images[row].astype(int).ravel().tolist(),
        "digit": int(digits.target[row]),
        "probabilities": [round(float(value), 6) for value in answers[at]],
    }
    for at, row in enumerate(held[:200])
]
with open(os.path.join(here, "expected.jsonl"), "w", encoding="utf-8") as file:
    file.writelines(json.dumps(row) + "\n" for row in expected)
print(f"wrote digit_classifier.keras, digit_classifier.onnx ({os.path.getsize(path)} bytes) and expected.jsonl")
