"""What XGBoost, LightGBM and CatBoost themselves predict: bento reads their files, and is compared with this."""
import numpy as np

from .converted import Check
from .sample import as_numbers, bad, from_rows


def of_xgboost(model, rows):
    """`model`: a Booster, or one of the wrappers of scikit-learn's kind."""
    import xgboost

    if isinstance(model, xgboost.Booster):
        return {"predictions": model.predict(xgboost.DMatrix(named(rows, model.feature_names)))}
    return of_wrapper(model, rows)


def of_lightgbm(model, rows):
    import lightgbm

    if isinstance(model, lightgbm.Booster):
        return {"predictions": np.asarray(model.predict(rows))}
    return of_wrapper(model, rows)


def of_catboost(model, rows):
    return of_wrapper(model, rows)


def check_columns(model, table, source):
    """Of a model of CatBoost with categories, whose columns are an input each."""
    import pandas

    categories = set(model.get_cat_feature_indices())
    inputs = {
        name: words(column) if place in categories else as_numbers(column).astype(np.float32)
        for place, (name, column) in enumerate(zip(model.feature_names_, table.columns, strict=True))
    }
    return Check(source, inputs, of_catboost(model, pandas.DataFrame(inputs)))


def words(column):
    """Categories as CatBoost compares them: a file may hold the integer 3 as 3.0."""
    return np.array([word(value) for value in column], object)


def word(value):
    if isinstance(value, str):
        return value
    if value is not None and value == value and int(value) == value:
        return str(int(value))
    raise bad(f"The sample has {value!r} where the model takes a category, a word or an integer")


def of_wrapper(model, rows):
    if not hasattr(model, "predict_proba"):
        return {"predictions": np.asarray(model.predict(rows))}
    return {"probabilities": np.asarray(model.predict_proba(rows))}


def named(rows, names):
    """A Booster that was trained with names wants to see them again."""
    if names is None:
        return rows
    import pandas

    return pandas.DataFrame(rows, columns=names)


ANSWERS = {"xgboost": of_xgboost, "lightgbm": of_lightgbm, "catboost": of_catboost}


def check(framework, model, rows, source):
    if framework == "catboost" and len(model.get_cat_feature_indices()) > 0:
        table = from_rows(rows).pick(model.feature_names_, len(model.feature_names_))
        return check_columns(model, table, source)
    rows = np.asarray(rows, np.float64)
    answers = ANSWERS[framework](model, rows)
    return Check(source, {"features": rows}, answers)
