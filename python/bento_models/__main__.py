"""What `bento models import` runs: a request as JSON on stdin, `converted.json` or `refused.json` in its folder."""
import importlib
import json
import os
import sys
import traceback

from .errors import Refused

SCRIPTS = {"sklearn": "sklearn_script", "pytorch": "pytorch_script", "tensorflow": "tensorflow_script"}


def main():
    request = json.load(sys.stdin)
    folder = request["folder"]
    try:
        script = importlib.import_module(f"bento_models.{SCRIPTS[request['framework']]}")
        script.run(request).write(folder)
    except Refused as refused:
        answer = {"code": refused.code, "message": refused.args[0], "hint": refused.hint}
        with open(os.path.join(folder, "refused.json"), "w", encoding="utf-8") as file:
            json.dump(answer, file)
    except ModuleNotFoundError as error:
        raise SystemExit(f"No module named {error.name!r}: {error}") from error


if __name__ == "__main__":
    main()
