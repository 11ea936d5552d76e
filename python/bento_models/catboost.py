"""Saves models of CatBoost."""
import os

from . import tables


def save_model(name, model, **options):
    """Stores the model, and returns its tag.

    Options: `signatures`, `labels`, `metadata`, `version`, `files` (paths of what belongs to it), `to` (a path),
    `sample` (rows on which bento must predict the same).
    """

    def write(folder):
        model.save_model(os.path.join(folder, "model.json"), format="json")
        return "model.json"

    return tables.save("catboost", name, model, write, options)
