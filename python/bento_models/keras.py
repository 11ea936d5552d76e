"""Saves models of Keras."""
from .tensorflow import save_model

__all__ = ["save_model"]
