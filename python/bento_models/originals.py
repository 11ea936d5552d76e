"""What XGBoost, LightGBM and CatBoost themselves predict: bento reads their files, and is compared with this."""
import numpy as np

from .converted import Check


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
    rows = np.asarray(rows, np.float64)
    answers = ANSWERS[framework](model, rows)
    return Check(source, {"features": rows}, answers)
