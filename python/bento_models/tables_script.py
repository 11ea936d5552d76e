"""What the framework itself predicts for a sample, of a model whose file bento reads by itself."""
import json
import os

from . import originals, sample
from .errors import Refused


class Answers:
    def __init__(self, check):
        self.check = check

    def write(self, folder):
        with open(os.path.join(folder, "converted.json"), "w", encoding="utf-8") as file:
            json.dump(self.check.as_json(), file)


def run(request):
    framework = request["framework"]
    try:
        model, names, width = LOADERS[framework](request["file"])
    except (ValueError, OSError, RuntimeError) as error:
        raise Refused(
            "MODEL_INVALID", f'"{request["file"]}" cannot be read by {framework}: {error}', "Save it again."
        ) from error
    source = os.path.basename(request["sample"])
    table = sample.read(request["sample"]).pick(names, width)
    if framework == "catboost" and len(model.get_cat_feature_indices()) > 0:
        return Answers(originals.check_columns(model, table, source))
    return Answers(originals.check(framework, model, table.numbers(), source))


def load_xgboost(path):
    import xgboost

    model = xgboost.Booster(model_file=path)
    return model, model.feature_names, model.num_features()


def load_lightgbm(path):
    import lightgbm

    model = lightgbm.Booster(model_file=path)
    names = model.feature_name()
    is_named = names != [f"Column_{i}" for i in range(len(names))]
    return model, names if is_named else None, model.num_feature()


def load_catboost(path):
    import catboost

    with open(path, "rb") as file:
        form = "cbm" if file.read(4) == b"CBM1" else "json"
    model = catboost.CatBoost().load_model(path, format=form)
    if len(model.classes_) > 0:
        model = catboost.CatBoostClassifier().load_model(path, format=form)
    names = model.feature_names_
    is_named = names != [str(i) for i in range(len(names))]
    return model, names if is_named else None, len(names)


LOADERS = {"xgboost": load_xgboost, "lightgbm": load_lightgbm, "catboost": load_catboost}
