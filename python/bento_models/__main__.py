"""What `bento models import` runs: a request as JSON on stdin, `converted.json` or `refused.json` in its folder."""
import importlib
import json
import os
import sys

from .errors import Refused, needs

# Each script, and what it needs.
SCRIPTS = {
    "xz": ("xz_script", ""),
    "xgboost": ("tables_script", "xgboost pandas"),
    "lightgbm": ("tables_script", "lightgbm"),
    "catboost": ("tables_script", "catboost"),
    "cbm": ("cbm_script", "catboost"),
    "sklearn": ("sklearn_script", "scikit-learn skl2onnx"),
    "pytorch": ("pytorch_script", "torch onnx onnxscript"),
    "tensorflow": ("tensorflow_script", "tensorflow tf2onnx"),
}


def main():
    request = json.load(sys.stdin)
    folder = request["folder"]
    try:
        run(request).write(folder)
    except Refused as refused:
        answer = {"code": refused.code, "message": refused.args[0], "hint": refused.hint}
        with open(os.path.join(folder, "refused.json"), "w", encoding="utf-8") as file:
            json.dump(answer, file)


def run(request):
    name, packages = SCRIPTS[request["framework"]]
    try:
        return importlib.import_module(f"bento_models.{name}").run(request)
    except ModuleNotFoundError as error:
        raise needs(error.name, f"pip install {packages}") from error


if __name__ == "__main__":
    main()
