"""Writes a model as an archive: into a store's inbox, where bento takes it from, or as a file of its own."""
import base64
import hashlib
import io
import json
import os
import re
import secrets
import tarfile

from .errors import Refused

NAME = re.compile(r"[a-z0-9](?:[a-z0-9._-]{0,61}[a-z0-9])?")


def save(name, framework, *, files, said, options):
    """`files`: contents by path. `said`: what bento must know of them. Returns the tag."""
    version = options.get("version")
    manifest = {
        "format": 1,
        "name": checked(name, "name"),
        "version": "",
        "framework": framework,
        "signatures": signatures_of(options.get("signatures")),
        "labels": {str(key): str(value) for key, value in (options.get("labels") or {}).items()},
        "metadata": {str(key): fact(value) for key, value in (options.get("metadata") or {}).items()},
        "files": [],
        "check": None,
        "converted": None,
        **said,
    }
    companions = {os.path.basename(path): read(path) for path in options.get("files") or ()}
    files = {**files, **companions}
    manifest["files"] = sorted(companions)
    manifest["version"] = checked(version or version_of(manifest, files), "version")
    content = archive({"saved.json": json.dumps(manifest).encode(), **files})
    tag = f"{manifest['name']}:{manifest['version']}"
    write(content, place_of(tag, options.get("to")))
    return tag


def save_converted(name, framework, converted, options):
    """A model that was made into files of a runtime."""
    files = {
        f"{index}/{path}": content
        for index, candidate in enumerate(converted.candidates)
        for path, content in candidate.items()
    }
    return save(name, framework, files=files, said={"converted": converted.said()}, options=options)


def checked(text, what):
    if isinstance(text, str) and NAME.fullmatch(text):
        return text
    raise Refused(
        "TAG_INVALID",
        f"{text!r} cannot be the {what} of a model",
        "Use lower-case letters, digits, '.', '-' and '_'.",
    )


def signatures_of(signatures):
    given = signatures or {"run": {}}
    return {
        name: {"batchable": bool(one.get("batchable", False)), "batch_dim": axis_of(one.get("batch_dim", 0))}
        for name, one in given.items()
    }


def axis_of(axis):
    return int(axis[0] if isinstance(axis, (list, tuple)) else axis)


def fact(value):
    """Lists and maps are kept as JSON."""
    if isinstance(value, (str, bool, int, float)):
        return value
    item = getattr(value, "item", None)
    return fact(item()) if item and getattr(value, "ndim", 1) == 0 else json.dumps(value)


def read(path):
    with open(path, "rb") as file:
        return file.read()


def version_of(manifest, files):
    """Of the content, so that the same model always gets the same version."""
    digest = hashlib.sha256(json.dumps(manifest, sort_keys=True).encode())
    for path in sorted(files):
        digest.update(f"{path} {len(files[path])}\n".encode() + files[path])
    return base64.b32encode(digest.digest()[:10]).decode().lower()


def archive(files):
    """A gzip tar whose bytes depend on nothing but the files; the manifest is the first."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz", compresslevel=6) as tar:
        for path, content in files.items():
            entry = tarfile.TarInfo(path)
            entry.size = len(content)
            entry.mode = 0o644
            tar.addfile(entry, io.BytesIO(content))
    return packed.getvalue()


def place_of(tag, to):
    if to is None:
        inbox = os.path.join(home(), "models", ".inbox")
        os.makedirs(inbox, exist_ok=True)
        return os.path.join(inbox, tag.replace(":", "-") + ".bentomodel")
    to = os.fspath(to)
    is_folder = to.endswith(("/", os.sep)) or os.path.isdir(to)
    return os.path.join(to, tag.replace(":", "-") + ".bentomodel") if is_folder else to


def home():
    return os.environ.get("BENTO_HOME") or os.path.join(os.path.expanduser("~"), ".bento")


def write(content, path):
    """Whole or not at all: nobody ever finds half of it."""
    temporary = os.path.join(os.path.dirname(os.path.abspath(path)), f".{secrets.token_hex(6)}.tmp")
    try:
        with open(temporary, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    finally:
        if os.path.exists(temporary):
            os.remove(temporary)
