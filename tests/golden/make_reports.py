"""Writes tests/golden/judge/{benchmark_agreement,benchmark_quality,win_rate}.toml with pandas, SciPy and
scikit-learn, by the steps of BenchBench (src/bat at 1dfd46a) and AlpacaEval (metrics at cd543a1) on numbers made
here, and of Arena-Hard (notebook/benchmark_statistics.ipynb) on published ones.

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


# Scores with their intervals, lower and upper, from the notebook folder of lm-sys/arena-hard-auto, to two digits.
# Models in this order: claude-2.1, claude-3-opus-20240229, claude-3-sonnet-20240229, command-r, gemini-pro,
# gemma-2b-it, gemma-7b-it, gpt-3.5-turbo-0613, gpt-3.5-turbo-1106, gpt-4-0314, gpt-4-0613, llama-2-70b-chat,
# llama-2-7b-chat, mistral-7b-instruct-v0.2, mistral-large-2402, mistral-medium, mixtral-8x7b-instruct-v0.1,
# qwen1.5-72b-chat, starling-lm-7b-alpha, yi-34b-chat.
PUBLISHED = {
    "arena_hard": [
        (22.77, 19.65, 26.01), (60.36, 56.37, 64.3), (46.8, 42.82, 50.92), (17.02, 14.57, 19.8), (17.8, 15.09, 20.49),
        (3.0, 2.21, 3.94), (7.47, 5.92, 9.37), (24.82, 21.59, 27.97), (18.87, 16.28, 21.8), (50, 50, 50),
        (37.9, 34.3, 41.8), (11.55, 9.55, 13.72), (4.59, 3.48, 5.83), (12.57, 10.33, 15.04), (37.71, 33.75, 41.56),
        (31.9, 28.43, 36.08), (23.4, 20.26, 26.8), (36.12, 32.32, 39.8), (12.8, 10.84, 15.06), (23.15, 20.19, 26.3),
    ],
    "alpaca_lc": [
        (25.25, 23.87, 26.76), (40.39, 38.69, 42.21), (34.87, 32.9, 36.78), (10.89, 9.9, 11.9), (24.38, 22.71, 25.94),
        (5.44, 4.82, 6.09), (10.43, 9.55, 11.34), (22.35, 20.81, 23.84), (19.3, 17.81, 20.8), (35.31, 33.53, 37.11),
        (30.18, 28.58, 31.86), (14.69, 13.48, 16.04), (5.35, 4.73, 6.06), (17.11, 15.61, 18.73), (32.65, 30.79, 34.36),
        (28.61, 26.66, 30.52), (23.69, 21.9, 25.48), (36.57, 34.77, 38.48), (14.69, 13.39, 16.02), (27.19, 25.67, 28.62),
    ],
    "alpaca": [
        (15.73, 13.7, 17.79), (29.04, 26.34, 31.73), (25.56, 23.02, 28.33), (12.9, 10.93, 15.02), (18.18, 16.1, 20.43),
        (3.4, 2.41, 4.47), (6.94, 5.49, 8.62), (14.1, 11.91, 16.09), (9.18, 7.48, 10.87), (22.07, 19.72, 24.46),
        (15.76, 13.65, 17.86), (13.89, 11.72, 15.99), (4.96, 3.68, 6.26), (14.72, 12.64, 16.76), (21.44, 19.05, 23.7),
        (21.86, 19.33, 24.42), (18.26, 15.97, 20.55), (26.5, 24.01, 29.04), (14.25, 12.14, 16.48), (29.66, 27.05, 32.21),
    ],
    "mt_bench": [
        (8.28, 7.74, 8.77), (8.95, 8.48, 9.34), (8.54, 8.01, 9.07), (7.69, 7.09, 8.34), (8.15, 7.57, 8.66),
        (5.58, 4.94, 6.25), (6.44, 5.72, 7.14), (8.49, 7.95, 8.96), (8.29, 7.77, 8.74), (9.24, 8.86, 9.55),
        (8.84, 8.35, 9.23), (7.22, 6.47, 7.93), (6.44, 5.68, 7.21), (7.66, 7.02, 8.27), (8.92, 8.49, 9.33),
        (8.53, 7.97, 9.04), (8.34, 7.85, 8.83), (8.43, 7.9, 8.9), (7.86, 7.23, 8.44), (7.56, 6.84, 8.18),
    ],
    "votes": [
        (1095.79, 1082.49, 1107.35), (1222.61, 1210.37, 1233.63), (1178.88, 1167.14, 1191.39), (1113.96, 1099.34, 1128.83), (1099.35, 1077.68, 1124.25),
        (1002.04, 978.86, 1034.85), (1040.18, 1019.67, 1060.99), (1101.2, 1089.1, 1115.56), (1063.97, 1046.66, 1081.71), (1169.0, 1155.22, 1182.9),
        (1151.87, 1142.23, 1162.79), (1099.14, 1085.34, 1111.13), (1060.31, 1039.43, 1086.96), (1089.25, 1073.94, 1103.88), (1160.25, 1147.99, 1171.46),
        (1137.0, 1122.58, 1150.56), (1114.0, 1114.0, 1114.0), (1147.3, 1135.06, 1159.57), (1082.52, 1061.25, 1104.62), (1107.71, 1084.73, 1130.68),
    ],
}


def quality():
    """Agreement with confidence, pair-rank Brier score and rank correlation with 20,000 votes of people. The
    notebook holds boards against all votes there were, which are not published as text."""
    human = PUBLISHED["votes"]
    reach = 2 * stats.norm.ppf(0.975)

    def overlap(a, b):
        low, high = sorted([a, b])
        return high[1] < low[2]

    lines = head("scipy.stats", scipy.__version__, 1e-10)
    lines += ["level = 0.95", f"human = {toml(human)}"]
    for name in ["arena_hard", "alpaca_lc", "alpaca", "mt_bench"]:
        ours = PUBLISHED[name]
        agreed, apart, squares = 0.0, 0, []
        for i in range(len(ours)):
            for j in range(i):
                above = human[i][0] > human[j][0]
                spread = np.hypot((ours[i][2] - ours[i][1]) / reach, (ours[j][2] - ours[j][1]) / reach)
                chance = stats.norm(ours[i][0] - ours[j][0], spread).sf(0)
                squares.append((chance - above) ** 2)
                if not overlap(human[i], human[j]):
                    apart += 1
                    agreed += 0.5 if overlap(ours[i], ours[j]) else float((ours[i][0] > ours[j][0]) == above)
        lines += [
            "",
            "[[case]]",
            f'name = "{name}"',
            f"scores = {toml(ours)}",
            f"human_separated = {apart}",
            f"agreement = {toml(agreed / apart)}",
            f"brier = {toml(np.mean(squares))}",
            f"spearman = {toml(stats.spearmanr([x[0] for x in ours], [x[0] for x in human])[0])}",
        ]
    (HERE / "benchmark_quality.toml").write_text("\n".join(lines) + "\n")


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
quality()
