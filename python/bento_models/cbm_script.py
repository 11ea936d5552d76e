"""Writes a model of CatBoost's binary format as JSON, which bento reads by itself."""
import json
import os

from .errors import Refused


class Rewritten:
    def write(self, folder):
        with open(os.path.join(folder, "converted.json"), "w", encoding="utf-8") as file:
            json.dump("model.json", file)


def run(request):
    import catboost

    try:
        model = catboost.CatBoost().load_model(request["file"], format="cbm")
        model.save_model(os.path.join(request["folder"], "model.json"), format="json")
    except (catboost.CatBoostError, ValueError, OSError) as error:
        raise Refused(
            "MODEL_INVALID",
            f'"{request["file"]}" cannot be read by CatBoost {catboost.__version__}: {str(error).splitlines()[0]}',
            "Save it again, with the version that trained it, as JSON: `save_model(\"model.json\", format=\"json\")`.",
        ) from error
    return Rewritten()
