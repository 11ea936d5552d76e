"""Saves a model of each framework with bento_models, and prints the tags as JSON."""
import json
import os
import sys

import catboost
import lightgbm
import numpy as np
import pandas
import xgboost
from sklearn.ensemble import RandomForestClassifier

import bento_models

folder = sys.argv[1]
rng = np.random.default_rng(0)
X = rng.normal(size=(200, 4))
X[rng.random(X.shape) < 0.1] = np.nan
y = (np.nan_to_num(X[:, 0]) > 0).astype(int)
np.save(os.path.join(folder, "rows.npy"), X)


def path(name):
    return os.path.join(folder, name)


forest = RandomForestClassifier(5, random_state=0).fit(X, y)
booster = xgboost.train({"objective": "count:poisson"}, xgboost.DMatrix(X, y), 5)
leaves = lightgbm.LGBMClassifier(n_estimators=5, verbose=-1).fit(X, y)
cats = catboost.CatBoostClassifier(iterations=5, verbose=0, allow_writing_files=False).fit(X, y)
plans = pandas.DataFrame({"age": X[:, 0], "city": rng.choice(["Bonn", "Köln", "Ulm"], 200), "plan": rng.integers(0, 4, 200)})
plans_y = (plans.city == "Bonn") ^ (plans.plan > 1)
words = catboost.CatBoostClassifier(
    iterations=5, one_hot_max_size=9, cat_features=["city", "plan"], verbose=0, allow_writing_files=False
).fit(plans, plans_y)
words.save_model(path("words.json"), format="json")
plans.to_csv(path("plans.csv"), index=False)
booster.save_model(path("booster.ubj"))
leaves.booster_.save_model(path("leaves.txt"))
cats.save_model(path("cats.json"), format="json")
signatures = {"predict": {"batchable": True}}
said = {"signatures": signatures, "metadata": {"accuracy": np.float64(0.9), "folds": [1, 2]}, "labels": {"team": "a"}}
print(json.dumps([
    bento_models.sklearn.save_model("forest", forest, **said),
    bento_models.sklearn.save_model("forest", forest, **said),
    bento_models.xgboost.save_model("classes", xgboost.XGBClassifier(n_estimators=5).fit(X, y), sample=X),
    bento_models.xgboost.save_model("booster", booster, sample=X, files=[path("rows.npy")]),
    bento_models.lightgbm.save_model("leaves", leaves, sample=X),
    bento_models.catboost.save_model("cats", cats, sample=X, version="v1"),
    bento_models.catboost.save_model("words", words, sample=plans),
    bento_models.onnx.save_model("iris", sys.argv[2], to=path("iris.bentomodel")),
]))
