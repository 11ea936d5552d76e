"""Saves estimators and pipelines of scikit-learn."""
from . import sample as samples
from . import saving, sklearn_convert


def save_model(name, model, *, sample=None, **options):
    """Stores a fitted estimator or pipeline, and returns its tag.

    `sample`: rows to compare predictions on; made up without it.
    Options: `signatures`, `labels`, `metadata`, `version`, `files` (paths of what belongs to it), `to` (a path).
    """
    saving.checked(name, "name")
    table = None if sample is None else samples.from_rows(sample)
    source = "rows that were made up" if sample is None else "rows that were given"
    converted = sklearn_convert.convert(model, table, source)
    return saving.save_converted(name, "sklearn", converted, options)
