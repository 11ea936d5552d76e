"""Saves models in ONNX: a ModelProto, or the path of a file."""
import os

from . import saving


def save_model(name, model, **options):
    """Stores the model, and returns its tag. Options: as everywhere, but for `sample`."""
    saving.checked(name, "name")
    content = model.SerializeToString() if hasattr(model, "SerializeToString") else saving.read(os.fspath(model))
    said = {"original": "model.onnx"}
    return saving.save(name, "onnx", files={"model.onnx": content}, said=said, options=options)
