"""scikit-learn's trees, read out exactly: the same comparisons, sums and links, in the same precision."""
import numpy as np

from . import forest
from .errors import unsupported

# The largest number below zero: `x > JUST_BELOW_ZERO` is `x >= 0`, as scikit-learn asks of a binary margin.
JUST_BELOW_ZERO = -5e-324

# Sets are bits from 0 to their largest category.
MOST_CATEGORY = 65535


def read(estimator):
    """The bytes of `model.trees`, or None for what is no tree."""
    return forest.encode(*READERS[type(estimator).__name__](estimator)) if is_tree(estimator) else None


def is_tree(estimator):
    kind = type(estimator).__name__
    if not type(estimator).__module__.startswith("sklearn.") or kind not in READERS:
        return False
    # A bag may hold anything.
    return not kind.startswith("Bagging") or all(type(part).__name__ in TREES for part in estimator.estimators_)


def read_bag(estimator):
    """The mean over trees that each saw columns of their own."""
    is_classifier = hasattr(estimator, "classes_")
    width = int(estimator.n_classes_) if is_classifier else 1
    writer = forest.ForestWriter()
    for tree, columns in zip(estimator.estimators_, estimator.estimators_features_):
        values = leaf_values(tree.tree_, len(tree.classes_) if is_classifier else 1)
        if is_classifier:
            # A tree knows the classes by number, and only those that it saw.
            spread = np.zeros((len(values), width))
            spread[:, np.asarray(tree.classes_, int)] = values
            values = spread
        writer.add(renumbered(nodes_of(tree.tree_, values), columns))
    head = forest.header(
        **rows_of(estimator, "float32"),
        base=np.zeros(width),
        leafWidth=width,
        divisor=len(estimator.estimators_),
        **(classes_of(estimator) if is_classifier else {}),
    )
    return head, writer


def renumbered(nodes, columns):
    features = np.where(nodes["is_leaf"], 0, nodes["features"])
    return {**nodes, "features": np.asarray(columns)[features]}


def read_isolation_forest(estimator):
    """How soon trees set a row apart. `predictions` are score_samples; what is below the offset is an outlier, -1."""
    depth = len(estimator.estimators_) * float(average_path(estimator._max_samples))
    if depth == 0:
        raise unsupported(f"{name_of(estimator)} of single rows")
    writer = forest.ForestWriter()
    for tree, columns in zip(estimator.estimators_, estimator.estimators_features_):
        paths = tree.tree_.compute_node_depths() + average_path(tree.tree_.n_node_samples) - 1.0
        writer.add(renumbered(nodes_of(tree.tree_, paths.reshape(-1, 1)), columns))
    classes = {"count": 2, "labels": [-1, 1], "margin": last_outlier(estimator.offset_, depth), "isPlain": True}
    head = forest.header(
        **rows_of(estimator, "float32"),
        base=[0.0],
        transform={"name": "isolation", "alpha": depth},
        classes=classes,
    )
    return head, writer


def average_path(count):
    from sklearn.ensemble._iforest import _average_path_length

    counts = np.atleast_1d(np.asarray(count))
    return _average_path_length(counts) if np.ndim(count) else _average_path_length(counts)[0]


def last_outlier(offset, depth):
    """The largest sum of depths that scikit-learn, with all its rounding, still calls an outlier."""
    low, high = 0.0, 64.0 * depth
    while True:
        middle = (low + high) / 2
        if middle in (low, high):
            return low
        is_outlier = -(2 ** -np.divide(middle, depth)) - offset < 0
        low, high = (middle, high) if is_outlier else (low, middle)


def read_forest(estimator):
    return averaged(estimator, estimator.estimators_)


def read_tree(estimator):
    return averaged(estimator, [estimator])


