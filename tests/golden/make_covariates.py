"""Writes tests/golden/ranking/covariates.toml from scikit-learn.

    python tests/golden/make_covariates.py

Battles of four models with two covariates; each becomes one row of a logistic regression without
intercept (a tie: half a row each way), as style control on Chatbot Arena and Arena-Hard has it.
Also the two-model case with one covariate, which is AlpacaEval's minimal length control.
"""

from pathlib import Path

import numpy as np
import sklearn
from sklearn.linear_model import LogisticRegression

HERE = Path(__file__).parent / "ranking"
RNG = np.random.default_rng(20240612)


def battles(models, covariates, n):
    first = RNG.integers(0, models, n)
    second = (first + RNG.integers(1, models, n)) % models
    x = RNG.normal(size=(n, covariates)).round(2)
    strength = np.linspace(0.6, -0.6, models)
    effect = np.linspace(0.8, -0.4, covariates)
    p = 1 / (1 + np.exp(-(strength[first] - strength[second] + x @ effect)))
    draw = RNG.random(n)
    score = np.where(draw < p - 0.08, 1.0, np.where(draw < p + 0.08, 0.5, 0.0))
    return first, second, score, x


def fit(models, first, second, score, x, ridge):
    n, k = x.shape
    design = np.zeros((n, models + k))
    design[np.arange(n), first] += 1
    design[np.arange(n), second] -= 1
    design[:, models:] = x
    rows = np.vstack([design, design])
    labels = np.concatenate([np.ones(n), np.zeros(n)])
    weights = np.concatenate([score, 1 - score])
    keep = weights > 0
    rows, labels, weights = rows[keep], labels[keep], weights[keep]
    if ridge == 0:
        # The strengths have a free direction, so the last model is held at 0.
        cut = [i for i in range(models + k) if i != models - 1]
        model = LogisticRegression(C=np.inf, fit_intercept=False, solver="newton-cholesky", tol=1e-14, max_iter=1000)
        model.fit(rows[:, cut], labels, sample_weight=weights)
        full = np.insert(model.coef_[0], models - 1, 0.0)
    else:
        model = LogisticRegression(C=1 / ridge, fit_intercept=False, solver="newton-cholesky", tol=1e-14, max_iter=1000)
        model.fit(rows, labels, sample_weight=weights)
        full = model.coef_[0]
    strengths = full[:models] - full[:models].mean()
    return 1000 + 400 / np.log(10) * strengths, full[models:]


def numbers(values):
    return "[" + ", ".join(repr(float(v)) for v in values) + "]"


lines = [
    'tool = "sklearn.linear_model.LogisticRegression"',
    f'version = "{sklearn.__version__}"',
    'command = "python tests/golden/make_covariates.py"',
    "tolerance = 1e-10",
]
for models, covariates, n in [(4, 2, 120), (2, 1, 60)]:
    first, second, score, x = battles(models, covariates, n)
    for ridge in [0.0, 1.0]:
        ratings, effects = fit(models, first, second, score, x, ridge)
        lines += [
            "",
            "[[case]]",
            f"models = {models}",
            f"ridge = {ridge}",
            f"first = {[int(v) for v in first]}",
            f"second = {[int(v) for v in second]}",
            f"score = {numbers(score)}",
            "covariates = [" + ", ".join(numbers(row) for row in x) + "]",
            f"ratings = {numbers(ratings)}",
            f"coefficients = {numbers(effects)}",
        ]
(HERE / "covariates.toml").write_text("\n".join(lines) + "\n")
