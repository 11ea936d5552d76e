"""scikit-learn: trees are read out exactly; what stands before them, and all else, goes through skl2onnx in float64."""
import json

import numpy as np

from . import sample, sklearn_onnx, sklearn_trees
from .converted import Check, Converted
from .errors import Refused, needs, unsupported

PIP = "pip install scikit-learn skl2onnx"


def load(path):
    try:
        import joblib
        import sklearn
    except ImportError:
        raise needs("scikit-learn", PIP) from None
    try:
        return joblib.load(path)
    except ModuleNotFoundError as error:
        raise needs(error.name, f"pip install {error.name}") from error
    except Exception as error:
        raise Refused(
            "MODEL_INVALID",
            f'"{path}" cannot be read by scikit-learn {sklearn.__version__}: {error}',
            "Read it with the versions that it was saved with, or save it again.",
        ) from error


def convert(model, table=None, source="rows that were made up"):
    """`table`: rows to compare on; without it they are made up from what the model knows of its columns."""
    if not hasattr(model, "get_params"):
        raise Refused(
            "MODEL_INVALID",
            f"The file holds {type(model).__name__}, which is no estimator of scikit-learn",
            "Save the fitted estimator or pipeline itself.",
        )
    layout = sklearn_onnx.Layout.of(model)
    candidates = read(model, layout)
    rows = layout.rows(model, table)
    return Converted(
        candidates=candidates,
        context=context_of(model),
        check=Check(source, *compared(model, layout, rows)),
    )


def read(model, layout):
    """The files that answer as the model does, the most faithful first."""
    trees = sklearn_trees.read(final_of(model))
    if trees is None:
        return [{"model.onnx": content} for content in sklearn_onnx.export_either(model, layout)]
    before = steps_before(model)
    if before is None:
        return [{"model.trees": trees}]
    stages = [("onnx", "prepare.onnx"), ("trees", "model.trees")]
    listed = [{"runtime": runtime, "main": main} for runtime, main in stages]
    files = {
        "prepare.onnx": sklearn_onnx.export(before, layout),
        "model.trees": trees,
        "pipeline.json": json.dumps({"format": 1, "stages": listed}, indent=2).encode() + b"\n",
    }
    return [files]


def final_of(model):
    return final_of(model.steps[-1][1]) if is_pipeline(model) else model


def steps_before(model):
    """A pipeline of all but the last step, or None when nothing comes before it."""
    from sklearn.pipeline import Pipeline

    if not is_pipeline(model):
        return None
    last = steps_before(model.steps[-1][1])
    steps = [step for step in model.steps[:-1] if step[1] is not None and step[1] != "passthrough"]
    steps += [("last", last)] if last is not None else []
    return Pipeline(steps) if steps else None


def is_pipeline(model):
    return type(model).__name__ == "Pipeline" and hasattr(model, "steps")


def compared(model, layout, rows):
    """The inputs by name, and what the model itself answers to them."""
    given = layout.frame(rows)
    try:
        answers = answers_of(model, given)
    except Exception as error:
        raise Refused(
            "MODEL_INVALID",
            f"The model itself does not predict: {error}",
            "Give --sample rows as the model takes them.",
        ) from error
    return layout.inputs(rows), answers


def answers_of(model, given):
    if not hasattr(model, "predict"):
        if hasattr(model, "transform"):
            return {sklearn_onnx.TRANSFORMED: dense(model.transform(given))}
        raise unsupported(f"scikit-learn's {type(model).__name__}, which neither predicts nor transforms")
    answers = np.asarray(model.predict(given))
    if hasattr(model, "classes_"):
        shown = {"label": labels(answers)}
        if hasattr(model, "predict_proba"):
            shown["probabilities"] = np.asarray(model.predict_proba(given))
        return shown
    if type(final_of(model)).__name__ == "IsolationForest":
        return {"label": answers, "predictions": np.asarray(model.score_samples(given))}
    is_number = sklearn_onnx.kind_of(model) == "regressor"
    return {"predictions" if is_number else "label": answers}


def dense(rows):
    return rows.toarray() if hasattr(rows, "toarray") else np.asarray(rows)


def labels(answers):
    """Labels as JSON has them: words stay words, booleans are booleans."""
    return answers.astype(object) if answers.dtype.kind in "OUS" else answers


def context_of(model):
    import sklearn

    return {
        "estimator": type(final_of(model)).__name__,
        "steps": " > ".join(type(step).__name__ for _, step in model.steps) if is_pipeline(model) else "",
        "version": sklearn.__version__,
    }
