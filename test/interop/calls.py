"""Calls every method of a twin with BentoML's own client, and prints what came of each call as JSON.

    python calls.py URL sync|async FOLDER
"""

from __future__ import annotations

import asyncio
import hashlib
import inspect
import json
import sys
import typing as t
from pathlib import Path

import bentoml
import numpy as np
import pandas as pd
import PIL.Image

url, kind, folder = sys.argv[1:]
text_file = Path(folder, "note.txt")
text_file.write_text("a note")
sound_file = Path(folder, "sound.mp3")
sound_file.write_bytes(b"\xff\xfb\x90\x00" * 4)
image_file = Path(folder, "dot.png")
dot = PIL.Image.new("RGB", (3, 2), (200, 10, 30))
dot.save(image_file)

item = {"name": "tea", "price": 2, "tags": ["hot"]}

# A name, the method, and what it is called with.
calls: list[tuple[str, str, tuple, dict[str, t.Any]]] = [
    ("defaults", "greet", (), {}),
    ("keywords", "greet", (), {"name": "Ann", "times": 2}),
    ("positions", "greet", ("Bob", 3), {}),
    ("text that is not ASCII", "greet", ("é 🌷",), {}),
    ("out of range", "greet", (), {"times": 9}),
    ("integers", "add", (1, 2), {}),
    ("an integer as a float", "add", (), {"a": 1.0, "b": 2}),
    ("a fraction for an integer", "add", (), {"a": 1.5, "b": 2}),
    ("null for an integer", "add", (), {"a": None, "b": 2}),
    ("a parameter too few", "add", (), {"a": 1}),
    ("a parameter too many", "add", (), {"a": 1, "b": 2, "c": 3}),
    ("a float that is whole", "half", (6.0,), {}),
    ("a float", "half", (5,), {}),
    ("a boolean", "flip", (True,), {}),
    ("nothing", "nothing", (), {}),
    ("an object", "item", (), {"item": item}),
    ("an object with defaults", "item", (), {"item": {"name": "tea"}}),
    ("an object that lacks a field", "item", (), {"item": {"price": 2}}),
    ("an object with a wrong field", "item", (), {"item": {"name": "tea", "price": "dear"}}),
    ("a list of objects", "items", (), {"items": [item, {"name": "a"}]}),
    ("a root text", "shout", ('say "hé"',), {}),
    ("a root list", "reverse", ([1, 2, 3],), {}),
    ("a wrong root list", "reverse", (["a"],), {}),
    ("a root object", "item_root", (item,), {}),
    ("a batch", "classify", ([[1.5, 2], [3, 4]],), {}),
    ("an empty batch", "classify", ([],), {}),
    ("a batch larger than a batch", "classify", ([[i, 1] for i in range(20)],), {}),
    ("an array", "matrix", (np.array([[1, 2], [3, 4]]),), {}),
    ("an array of floats", "matrix", (np.array([[0.1, 2.5]], dtype="float64"),), {}),
    ("a nested list for an array", "matrix", ([[1, 2]],), {}),
    ("a table", "frame", (pd.DataFrame({"a": [1, 2], "b": ["x", None]}),), {}),
    ("a table in columns", "columns", (pd.DataFrame({"a": [1, 2], "b": ["x", "y"]}),), {}),
    ("a file", "file_in", (), {"f": text_file}),
    ("a file by its path, and a text", "file_in", (), {"f": str(text_file), "label": "é"}),
    ("files", "files", (), {"fs": [text_file, sound_file]}),
    ("a file of a content type", "audio", (), {"f": sound_file}),
    ("a file of the wrong content type", "audio", (), {"f": text_file}),
    ("a root file", "file_root", (image_file,), {}),
    ("a file as answer", "file_out", (), {}),
    ("an image that was read", "picture", (), {"image": PIL.Image.open(image_file)}),
    ("an image that was made", "picture", (), {"image": dot}),
    ("an image by its path", "picture", (), {"image": image_file}),
    ("bytes as answer", "blob", (), {}),
    ("a stream", "words", (2,), {}),
    ("a stream that fails at once", "late", (), {}),
    ("a list or nothing", "maybe", ([1, 2],), {}),
    ("nothing for a list", "maybe", (None,), {}),
    ("a number that is listed", "level", (2,), {}),
    ("a number that is not listed", "level", (3,), {}),
    ("a route of its own", "renamed", (), {"x": 7}),
    ("a method that is not there", "missing", (), {}),
    *[
        (f"error {name}", "err", (name,), {})
        for name in ("invalid", "notfound", "unprocessable", "unavailable", "teapot", "forbidden", "value")
    ],
]


def describe(value: t.Any) -> t.Any:
    """The value with its type, as JSON can say it."""
    kind = type(value).__name__
    if isinstance(value, np.ndarray):
        return {"type": kind, "dtype": str(value.dtype), "value": value.tolist()}
    if isinstance(value, pd.DataFrame):
        return {"type": kind, "columns": list(value.columns), "value": json.loads(value.to_json())}
    if isinstance(value, Path):
        return {"type": "Path", "suffix": value.suffix, "value": value.read_bytes().hex()}
    if isinstance(value, PIL.Image.Image):
        digest = hashlib.sha256(value.tobytes()).hexdigest()
        return {"type": "Image", "format": value.format, "size": value.size, "pixels": digest}
    if isinstance(value, bytes):
        return {"type": kind, "value": value.hex()}
    if isinstance(value, dict):
        return {"type": kind, "value": {key: describe(one) for key, one in value.items()}}
    if isinstance(value, (list, tuple)):
        return {"type": kind, "value": [describe(one) for one in value]}
    return {"type": kind, "value": value}


def failed(error: Exception) -> t.Any:
    code = getattr(error, "error_code", None)
    return {"error": type(error).__name__, "status": None if code is None else int(code)}


def call_sync(client: t.Any, method: str, args: tuple, kwargs: dict[str, t.Any]) -> t.Any:
    value = getattr(client, method)(*args, **kwargs)
    # How a stream is cut into pieces is the way's own affair.
    return "".join(value) if inspect.isgenerator(value) else value


async def call_async(client: t.Any, method: str, args: tuple, kwargs: dict[str, t.Any]) -> t.Any:
    value = getattr(client, method)(*args, **kwargs)
    if inspect.isasyncgen(value):
        return "".join([piece async for piece in value])
    return await value


def run_sync() -> dict[str, t.Any]:
    results = {}
    with bentoml.SyncHTTPClient(url, server_ready_timeout=60) as client:
        for name, *call in calls:
            try:
                results[name] = describe(call_sync(client, *call))
            except Exception as error:
                results[name] = failed(error)
    return results


async def run_async() -> dict[str, t.Any]:
    results = {}
    async with bentoml.AsyncHTTPClient(url, server_ready_timeout=60) as client:
        for name, *call in calls:
            try:
                results[name] = describe(await call_async(client, *call))
            except Exception as error:
                results[name] = failed(error)
    return results


print(json.dumps(run_sync() if kind == "sync" else asyncio.run(run_async())))
