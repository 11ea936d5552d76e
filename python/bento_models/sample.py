"""Rows to compare predictions on: a file of the user's, or rows that are made up."""
import base64
import csv
import json
import os

import numpy as np

from .errors import Refused, needs

MOST_ROWS = 2000
SEED = 20


class Table:
    """Columns of one length, by name where the file has names."""

    def __init__(self, columns, names=None):
        self.columns = columns
        self.names = names

    @staticmethod
    def of(matrix, names=None):
        matrix = np.asarray(matrix)
        if matrix.ndim != 2:
            matrix = matrix.reshape(len(matrix), -1)
        return Table([matrix[:, i] for i in range(matrix.shape[1])], names)

    def pick(self, names, width):
        """The columns that a model takes, in its order; a column with the answers may stand beside them."""
        if self.names and names:
            missing = [name for name in names if name not in self.names]
            if missing:
                raise bad(f"The sample has no column {missing[0]!r}")
            return Table([self.columns[self.names.index(name)] for name in names], list(names))
        if len(self.columns) != width:
            raise bad(f"The sample has {len(self.columns)} columns, the model takes {width}")
        return Table(self.columns, names and list(names))

    def numbers(self):
        return np.column_stack([as_numbers(column) for column in self.columns])


def as_numbers(column):
    try:
        return np.asarray(column, np.float64)
    except (TypeError, ValueError):
        raise bad(f"The sample has {first_word(column)!r} where the model takes a number") from None


def first_word(column):
    return next((str(value) for value in column if isinstance(value, str)), "something else")


def bad(message):
    return Refused("USAGE", message, "Give --sample a file with the columns that the model was trained on.")


def read(path):
    """npy, npz, csv, json (rows as lists or as objects, or one column alone), or parquet."""
    reader = READERS.get(os.path.splitext(path)[1].lower())
    if reader is None:
        raise bad(f'"{path}" is no npy, csv, json or parquet file')
    try:
        return reader(path)
    except (OSError, ValueError, KeyError) as error:
        raise bad(f'"{path}" cannot be read: {error}') from error


def from_rows(rows):
    """A DataFrame, or anything that numpy takes for a matrix."""
    if hasattr(rows, "columns") and hasattr(rows, "to_dict"):
        names = [str(name) for name in rows.columns]
        return Table([typed(rows[name].tolist()) for name in rows.columns], names)
    return Table.of(rows)


def read_npy(path):
    return Table.of(np.load(path, allow_pickle=False)[:MOST_ROWS])


def read_csv(path):
    with open(path, newline="", encoding="utf-8-sig") as file:
        rows = [row for row in csv.reader(file) if row][: MOST_ROWS + 1]
    if not rows:
        raise ValueError("it is empty")
    has_names = not any(is_number(cell) for cell in rows[0])
    names = rows.pop(0) if has_names else None
    return Table([parsed(column) for column in zip(*rows, strict=True)], names)


def parsed(cells):
    """A column of numbers, where an empty cell is missing, or one of words."""
    if all(cell == "" or is_number(cell) for cell in cells):
        return np.array([float(cell) if cell else np.nan for cell in cells])
    return np.array([cell if cell else None for cell in cells], object)


def is_number(cell):
    try:
        float(cell)
    except ValueError:
        return False
    return True


def read_json(path):
    with open(path, encoding="utf-8") as file:
        rows = json.load(file)
    if isinstance(rows, dict) and len(rows) == 1:
        rows = next(iter(rows.values()))
    if not isinstance(rows, list) or not rows:
        raise ValueError("it is no list of rows")
    rows = rows[:MOST_ROWS]
    if not isinstance(rows[0], (dict, list)):
        return Table([typed(rows)])
    if isinstance(rows[0], dict):
        names = list(rows[0])
        return Table([typed([row.get(name) for row in rows]) for name in names], names)
    return Table([typed(column) for column in zip(*rows, strict=True)])


def typed(values):
    """Numbers where all are, with null for missing."""
    if all(value is None or isinstance(value, (int, float)) for value in values):
        return np.array([np.nan if value is None else value for value in values], np.float64)
    return np.array(values, object)


def read_parquet(path):
    try:
        import pyarrow.parquet as parquet
    except ImportError:
        raise needs("pyarrow", "pip install pyarrow") from None
    table = parquet.read_table(path).slice(0, MOST_ROWS)
    return Table([typed(column.to_pylist()) for column in table.columns], table.column_names)


READERS = {".npy": read_npy, ".csv": read_csv, ".json": read_json, ".parquet": read_parquet}


def pack(array):
    """An array as JSON: its bytes in base64, or words as they are."""
    array = np.asarray(array)
    if array.dtype.kind in "OUS":
        words = ["" if value is None else str(value) for value in array.ravel()]
        return {"dtype": "string", "shape": list(array.shape), "data": words}
    array = np.ascontiguousarray(array)
    data = base64.b64encode(array.astype(array.dtype.newbyteorder("<")).tobytes()).decode()
    return {"dtype": array.dtype.name, "shape": list(array.shape), "data": data}


def edge_rows(thresholds, width, takes):
    """Ordinary rows between the thresholds of trees, and every kind of row that stands on the edge of one.

    `takes`: which of NaN and Infinity the model predicts for.
    """
    rng = np.random.default_rng(SEED)
    by_column = [np.unique(thresholds.get(column, [0.0])) for column in range(width)]
    spans = [max(float(np.ptp(values)), 1.0) for values in by_column]
    ordinary = np.column_stack(
        [rng.choice(values, 122) + span * rng.normal(0, 0.3, 122) for values, span in zip(by_column, spans)]
    )
    edges = ordinary[rng.integers(0, 122, 70)].copy()
    for row in edges:
        column = rng.integers(width)
        row[column] = rng.choice(neighbours(rng.choice(by_column[column])))
    special = [0.0, -0.0, 1e-40, -1e-40, 1e30, -1e30, -1.0, 0.5]
    special += [np.inf, -np.inf] if np.inf in takes else []
    singles = [(rng.integers(width), value) for value in special]
    if takes & {"missing"}:
        singles += [(column, np.nan) for column in range(width)]
    rows = ordinary[rng.integers(0, 122, len(singles))].copy()
    for row, (column, value) in zip(rows, singles):
        row[column] = value
    return np.concatenate([ordinary, edges, rows])


def ordinary_rows(width, has_missing):
    rng = np.random.default_rng(SEED)
    rows = rng.normal(0, 1.5, (200, width))
    rows[:10] *= 10
    rows[10] = 0
    if has_missing:
        rows[11:30][rng.random((19, width)) < 0.3] = np.nan
    return rows


def neighbours(threshold):
    """The threshold, one step to either side in float64 and in float32, and its float32 form."""
    single = np.float32(threshold)
    steps = [np.nextafter(threshold, side) for side in (np.inf, -np.inf)]
    singles = [np.nextafter(single, np.float32(side)) for side in (np.inf, -np.inf)]
    return [threshold, *steps, single, *singles]
