"""Saves models of XGBoost: a Booster, or a wrapper of scikit-learn's kind."""
import os

from . import tables


def save_model(name, model, **options):
    """Stores the model, and returns its tag.

    Options: `signatures`, `labels`, `metadata`, `version`, `files` (paths of what belongs to it), `to` (a path),
    `sample` (rows on which bento must predict the same).
    """

    def write(folder):
        model.save_model(os.path.join(folder, "model.ubj"))
        return "model.ubj"

    return tables.save("xgboost", name, model, write, options)
