"""What a framework's script hands back, whoever called it."""
import json
import os
from dataclasses import dataclass, field

from .sample import pack


@dataclass
class Check:
    """Rows, and what the original answers to them: bento runs what was made of it on the same rows."""

    source: str
    inputs: dict
    expected: dict

    def as_json(self):
        return {
            "source": self.source,
            "inputs": {name: pack(array) for name, array in self.inputs.items()},
            "expected": {name: pack(array) for name, array in self.expected.items()},
        }


@dataclass
class Converted:
    """One way or several to write the model, the most faithful first: bento takes the first that answers as it does."""

    candidates: list
    context: dict = field(default_factory=dict)
    check: Check | None = None

    def write(self, folder):
        """Each candidate in a folder of its own, and `converted.json` that says what they are."""
        for index, files in enumerate(self.candidates):
            os.makedirs(os.path.join(folder, str(index)))
            for name, content in files.items():
                with open(os.path.join(folder, str(index), name), "wb") as file:
                    file.write(content)
        with open(os.path.join(folder, "converted.json"), "w", encoding="utf-8") as file:
            json.dump(self.said(), file)

    def said(self):
        return {
            "candidates": [{"main": main_of(files), "files": sorted(files)} for files in self.candidates],
            "context": {key: value for key, value in self.context.items() if value != ""},
            "check": self.check and self.check.as_json(),
        }


def main_of(files):
    return next(name for name in ("pipeline.json", "model.trees", "model.onnx") if name in files)
