"""Turns an archive that is compressed by xz into one by gzip, byte for byte what is in it."""
import gzip
import json
import lzma
import os
import shutil

from .errors import Refused


class Repacked:
    def write(self, folder):
        with open(os.path.join(folder, "converted.json"), "w", encoding="utf-8") as file:
            json.dump("archive.tar.gz", file)


def run(request):
    target = os.path.join(request["folder"], "archive.tar.gz")
    try:
        with lzma.open(request["file"]) as source, gzip.open(target, "wb", 1) as repacked:
            shutil.copyfileobj(source, repacked, 1 << 20)
    except (lzma.LZMAError, EOFError) as error:
        raise Refused(
            "ARCHIVE_INVALID", f'"{request["file"]}" cannot be unpacked: {error}', "Export it again."
        ) from error
    return Repacked()