def averaged(estimator, trees):
    """The mean over trees of what their leaves say: class fractions, or numbers."""
    is_classifier = hasattr(estimator, "classes_")
    if is_classifier and estimator.n_outputs_ > 1:
        raise unsupported(f"{name_of(estimator)} with several labels per row")
    width = int(estimator.n_classes_) if is_classifier else estimator.n_outputs_
    writer = forest.ForestWriter()
    for tree in trees:
        writer.add(nodes_of(tree.tree_, leaf_values(tree.tree_, width)))
    head = forest.header(
        **rows_of(estimator, "float32"),
        base=np.zeros(width),
        leafWidth=width,
        divisor=len(trees),
        **(classes_of(estimator) if is_classifier else {}),
    )
    return head, writer


def leaf_values(tree, width):
    """Of a classifier the first `width` columns; of a regressor with several outputs one column for each."""
    values = tree.value
    return values[:, 0, :width] if values.shape[1] == 1 else values[:, :, 0]


def nodes_of(tree, values):
    is_leaf = tree.children_left < 0
    missing = tree.__getstate__()["nodes"]["missing_go_to_left"].astype(bool)
    return {
        "is_leaf": is_leaf,
        "features": tree.feature,
        "thresholds": tree.threshold,
        "lefts": tree.children_left,
        "rights": tree.children_right,
        "kinds": np.where(missing, forest.NUMBER | forest.MISSING_LEFT, forest.NUMBER),
        "values": values,
    }


def read_gradient_boosting(estimator):
    """A constant, plus the learning rate times each leaf."""
    is_classifier = hasattr(estimator, "classes_")
    stages = estimator.estimators_
    writer = forest.ForestWriter()
    for trees in stages:
        for group, tree in enumerate(trees):
            writer.add(nodes_of(tree.tree_, estimator.learning_rate * tree.tree_.value[:, 0, 0]), group)
    links = boosting_link(estimator, stages.shape[1]) if is_classifier else {}
    base = constant_of(estimator, stages.shape[1])
    return forest.header(**rows_of(estimator, "float32"), base=base, **links), writer


def boosting_link(estimator, width):
    if width > 1:
        return {"transform": "softmax", **classes_of(estimator, margin=0)}
    alpha = 2 if estimator.loss == "exponential" else 1
    sigmoid = {"name": "sigmoid", "alpha": alpha}
    return {"transform": sigmoid, **classes_of(estimator, margin=JUST_BELOW_ZERO)}


def constant_of(estimator, width):
    """What every row starts with. An initial estimator of the user's own looks at the row."""
    initial = estimator.init_
    if isinstance(initial, str) or type(initial).__name__ in ("DummyClassifier", "DummyRegressor"):
        if isinstance(initial, str):
            return np.zeros(width)
        row = np.zeros((1, estimator.n_features_in_), np.float32)
        return np.ravel(estimator._raw_predict_init(row))
    raise unsupported(f"{name_of(estimator)} with init={type(initial).__name__}")


def read_hist_gradient_boosting(estimator):
    is_classifier = hasattr(estimator, "classes_")
    categories, columns = categories_of(estimator)
    writer = forest.ForestWriter()
    for predictors in estimator._predictors:
        for group, predictor in enumerate(predictors):
            writer.add(hist_nodes(predictor, writer, (categories, columns)), group)
    width = len(estimator._predictors[0]) if estimator._predictors else 1
    links = hist_link(estimator, width, is_classifier)
    base = np.ravel(estimator._baseline_prediction)
    return forest.header(**rows_of(estimator, "float64"), base=base, **links), writer


def hist_link(estimator, width, is_classifier):
    if is_classifier and width > 1:
        return {"transform": "softmax", **classes_of(estimator, margin=0)}
    if is_classifier:
        return {"transform": "sigmoid", **classes_of(estimator, margin=0)}
    return {"transform": "exp" if estimator.loss in ("poisson", "gamma") else "identity"}


