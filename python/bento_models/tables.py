"""Saves models whose files bento reads by itself."""
import os
import tempfile

from . import originals, saving


def save(framework, name, model, write, options):
    """`write`: saves the model to a path and returns the file's name."""
    saving.checked(name, "name")
    rows = options.pop("sample", None)
    check = None
    if rows is not None:
        check = originals.check(framework, model, rows, "rows that were given").as_json()
    with tempfile.TemporaryDirectory() as folder:
        original = write(folder)
        content = saving.read(os.path.join(folder, original))
    said = {"original": original, "check": check}
    return saving.save(name, framework, files={original: content}, said=said, options=options)
