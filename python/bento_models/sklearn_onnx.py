"""The way of scikit-learn through skl2onnx."""
import numpy as np

from . import sample, sklearn_trees
from .errors import Refused, needs, unsupported

PIP = "pip install skl2onnx"
OPSETS = {"": 21, "ai.onnx.ml": 3}
LOCALE = "C.UTF-8"
MATRIX = "features"
TRANSFORMED = "transformed"


class Layout:
    """How the rows of a model come: one matrix of numbers, or a column for each name, some of words."""

    def __init__(self, names, width, words, is_matrix):
        self.names = names
        self.width = width
        self.words = words
        self.is_matrix = is_matrix

    @staticmethod
    def of(model):
        parts = list(parts_of(model))
        names = [str(name) for name in first_with(parts, "feature_names_in_", ())] or None
        width = int(first_with(parts, "n_features_in_", 1))
        if is_text(parts[1] if len(parts) > 1 else parts[0]):
            return Layout(["text"], 1, {"text"}, False)
        selectors = [part for part in parts if type(part).__name__ == "ColumnTransformer"]
        encoders = [part for part in parts if has_words(part)]
        if not selectors and not encoders:
            return Layout(names, width, set(), True)
        names = names or [f"column_{i}" for i in range(width)]
        words = words_in(selectors[0], names) if selectors else set(names)
        return Layout(names, width, words, False)

    def types(self, precision):
        from skl2onnx.common.data_types import DoubleTensorType, FloatTensorType, StringTensorType

        number = DoubleTensorType if precision == "float64" else FloatTensorType
        if self.is_matrix:
            return [(MATRIX, number([None, self.width]))]
        kinds = {True: StringTensorType, False: number}
        return [(name, kinds[name in self.words]([None, 1])) for name in self.names]

    def rows(self, model, table):
        if table is not None:
            return table.pick(self.names, self.width)
        if not self.is_matrix:
            return made_columns(model, self)
        thresholds = thresholds_of(model)
        takes = {value for value in ("missing", np.inf) if takes_value(model, self, value)}
        if thresholds:
            return sample.Table.of(sample.edge_rows(thresholds, self.width, takes), self.names)
        rows = spread(sample.ordinary_rows(self.width, "missing" in takes), model)
        return sample.Table.of(rows, self.names)

    def frame(self, rows):
        """The rows as the model takes them."""
        if self.words == {"text"} and self.names == ["text"]:
            return [str(value) for value in rows.columns[0]]
        if self.names is None:
            return rows.numbers()
        try:
            import pandas
        except ImportError:
            if self.is_matrix:
                return rows.numbers()
            raise needs("pandas", "pip install pandas") from None
        columns = zip(self.names, rows.columns, strict=True)
        return pandas.DataFrame({name: self.cells(name, column) for name, column in columns})

    def cells(self, name, column):
        return np.asarray(column, object) if name in self.words else sample.as_numbers(column)

    def inputs(self, rows):
        if self.is_matrix:
            return {MATRIX: rows.numbers()}
        columns = zip(self.names, rows.columns, strict=True)
        return {name: self.cells(name, column).reshape(-1, 1) for name, column in columns}


def parts_of(model, seen=None):
    """The model and all estimators inside it."""
    seen = set() if seen is None else seen
    if id(model) in seen or isinstance(model, type):
        return
    if isinstance(model, (list, tuple)) or (isinstance(model, np.ndarray) and model.dtype == object):
        for part in model if not isinstance(model, np.ndarray) else model.ravel():
            yield from parts_of(part, seen)
    elif isinstance(model, dict):
        yield from parts_of(list(model.values()), seen)
    elif hasattr(model, "get_params"):
        seen.add(id(model))
        yield model
        # A selector of columns has taken what it needs of the estimator inside.
        if not hasattr(model, "get_support"):
            yield from parts_of([value for name, value in vars(model).items() if name != "_preprocessor"], seen)


def first_with(parts, name, default):
    return next((getattr(part, name) for part in parts if hasattr(part, name)), default)


def is_text(part):
    return hasattr(part, "vocabulary_") and hasattr(part, "build_analyzer")


def has_words(part):
    categories = getattr(part, "categories_", ())
    return any(np.asarray(values).dtype.kind in "OUS" for values in categories)