def hist_nodes(predictor, writer, coding):
    nodes = predictor.nodes
    is_leaf = nodes["is_leaf"].astype(bool)
    missing = nodes["missing_go_to_left"].astype(bool)
    kinds = np.where(missing, forest.MISSING_LEFT, 0) | forest.NUMBER
    thresholds = nodes["num_threshold"].astype(np.float64)
    categories, columns = coding
    features = nodes["feature_idx"].astype(np.int64)
    lefts, rights = nodes["left"].astype(np.int64), nodes["right"].astype(np.int64)
    for node in np.flatnonzero(nodes["is_categorical"].astype(bool) & ~is_leaf):
        words = predictor.raw_left_cat_bitsets[nodes["bitset_idx"][node]]
        known = categories[int(features[node])]
        # What is unknown goes where NaN goes, and what is in no set goes right: so NaN's side must be the right one.
        if missing[node]:
            lefts[node], rights[node] = rights[node], lefts[node]
        thresholds[node] = writer.add_set(
            [value for value, code in known if has(words, code) != missing[node]]
        )
        kinds[node] = forest.EXACT_CATEGORY
    return {
        "is_leaf": is_leaf,
        "features": columns[features],
        "thresholds": thresholds,
        "lefts": lefts,
        "rights": rights,
        "kinds": kinds,
        "values": nodes["value"],
    }


def has(words, code):
    return bool((int(words[code // 32]) >> (code % 32)) & 1)


def categories_of(estimator):
    """For each categorical column, as the trees number it, its categories with their codes; and where columns come from."""
    count = estimator.n_features_in_
    is_categorical = getattr(estimator, "is_categorical_", None)
    if is_categorical is None:
        return {}, np.arange(count)
    columns = np.concatenate([np.flatnonzero(is_categorical), np.flatnonzero(~is_categorical)])
    encoder = estimator._preprocessor.named_transformers_["encoder"]
    listed = [numbered(estimator, categories) for categories in encoder.categories_]
    return dict(enumerate(listed)), columns


def numbered(estimator, categories):
    known = [category for category in categories if category == category and category is not None]
    if all(is_whole(category) for category in known):
        return [(int(category), code) for code, category in enumerate(known)]
    raise unsupported(
        f"{name_of(estimator)} with categories that are no whole numbers from 0 to {MOST_CATEGORY}"
    )


def is_whole(category):
    is_number = isinstance(category, (int, float, np.integer, np.floating))
    return is_number and 0 <= category <= MOST_CATEGORY and category == int(category)


def rows_of(estimator, precision):
    names = getattr(estimator, "feature_names_in_", ())
    return {
        "features": estimator.n_features_in_,
        "featureNames": [str(name) for name in names],
        "rows": precision,
    }


def classes_of(estimator, margin=None):
    labels = estimator.classes_
    if len(labels) < 2:
        raise unsupported(f"{name_of(estimator)} with a single class")
    classes = {"count": len(labels), "labels": [plain(label) for label in labels]}
    return {"classes": classes if margin is None else {**classes, "margin": margin}}


def plain(label):
    """A label as JSON has it."""
    if isinstance(label, (bool, np.bool_)):
        return bool(label)
    if isinstance(label, (int, np.integer)):
        return int(label)
    return float(label) if isinstance(label, (float, np.floating)) else str(label)


def name_of(estimator):
    return f"scikit-learn's {type(estimator).__name__}"


TREES = ("DecisionTreeClassifier", "DecisionTreeRegressor", "ExtraTreeClassifier", "ExtraTreeRegressor")
READERS = {
    "BaggingClassifier": read_bag,
    "BaggingRegressor": read_bag,
    "IsolationForest": read_isolation_forest,
    "DecisionTreeClassifier": read_tree,
    "DecisionTreeRegressor": read_tree,
    "ExtraTreeClassifier": read_tree,
    "ExtraTreeRegressor": read_tree,
    "RandomForestClassifier": read_forest,
    "RandomForestRegressor": read_forest,
    "ExtraTreesClassifier": read_forest,
    "ExtraTreesRegressor": read_forest,
    "GradientBoostingClassifier": read_gradient_boosting,
    "GradientBoostingRegressor": read_gradient_boosting,
    "HistGradientBoostingClassifier": read_hist_gradient_boosting,
    "HistGradientBoostingRegressor": read_hist_gradient_boosting,
}
