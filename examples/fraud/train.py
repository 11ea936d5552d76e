"""Trains XGBoost to find fraud among card payments.

    python -m venv .venv && .venv/bin/pip install -r requirements.txt
    .venv/bin/python train.py

The payments are made up: no real ones may be published. Writes fraud_detector.ubj, and expected.json: what XGBoost
itself answers for 200 payments that it was not trained on.
"""

import json
from pathlib import Path

import numpy as np
from sklearn.metrics import average_precision_score, roc_auc_score
from xgboost import DMatrix, XGBClassifier

COLUMNS = ["amount", "hour", "card_age_days", "distance_km", "payments_today", "merchant_risk", "card_present"]
HERE = Path(__file__).parent


def make_payments(rng: np.random.Generator, count: int) -> tuple[np.ndarray, np.ndarray]:
    amount = rng.lognormal(3.5, 1.1, count)
    hour = rng.integers(0, 24, count)
    card_age = rng.exponential(900, count)
    distance = rng.exponential(12, count)
    payments = rng.poisson(2, count)
    risk = rng.beta(2, 8, count)
    present = rng.random(count) < 0.7
    score = (
        0.9 * np.log1p(amount / 200)
        + 1.4 * ((hour < 5) & (amount > 80))
        + 1.1 * np.exp(-card_age / 60)
        + 0.03 * np.minimum(distance, 100) * ~present
        + 0.25 * np.maximum(payments - 4, 0)
        + 5 * risk * ~present
        - 3.1
        + rng.logistic(0, 0.35, count)
    )
    rows = np.stack([amount, hour, card_age, distance, payments, risk, present], axis=1)
    # What a terminal does not send: where the card was before, and what is known of a new merchant.
    rows[rng.random(count) < 0.15, 3] = np.nan
    rows[rng.random(count) < 0.08, 5] = np.nan
    return np.round(rows, 3).astype(np.float32), score > 0


def main() -> None:
    rng = np.random.default_rng(7)
    rows, is_fraud = make_payments(rng, 20_000)
    test_rows, test_fraud = make_payments(rng, 10_000)
    model = XGBClassifier(n_estimators=80, max_depth=4, learning_rate=0.15, random_state=7)
    model.fit(rows, is_fraud)
    model.get_booster().feature_names = COLUMNS
    chances = model.predict_proba(test_rows)[:, 1]
    found = model.predict(test_rows) == 1
    print(f"frauds among the payments: {test_fraud.mean():.4f}")
    print(f"accuracy: {(found == test_fraud).mean():.4f}")
    print(f"precision: {test_fraud[found].mean():.4f}, recall: {found[test_fraud].mean():.4f}")
    print(f"area under the ROC curve: {roc_auc_score(test_fraud, chances):.4f}")
    print(f"average precision: {average_precision_score(test_fraud, chances):.4f}")
    model.save_model(HERE / "fraud_detector.ubj")
    write_expected(model, test_rows, test_fraud)


def write_expected(model: XGBClassifier, rows: np.ndarray, is_fraud: np.ndarray) -> None:
    # As many frauds as a short list should have.
    picked = np.concatenate([np.flatnonzero(is_fraud)[:40], np.flatnonzero(~is_fraud)[:160]])
    chances = model.get_booster().predict(DMatrix(rows[picked], feature_names=COLUMNS))
    expected = [
        {"transaction": to_record(row), "is_fraud": bool(chance > 0.5), "chance": float(chance)}
        for row, chance in zip(rows[picked], chances)
    ]
    lines = ",\n".join(json.dumps(one) for one in expected)
    (HERE / "expected.json").write_text(f"[\n{lines}\n]\n")


def to_record(row: np.ndarray) -> dict[str, float | bool | None]:
    record: dict[str, float | bool | None] = {
        name: None if np.isnan(value) else float(str(value)) for name, value in zip(COLUMNS, row)
    }
    return record | {"card_present": bool(record["card_present"])}


if __name__ == "__main__":
    main()