def words_in(selector, names):
    """The columns that a transformer of words takes."""
    found = set()
    for _, transformer, columns in selector.transformers_:
        if any(has_words(part) or is_text(part) for part in parts_of(transformer)):
            found.update(names_of(columns, names))
    return found


def names_of(columns, names):
    if isinstance(columns, str):
        return [columns]
    if isinstance(columns, slice):
        return names[columns] if not isinstance(columns.start, str) else []
    columns = np.asarray(columns)
    if columns.dtype == bool:
        return [name for name, is_in in zip(names, columns) if is_in]
    return [column if isinstance(column, str) else names[int(column)] for column in np.ravel(columns)]


def kind_of(model):
    from sklearn.base import is_classifier, is_regressor

    if is_classifier(model):
        return "classifier"
    return "regressor" if is_regressor(model) else "other"


def export_either(model, layout):
    """In float64; and in float32, since not everything of ONNX and onnxruntime is there in float64."""
    made, refused = [], None
    for precision in ("float64", "float32"):
        try:
            made.append(export(model, layout, precision))
        except Refused as error:
            refused = error
    if not made:
        raise refused
    return made


def export(model, layout, precision="float64"):
    """The bytes of the ONNX model, its outputs under bento's names."""
    try:
        from skl2onnx import to_onnx
    except ImportError:
        raise needs("skl2onnx", PIP) from None
    for part in parts_of(model):
        if sklearn_trees.is_tree(part):
            raise unsupported(f"scikit-learn's {type(model).__name__} with {type(part).__name__} inside")
    register_own()
    try:
        made = to_onnx(
            model,
            initial_types=layout.types(precision),
            options=plain_options(model),
            target_opset=OPSETS,
        )
    except Exception as error:
        raise Refused(
            "MODEL_UNSUPPORTED",
            f"skl2onnx does not convert {type(model).__name__}: {first_line(error)}",
            "Leave that step out of the model and do it in the service.",
        ) from error
    keep_outputs(made.graph, output_names(model))
    return made.SerializeToString()


def plain_options(model):
    """Text in the one locale that a slim image has too, and probabilities as a matrix instead of dictionaries."""
    options = {id(part): {"locale": LOCALE} for part in parts_of(model) if is_text(part)}
    last = model.steps[-1][1] if hasattr(model, "steps") else model
    if has_probabilities(last):
        options[id(last)] = {"zipmap": False}
    # Of all classifiers it alone has no such option, and in a pipeline it is given one where it has none of its own.
    elif type(last).__name__ == "LinearSVC":
        options[id(last)] = {"raw_scores": False}
    return options or None


def has_probabilities(model):
    return kind_of(model) == "classifier" and hasattr(model, "predict_proba")


def register_own():
    """onnxruntime has no Imputer in float64: what is missing is replaced by an operator that it has."""
    from skl2onnx import update_registered_converter
    from skl2onnx.algebra.onnx_ops import OnnxIsNaN, OnnxWhere
    from skl2onnx.common.data_types import DoubleTensorType
    from sklearn.impute import SimpleImputer

    def shape(operator):
        given = operator.inputs[0].type
        operator.outputs[0].type = type(given)([None, len(operator.raw_operator.statistics_)])

    def convert(scope, operator, container):
        imputer, given = operator.raw_operator, operator.inputs[0]
        is_double = isinstance(given.type, DoubleTensorType)
        filling = np.asarray(imputer.statistics_, np.float64 if is_double else np.float32)
        is_plain = imputer.missing_values != imputer.missing_values and not imputer.add_indicator
        if not is_plain or np.isnan(filling).any():
            raise NotImplementedError("SimpleImputer with an indicator, a marker of its own or an empty column")
        opset = container.target_opset
        filled = OnnxWhere(
            OnnxIsNaN(given, op_version=opset), filling, given,
            op_version=opset, output_names=operator.outputs[:1],
        )
        filled.add_to(scope, container)

    update_registered_converter(SimpleImputer, "BentoSimpleImputer", shape, convert, overwrite=True)


def first_line(error):
    return next((line.strip() for line in str(error).splitlines() if line.strip()), type(error).__name__)


def output_names(model):
    if has_probabilities(model):
        return ["label", "probabilities"]
    if kind_of(model) == "regressor":
        return ["predictions"]
    return ["label"] if hasattr(model, "predict") else [TRANSFORMED]


