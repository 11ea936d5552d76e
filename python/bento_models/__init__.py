"""Saves trained models for bento: from a notebook or a training job, without Node.

    import bento_models
    bento_models.sklearn.save_model("iris_classifier", model, signatures={"predict": {"batchable": True}})
"""
import importlib

__version__ = "0.1.0"
FRAMEWORKS = ("sklearn", "xgboost", "lightgbm", "catboost", "pytorch", "tensorflow", "keras", "onnx")
__all__ = list(FRAMEWORKS)


def __getattr__(name):
    if name in FRAMEWORKS:
        return importlib.import_module(f"bento_models.{name}")
    raise AttributeError(f"bento_models has no {name!r}")
