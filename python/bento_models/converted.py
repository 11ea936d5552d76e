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
    files: dict
    main: str
    context: dict = field(default_factory=dict)
    check: Check | None = None

    def write(self, folder):
        """The files, and `converted.json` that says what they are."""
        for name, content in self.files.items():
            with open(os.path.join(folder, name), "wb") as file:
                file.write(content)
        said = {
            "main": self.main,
            "files": sorted(self.files),
            "context": {key: value for key, value in self.context.items() if value != ""},
            "check": self.check and self.check.as_json(),
        }
        with open(os.path.join(folder, "converted.json"), "w", encoding="utf-8") as file:
            json.dump(said, file)
