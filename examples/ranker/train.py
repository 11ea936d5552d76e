"""Trains LightGBM to rank hotels for a search.

    python -m venv .venv && .venv/bin/pip install -r requirements.txt
    .venv/bin/python train.py

The searches are made up. Writes hotel_ranker.txt, and expected.json: what LightGBM itself scores for 20 searches that it
was not trained on.
"""

import json
from pathlib import Path

import lightgbm
import numpy as np
from sklearn.metrics import ndcg_score

COLUMNS = ["price", "stars", "review_score", "reviews", "distance_km", "free_cancellation", "breakfast"]
HOTELS = 20
HERE = Path(__file__).parent


def make_searches(rng: np.random.Generator, count: int) -> tuple[np.ndarray, np.ndarray]:
    size = count * HOTELS
    stars = rng.integers(1, 6, size)
    price = rng.lognormal(3.6, 0.4, size) * (0.6 + 0.25 * stars)
    reviews = rng.lognormal(4, 1.5, size)
    score = np.clip(rng.normal(7.2 + 0.3 * stars, 0.9, size), 1, 10)
    distance = rng.exponential(3, size)
    cancellation = rng.random(size) < 0.5
    breakfast = rng.random(size) < 0.4
    utility = (
        -0.018 * price
        + 0.3 * stars
        + 0.7 * score * (reviews > 20)
        + 4 * (reviews <= 20)
        - 0.25 * distance
        + 0.4 * cancellation
        + 0.3 * breakfast
        + rng.gumbel(0, 0.5, size)
    )
    rows = np.stack([price, stars, score, np.round(reviews), distance, cancellation, breakfast], axis=1)
    # Nobody has reviewed it yet.
    rows[rows[:, 3] < 3, 2] = np.nan
    # The best of each search was booked, the next four were looked at.
    place = utility.reshape(count, HOTELS).argsort(axis=1)[:, ::-1].argsort(axis=1)
    relevance = np.where(place == 0, 2, np.where(place < 5, 1, 0))
    return np.round(rows, 2), relevance.ravel()


def main() -> None:
    rng = np.random.default_rng(3)
    rows, relevance = make_searches(rng, 2000)
    test_rows, test_relevance = make_searches(rng, 500)
    data = lightgbm.Dataset(rows, relevance, group=[HOTELS] * 2000, feature_name=COLUMNS)
    settings = {
        "objective": "lambdarank",
        "num_leaves": 15,
        "learning_rate": 0.1,
        "seed": 3,
        "deterministic": True,
        "force_col_wise": True,
        "num_threads": 1,
        "verbose": -1,
    }
    model = lightgbm.train(settings, data, num_boost_round=60)
    scores = model.predict(test_rows)
    shape = (500, HOTELS)
    ndcg = ndcg_score(test_relevance.reshape(shape), scores.reshape(shape), k=5)
    by_price = ndcg_score(test_relevance.reshape(shape), -test_rows[:, 0].reshape(shape), k=5)
    print(f"NDCG@5: {ndcg:.4f} (the cheapest first: {by_price:.4f})")
    model.save_model(HERE / "hotel_ranker.txt")
    write_expected(test_rows[: 20 * HOTELS], scores[: 20 * HOTELS])


def write_expected(rows: np.ndarray, scores: np.ndarray) -> None:
    searches = [
        {
            "hotels": [to_record(row) for row in rows[at : at + HOTELS]],
            "scores": [float(score) for score in scores[at : at + HOTELS]],
        }
        for at in range(0, len(rows), HOTELS)
    ]
    lines = ",\n".join(json.dumps(one) for one in searches)
    (HERE / "expected.json").write_text(f"[\n{lines}\n]\n")


def to_record(row: np.ndarray) -> dict[str, float | bool | None]:
    record: dict[str, float | bool | None] = {
        name: None if np.isnan(value) else float(value) for name, value in zip(COLUMNS, row)
    }
    return record | {name: bool(record[name]) for name in ("free_cancellation", "breakfast")}


if __name__ == "__main__":
    main()
