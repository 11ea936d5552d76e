"""Tree ensembles in the form that bento's trees runtime opens: `model.trees`.

8 bytes "bentotre", the version of the form and the length of the header as little-endian uint32, a JSON header, then
the arrays that it lists, each from the next multiple of 8 bytes on.
"""
import json
import struct

import numpy as np

MISSING_LEFT = 4
NUMBER = 0
EXACT_CATEGORY = 8

VERSION = 1


class ForestWriter:
    """Collects trees. Children below zero are leaves, `~child` their number; others come after their parent."""

    def __init__(self):
        self.roots, self.groups = [], []
        self.features, self.thresholds, self.lefts, self.rights, self.kinds = [], [], [], [], []
        self.leaves, self.sets = [], []
        self.nodes = self.leaf_count = 0

    def add(self, tree, group=0):
        """`tree`: arrays over all of its nodes; `lefts` and `rights` are its own ids, and only splits have them."""
        is_leaf = tree["is_leaf"]
        ids = np.where(
            is_leaf,
            -(np.cumsum(is_leaf) + self.leaf_count),
            np.cumsum(~is_leaf) - 1 + self.nodes,
        )
        splits = ~is_leaf
        self.roots.append(int(ids[0]))
        self.groups.append(group)
        self.features.append(tree["features"][splits])
        self.thresholds.append(tree["thresholds"][splits])
        self.lefts.append(ids[tree["lefts"][splits]])
        self.rights.append(ids[tree["rights"][splits]])
        self.kinds.append(tree["kinds"][splits])
        self.leaves.append(np.ravel(tree["values"][is_leaf]))
        self.nodes += int(splits.sum())
        self.leaf_count += int(is_leaf.sum())

    def add_set(self, categories):
        """The number of a set of categories, each a whole number from 0 up."""
        words = np.zeros(int(max(categories, default=0)) // 32 + 1, np.uint32)
        for category in categories:
            words[int(category) // 32] |= np.uint32(1 << (int(category) % 32))
        self.sets.append(words)
        return len(self.sets) - 1

    def arrays(self):
        starts = np.cumsum([0, *(len(words) for words in self.sets)])
        return {
            "roots": np.array(self.roots, "<i4"),
            "groups": np.array(self.groups, "<i4"),
            "features": join(self.features, "<i4"),
            "thresholds": join(self.thresholds, "<f8"),
            "lefts": join(self.lefts, "<i4"),
            "rights": join(self.rights, "<i4"),
            "kinds": join(self.kinds, "u1"),
            "leaves": join(self.leaves, "<f8"),
            "setStarts": starts.astype("<i4"),
            "setWords": join(self.sets, "<u4"),
            "termStarts": np.zeros(0, "<i4"),
            "termFeatures": np.zeros(0, "<i4"),
            "termFactors": np.zeros(0, "<f8"),
            "leafConstants": np.zeros(0, "<f8"),
        }


def join(parts, dtype):
    return np.concatenate([np.asarray(part, dtype) for part in parts] or [np.zeros(0, dtype)])


def header(*, features, rows, base, transform="identity", **rest):
    """All of a model but its arrays; what is not given is neutral."""
    return {
        "features": int(features),
        "featureNames": [],
        "rows": rows,
        "sums": "float64",
        "zeroBelow": 0,
        "leafWidth": 1,
        "base": [float(value) for value in base],
        "divisor": 1,
        "scale": 1,
        "bias": [],
        "transform": transform if isinstance(transform, dict) else {"name": transform},
        **rest,
    }


TYPES = {"<i4": "Int32Array", "<u4": "Uint32Array", "<f8": "Float64Array", "|u1": "Uint8Array"}


def encode(head, forest):
    arrays = forest.arrays()
    listed = [
        {"name": name, "type": TYPES[array.dtype.str], "length": len(array)}
        for name, array in arrays.items()
    ]
    text = json.dumps({"kind": "forest", "header": head, "arrays": listed}).encode()
    parts = [b"bentotre", struct.pack("<II", VERSION, len(text)), text, padding(16 + len(text))]
    for array in arrays.values():
        parts += [array.tobytes(), padding(array.nbytes)]
    return b"".join(parts)


def padding(length):
    return bytes(-length % 8)