def keep_outputs(graph, names):
    """Under these names; without what skl2onnx adds to them, as scores that scikit-learn has nothing to compare with."""
    del graph.output[len(names):]
    rename_outputs(graph, names)
    needed = {output.name for output in graph.output}
    for node in reversed(list(graph.node)):
        if needed.isdisjoint(node.output):
            graph.node.remove(node)
        else:
            needed.update(node.input)


def rename_outputs(graph, names):
    taken = {given.name for given in graph.input}
    new = {name: f"inner_{name}" for name in names if name not in taken}
    new |= {output.name: name for output, name in zip(graph.output, names)}
    for output in graph.output:
        output.name = new.get(output.name, output.name)
    for node in graph.node:
        node.output[:] = [new.get(name, name) for name in node.output]
        node.input[:] = [new.get(name, name) for name in node.input]


def thresholds_of(model):
    """The thresholds of trees by column, where nothing stands before them."""
    if hasattr(model, "steps"):
        return {}
    found = {}
    for tree, columns in trees_of(model):
        splits = tree.children_left >= 0
        collect(found, np.asarray(columns)[tree.feature[splits]], tree.threshold[splits])
    for predictors in getattr(model, "_predictors", ()):
        for predictor in predictors:
            nodes = predictor.nodes[predictor.nodes["is_leaf"] == 0]
            nodes = nodes[nodes["is_categorical"] == 0]
            columns = sklearn_trees.categories_of(model)[1]
            collect(found, columns[nodes["feature_idx"].astype(int)], nodes["num_threshold"])
    if hasattr(model, "_predictors"):
        categories, columns = sklearn_trees.categories_of(model)
        found.update({int(columns[i]): [value for value, _ in known] for i, known in categories.items()})
    return found


def trees_of(model):
    """All trees, with the columns that each was given."""
    everything = range(getattr(model, "n_features_in_", 0))
    bagged = {id(part): columns for bag in parts_of(model) for part, columns in members(bag)}
    for part in parts_of(model):
        if hasattr(part, "tree_"):
            yield part.tree_, bagged.get(id(part), everything)


def members(bag):
    if not hasattr(bag, "estimators_features_"):
        return []
    return zip(bag.estimators_, bag.estimators_features_)


def collect(found, features, thresholds):
    for feature, threshold in zip(features, thresholds):
        if np.isfinite(threshold):
            found.setdefault(int(feature), []).append(float(threshold))


def takes_value(model, layout, value):
    """Whether the model predicts for a row of nothing but this."""
    number = np.nan if value == "missing" else value
    row = sample.Table.of(np.full((1, layout.width), number), layout.names)
    try:
        (model.predict if hasattr(model, "predict") else model.transform)(layout.frame(row))
    except Exception:
        return False
    return True


def spread(rows, model):
    """Rows of about zero, moved to where a scaler saw its data."""
    for part in parts_of(model):
        center = getattr(part, "mean_", getattr(part, "center_", None))
        scale = getattr(part, "scale_", None)
        if np.shape(center) == np.shape(scale) == (rows.shape[1],):
            return rows * scale + center
    return rows


def made_columns(model, layout):
    """Numbers, and words out of the categories that the model knows."""
    rng = np.random.default_rng(sample.SEED)
    words = [str(word) for part in parts_of(model) if has_words(part) for word in np.concatenate(part.categories_)]
    if layout.words and not words:
        raise Refused(
            "USAGE",
            "No rows can be made up for a model that takes text",
            "Give some that it knows with --sample rows.csv.",
        )
    known = known_words(model, layout)
    columns = []
    for name in layout.names:
        if name in layout.words:
            columns.append(rng.choice(np.asarray(known.get(name, words), object), 200))
        else:
            columns.append(rng.normal(0, 1, 200) * 10.0 ** rng.integers(-1, 4, 200))
    return sample.Table(columns, layout.names)


def known_words(model, layout):
    known = {}
    for selector in (part for part in parts_of(model) if type(part).__name__ == "ColumnTransformer"):
        for _, transformer, columns in selector.transformers_:
            for encoder in (part for part in parts_of(transformer) if has_words(part)):
                names = names_of(columns, layout.names)
                known.update({n: [c for c in cs if c == c and c is not None] for n, cs in zip(names, encoder.categories_)})
    return known
