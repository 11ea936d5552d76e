"""Import of a pickled estimator or pipeline."""
import os

from . import sample, sklearn_convert


def run(request):
    model = sklearn_convert.load(request["file"])
    if request.get("sample") is None:
        return sklearn_convert.convert(model)
    table = sample.read(request["sample"])
    return sklearn_convert.convert(model, table, os.path.basename(request["sample"]))
