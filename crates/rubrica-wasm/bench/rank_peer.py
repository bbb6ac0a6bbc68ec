"""The peer of `./x bench rank`: Bradley-Terry with 100 bootstraps in NumPy and SciPy.

    python rank_peer.py make BATTLES MODELS FILE.jsonl   writes battles
    python rank_peer.py time FILE.jsonl BOOTSTRAP        prints {"rank_ms", "first"} as JSON

Written as one would write it in NumPy: battles are coded as pairs, a resample is a multinomial draw
of the pairs' outcomes, and a fit is L-BFGS on the counts with its gradient.
"""

import json
import sys
import time

import numpy as np
from scipy.optimize import minimize

POINTS = 400 / np.log(10)


def make(battles, models, path):
    rng = np.random.default_rng(0)
    strength = rng.normal(0, 1, models)
    a = rng.integers(0, models, battles)
    b = (a + rng.integers(1, models, battles)) % models
    u = rng.random(battles)
    win = 1 / (1 + np.exp(strength[b] - strength[a]))
    outcome = np.where(u < 0.1, 2, np.where((u - 0.1) / 0.9 < win, 0, 1))
    names = np.array(["model_a", "model_b", "tie"])
    with open(path, "w") as out:
        for i, j, o in zip(a, b, outcome):
            out.write(f'{{"model_a":"model {i}","model_b":"model {j}","winner":"{names[o]}"}}\n')


def fit(wins, low, high, models, start):
    """Ratings from wins[:, 0] of `low` over `high` and wins[:, 1] the other way."""

    def loss(x):
        d = x[low] - x[high]
        value = np.sum(wins[:, 0] * np.logaddexp(0, -d) + wins[:, 1] * np.logaddexp(0, d))
        slope = wins.sum(axis=1) / (1 + np.exp(-d)) - wins[:, 0]
        return value, np.bincount(low, slope, models) - np.bincount(high, slope, models)

    found = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 1000, "ftol": 1e-12, "gtol": 1e-6})
    return found.x - found.x.mean()


def rank(a, b, outcome, models, bootstrap):
    low, high = np.minimum(a, b), np.maximum(a, b)
    low_won = np.where(outcome == 2, 2, np.where((outcome == 0) == (a < b), 0, 1))
    cells, place = np.unique(low * models + high, return_inverse=True)
    counts = np.bincount(place * 3 + low_won, minlength=3 * len(cells)).reshape(-1, 3)
    low, high = cells // models, cells % models
    halved = lambda c: c[:, :2] + c[:, 2:] / 2
    ratings = fit(halved(counts), low, high, models, np.zeros(models))
    rng = np.random.default_rng(0)
    shares = counts.ravel() / counts.sum()
    drawn = []
    for _ in range(bootstrap):
        sample = rng.multinomial(counts.sum(), shares).reshape(-1, 3)
        drawn.append(fit(halved(sample), low, high, models, ratings))
    np.percentile(drawn, [2.5, 97.5], axis=0)
    return 1000 + POINTS * ratings


def measure(path, bootstrap):
    rows = [json.loads(line) for line in open(path)]
    names = sorted({row["model_a"] for row in rows} | {row["model_b"] for row in rows})
    number = {name: i for i, name in enumerate(names)}
    a = np.array([number[row["model_a"]] for row in rows])
    b = np.array([number[row["model_b"]] for row in rows])
    code = {"model_a": 0, "model_b": 1, "tie": 2}
    outcome = np.array([code[row["winner"]] for row in rows])
    start = time.perf_counter()
    ratings = rank(a, b, outcome, len(names), bootstrap)
    print(json.dumps({"rank_ms": 1e3 * (time.perf_counter() - start), "first": ratings.max()}))


if __name__ == "__main__":
    if sys.argv[1] == "make":
        make(int(sys.argv[2]), int(sys.argv[3]), sys.argv[4])
    else:
        measure(sys.argv[2], int(sys.argv[3]))
