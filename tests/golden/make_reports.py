"""Writes tests/golden/judge/{benchmark_agreement,win_rate}.toml with pandas, SciPy and scikit-learn, by the
steps of BenchBench (src/bat at 1dfd46a) and AlpacaEval (metrics at cd543a1), on numbers made here.

    python tests/golden/make_reports.py
"""

from pathlib import Path

import numpy as np
import pandas as pd
import scipy
import sklearn
from scipy import stats
from sklearn.linear_model import LogisticRegression

HERE = Path(__file__).parent / "judge"
RNG = np.random.default_rng(20241104)


def toml(value):
    if isinstance(value, str):
        return '"' + value + '"'
    if isinstance(value, (int, np.integer)):
        return str(int(value))
    if isinstance(value, (float, np.floating)):
        return repr(float(value))
    return "[" + ", ".join(toml(v) for v in value) + "]"


def head(tool, version, tolerance):
    command = "python tests/golden/make_reports.py"
    return [f'tool = "{tool}"', f'version = "{version}"', f'command = "{command}"', f"tolerance = {tolerance}"]


def agreement():
    scenarios = ["s0", "s1", "s2", "s3", "s4", "s5"]
    models = [f"m{i:02}" for i in range(14)]
    skill = np.linspace(1, -1, 14)
    rows = []
    for k, scenario in enumerate(scenarios):
        noise = [0.2, 0.3, 0.5, 0.8, 1.2, 3.0][k]
        for m, model in enumerate(models):
            if RNG.random() < 0.85:
                # One digit, so that there are ties.
                rows.append((model, scenario, round(float(skill[m] + noise * RNG.normal()), 1)))
    data = pd.DataFrame(rows, columns=["model", "scenario", "score"])
    whitelist = scenarios[:4]
    part = data[data.scenario.isin(whitelist)].copy()
    seen = part.groupby("model").scenario.count()
    part = part[part.model.isin(seen[seen >= max(1, len(whitelist) // 3)].index)].copy()
    rate = lambda s: s.map(lambda x: (s < x).sum() / (len(s) - 1))
    part["wr"] = part.groupby("scenario").score.transform(rate)
    aggregate = part.groupby("model").wr.mean()
    lines = head("pandas and scipy.stats.kendalltau", f"{pd.__version__}, {scipy.__version__}", 1e-12)
    lines += [
        f"models = {toml(list(data.model))}",
        f"scenarios = {toml(list(data.scenario))}",
        f"scores = {toml(list(data.score))}",
        f"aggregate = {toml(whitelist)}",
    ]
    for kind, reference in [("kendall", stats.kendalltau), ("pearson", stats.pearsonr)]:
        wide = data.pivot(index="model", columns="scenario", values="score")
        wide["aggregate"] = aggregate

        def corr(a, b):
            both = wide[[a, b]].dropna()
            return reference(both[a], both[b])[0]

        own = [corr(s, "aggregate") for s in scenarios]
        z = (np.array(own) - np.mean(own)) / np.std(own, ddof=1)
        matrix = [[1.0 if a == b else corr(a, b) for b in scenarios] for a in scenarios]
        lines += [
            "",
            "[[case]]",
            f'correlation = "{kind}"',
            f"with_aggregate = {toml(own)}",
            f"z_scores = {toml(list(z))}",
            f"matrix = {toml(matrix)}",
        ]
    lines += ["", "[mean_win_rate]"] + [f"{m} = {toml(v)}" for m, v in aggregate.items()]
    (HERE / "benchmark_agreement.toml").write_text("\n".join(lines) + "\n")


def win_rate():
    lines = head("pandas and sklearn.linear_model.LogisticRegression", f"{pd.__version__}, {sklearn.__version__}", 1e-9)
    for name, n, ridge, binary in [("probabilities", 60, 0.0, False), ("votes", 80, 0.0, True), ("a ridge", 40, 1.0, False)]:
        base = RNG.integers(100, 900, n)
        own = (base * RNG.uniform(0.6, 2.2, n)).astype(int)
        delta = pd.Series(own - base, dtype=float)
        x = np.tanh(delta / delta.std())
        p = 1 / (1 + np.exp(-(0.4 + 1.1 * x + 0.5 * RNG.normal(size=n))))
        q = (RNG.random(n) < p).astype(float) if binary else p.round(3)
        if binary:
            q[::9] = 0.5
        q = pd.Series(q)
        # Parameters: strength of the model, of the baseline, and what length does.
        design = np.column_stack([np.ones(n), -np.ones(n), x])
        if ridge == 0:
            design = np.column_stack([np.ones(n), x])
        rows = np.vstack([design, design])
        labels = np.concatenate([np.ones(n), np.zeros(n)])
        weights = np.concatenate([q, 1 - q])
        keep = weights > 0
        model = LogisticRegression(
            C=np.inf if ridge == 0 else 1 / ridge,
            fit_intercept=False, solver="newton-cholesky", tol=1e-14, max_iter=1000,
        ).fit(rows[keep], labels[keep], sample_weight=weights[keep])
        c = model.coef_[0]
        theta = c[0] if ridge == 0 else c[0] - c[1]
        lines += [
            "",
            "[[case]]",
            f'name = "{name}"',
            f"ridge = {ridge}",
            f"preference = {toml([float(v) + 1 for v in q])}",
            f"len = {toml([float(v) for v in own])}",
            f"len_baseline = {toml([float(v) for v in base])}",
            f"win_rate = {toml(100 * q.mean())}",
            f"standard_error = {toml(100 * q.sem())}",
            f"discrete_win_rate = {toml(100 * ((q > 0.5).mean() + (q == 0.5).mean() / 2))}",
            f"length_controlled = {toml(100 / (1 + np.exp(-theta)))}",
            f"length_effect = {toml(c[-1])}",
        ]
    (HERE / "win_rate.toml").write_text("\n".join(lines) + "\n")


agreement()
win_rate()
