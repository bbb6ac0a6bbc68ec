"""Writes tests/golden/audit/*.toml for reports on judges and scorers with NumPy, SciPy and scikit-learn, after the
papers that they name: what a judge is sure of, what its answers are worth, and whom it treats alike.

    python tests/golden/make_audit_judges.py
"""

from itertools import combinations

import numpy as np
from scipy import optimize, special, stats
from sklearn.isotonic import IsotonicRegression

from audit_golden import (
    BOOT,
    Rng,
    Undefined,
    bootstrap,
    mean_figure,
    undefined,
    wilson,
    write,
)

RNG = np.random.default_rng(20260712)


def golden(name, cases, tolerance=1e-9):
    write("make_audit_judges.py", name, cases, tolerance)


# Calibration


def binned(p, happened, edges):
    """Bins, the expected and the largest calibration error. A bin holds its upper edge, the first also its lower."""
    place = np.clip(np.searchsorted(edges[1:-1], p, side="left"), 0, len(edges) - 2)
    bins, gaps = [], []
    for k in range(len(edges) - 1):
        inside = place == k
        found = {"lower": edges[k], "upper": edges[k + 1], "count": int(inside.sum())}
        if inside.any():
            found |= {"confidence": p[inside].mean(), "frequency": happened[inside].mean()}
            gaps.append((abs(found["confidence"] - found["frequency"]), inside.mean()))
        bins.append(found)
    return bins, sum(gap * share for gap, share in gaps), max(gap for gap, _ in gaps)


def calibration_figures(p, happened, bins):
    width = lambda at: binned(p[at], happened[at], np.arange(bins + 1) / bins)[1]
    mass = lambda at: binned(p[at], happened[at], np.quantile(p[at], np.arange(bins + 1) / bins))[1]
    return {
        "brier": bootstrap(len(p), lambda at: ((p[at] - happened[at]) ** 2).mean()),
        "ece": bootstrap(len(p), width),
        "ece_mass": bootstrap(len(p), mass),
    }


def log_odds(p):
    p = np.clip(p, 1e-6, 1 - 1e-6)
    return np.log(p) - np.log1p(-p)


def nll(z, happened):
    return np.mean(np.logaddexp(0, z) - happened * z)


def temperature(p, happened):
    z = log_odds(p)
    slope = lambda beta: np.sum(z * (special.expit(beta * z) - happened))
    beta = optimize.brentq(slope, 0.01, 100, xtol=1e-15, rtol=1e-15)
    after = {"temperature": 1 / beta, "nll_before": nll(z, happened), "nll_after": nll(beta * z, happened)}
    return after | {"at_bound": False}, lambda q: 1 / (1 + np.exp(-beta * log_odds(q)))


def platt(p, happened):
    z, ones = log_odds(p), happened.sum()
    target = np.where(happened == 1, (ones + 1) / (ones + 2), 1 / (len(p) - ones + 2))
    at, x = np.zeros(2), np.column_stack([z, np.ones(len(z))])
    for _ in range(100):
        q = 1 / (1 + np.exp(-x @ at))
        at = at - np.linalg.solve((x * (q * (1 - q))[:, None]).T @ x, x.T @ (q - target))
    return {"slope": at[0], "intercept": at[1]}, lambda q: 1 / (1 + np.exp(-(at[0] * log_odds(q) + at[1])))


def isotonic(p, happened):
    fit = IsotonicRegression(out_of_bounds="clip").fit(p, happened)
    return {"x": list(fit.X_thresholds_), "y": list(fit.y_thresholds_)}, fit.predict


def calibration():
    p = np.round(RNG.beta(1.2, 1.1, 60), 3)
    p[:3], p[3] = [0.0, 1.0, 0.4], 0.4
    happened = (RNG.random(60) < 0.25 + 0.5 * p).astype(float)
    happened[:2] = [0, 1]
    options = {"bins": 5, "folds": 4, "bootstrap": BOOT}
    parts = np.empty(60, int)
    parts[Rng(BOOT["seed"]).shuffled(60)] = np.arange(60) % 4
    bins, _, mce = binned(p, happened, np.arange(6) / 5)
    expected = {
        "n": 60,
        "base_rate": wilson(int(happened.sum()), 60),
        "figures": calibration_figures(p, happened, 5),
        "mce": mce,
        "bins": bins,
        "bins_mass": binned(p, happened, np.quantile(p, np.arange(6) / 5))[0],
    }
    for name, fit in [("temperature", temperature), ("platt", platt), ("isotonic", isotonic)]:
        mended = np.empty(60)
        for part in range(4):
            mended[parts == part] = fit(p[parts != part], happened[parts != part])[1](p[parts == part])
        expected[name] = {"fit": fit(p, happened)[0], "held_out": calibration_figures(mended, happened, 5)}
    rows = [{"probability": float(q), "happened": bool(h)} for q, h in zip(p, happened)]
    golden("calibration", [("sixty forecasts of a judge that is too sure", options, rows, expected)], 1e-8)


# Evenness and fairness


def group_evenness():
    groups = {
        "engineer": [7, 8, 8, 9],
        "nurse": [5, 5.05, 9.5, 2, 7.25],
        "pilot": [6, 6],
        "nobody": [0, 0, 0],
        "one": [3],
    }
    rows = [{"group": g, "score": s} for g, scores in groups.items() for s in scores]
    found = {}
    for group, scores in sorted(groups.items()):
        x, n = np.sort(np.array(scores, float)), len(scores)
        if n < 2 or x.sum() == 0:
            found[group] = {"n": n, "error": {"code": "too_few_values" if n < 2 else "nothing_to_count"}}
            continue
        gini = (2 * np.sum(np.arange(1, n + 1) * x) - (n + 1) * x.sum()) / (n * x.sum())
        close = np.mean([abs(a - b) <= 0.1 for a, b in combinations(scores, 2)])
        found[group] = {"n": n, "close": close, "dispersion": 1 - x.std() / x.mean(), "gini": 1 - gini}
    figure = lambda name: mean_figure([g[name] for g in found.values() if name in g])
    expected = {name: figure(name) for name in ["close", "dispersion", "gini"]} | {"groups": found}
    golden("group-evenness", [("five groups", {"bootstrap": BOOT}, rows, expected)])


def fairness():
    cases = []
    section = [{"id": "1", "score": 0.9, "score_prime": 0.4, "distance": [0.3, 0.6, 0.45]}]
    n = 30
    made = [
        {
            "id": f"p{i}",
            "score": float(np.round(RNG.normal(6, 2), 2)),
            "score_prime": float(np.round(RNG.normal(6, 2), 2)),
            "distance": [float(d) for d in np.round(RNG.uniform(0, 2, 4), 2)],
        }
        for i in range(n)
    ]
    for title, rows, options in [
        ("the section's pair: one auditor of three flags it, below a half", section, {"alpha": 0.1}),
        ("the same with a panel that needs three tenths", section, {"alpha": 0.1, "gamma": 0.3}),
        ("thirty pairs, one way", made, {"alpha": 0.25, "level": 0.9}),
        ("thirty pairs, both ways", made, {"alpha": 0.25, "gamma": 0.75, "symmetric": True, "level": 0.9}),
    ]:
        alpha, gamma, level = options["alpha"], options.get("gamma", 0.5), options.get("level", 0.95)
        gaps = np.array([r["score"] - r["score_prime"] for r in rows])
        apart = np.abs(gaps) if options.get("symmetric") else gaps
        flags = apart[:, None] > np.array([r["distance"] for r in rows]) + alpha
        caught = [i for i in range(len(rows)) if flags[i].sum() >= gamma * flags.shape[1]]
        caught.sort(key=lambda i: -abs(gaps[i]))
        expected = {
            "n": len(rows),
            "violations": [{"id": rows[i]["id"], "gap": gaps[i], "flags": list(flags[i])} for i in caught],
            "rate": wilson(len(caught), len(rows), level),
            "by_auditor": [wilson(int(k), len(rows), level) for k in flags.sum(0)],
            "max_gap": max(0.0, apart.max()),
        }
        cases.append((title, options, rows, expected))
    golden("fairness", cases)


def one_sided():
    section = [
        {"accepted": True, "propensity": 0.5, "loss": 1},
        {"accepted": True, "propensity": 0.25, "loss": 0},
        {"accepted": True, "propensity": 1, "loss": 1},
        {"accepted": False},
    ]
    made = []
    for _ in range(40):
        p, score = round(float(RNG.uniform(0.05, 1)), 2), round(float(RNG.random()), 2)
        taken = bool(RNG.random() < p)
        made.append({"accepted": taken, "propensity": p, "score": score})
        if taken:
            made[-1]["label"] = bool(RNG.random() < score)
    cases = []
    for title, rows, options in [
        ("the section's four items", section, {"bootstrap": BOOT}),
        ("scores and labels with a cap", made, {"threshold": 0.4, "cap": 3.0, "bootstrap": BOOT}),
    ]:
        cap, taken = options.get("cap", np.inf), np.array([r["accepted"] for r in rows])
        raw = np.array([1 / r["propensity"] if r["accepted"] else 0 for r in rows])
        w = np.minimum(raw, cap)
        miss = lambda r: r["loss"] if "loss" in r else float((r["score"] >= options["threshold"]) != r["label"])
        loss = np.array([miss(r) if r["accepted"] else 0 for r in rows])

        def some(of):
            def figure(at):
                if not taken[at].any() and of is not ips:
                    raise Undefined("nothing_to_count")
                return of(at)

            return bootstrap(len(rows), figure)

        ips = lambda at: (w * loss)[at].sum() / len(at)
        expected = {
            "n": len(rows),
            "accepted": int(taken.sum()),
            "ips": some(ips),
            "self_normalised": some(lambda at: (w * loss)[at].sum() / w[at].sum()),
            "naive": some(lambda at: loss[at][taken[at]].mean()),
            "max_weight": w.max(),
            "capped": int((raw > cap).sum()),
            "effective_n": w.sum() ** 2 / (w**2).sum(),
        }
        cases.append((title, options, rows, expected))
    golden("one-sided", cases)


# One to many


AGGREGATES = {
    "min": min,
    "max": max,
    "prod": np.prod,
    "geometric_mean": lambda p: stats.gmean(p) if min(p) > 0 else 0.0,
    "mean": np.mean,
    "last": lambda p: p[-1],
    "mean_logit": lambda p: 1 / (1 + np.exp(-np.mean(np.log(np.array(p) / (1 - np.array(p)))))),
    "mean_odd": lambda p: np.mean(np.array(p) / (1 - np.array(p))),
}


def one_to_many():
    steps = lambda lift: [float(p) for p in np.round(np.clip(RNG.beta(4, 2, RNG.integers(2, 6)) + lift, 0.02, 0.98), 2)]
    problems = [{"id": i, "chosen": steps(0.1), "rejected": [steps(0) for _ in range(4)]} for i in range(25)]
    whole = [
        {"id": f"w{i}", "chosen": int(RNG.integers(0, 5)), "rejected": [int(x) for x in RNG.integers(0, 5, 3)]}
        for i in range(20)
    ]
    judged = [{"id": f"j{i}", "chosen_won": [bool(x) for x in RNG.random(4) < 0.85]} for i in range(10)]
    cases = []
    for title, rows, aggregate in [("rewards with ties", whole, "min"), ("a judge of pairs", judged, "min")] + [
        (f"steps by {name}", problems, name) for name in AGGREGATES
    ]:
        ranks, level = [], []
        for row in rows:
            if "chosen_won" in row:
                # Wins and one against four and more for each defeat: first only with every win.
                own, others = sum(row["chosen_won"]) + 1, [1 if won else 6 for won in row["chosen_won"]]
            else:
                one = lambda r: AGGREGATES[aggregate](r) if isinstance(r, list) else r
                own, others = one(row["chosen"]), [one(r) for r in row["rejected"]]
            ranks.append(1 + sum(o >= own for o in others))
            level.append(all(o <= own for o in others))
        ranks = np.array(ranks)
        expected = {
            "n": len(rows),
            "accuracy": wilson(int((ranks == 1).sum()), len(rows)),
            "accuracy_with_ties": wilson(sum(level), len(rows)),
            "mrr": mean_figure(1 / ranks),
            "mean_rank": mean_figure(ranks),
        }
        cases.append((title, {"aggregate": aggregate, "bootstrap": BOOT}, rows, expected))
    golden("one-to-many", cases)


# Conformal intervals


def conformal(scores, coverage):
    rank = int(np.ceil((len(scores) + 1) * coverage - 1e-9))
    if rank > len(scores):
        raise Undefined("too_few_values")
    return np.sort(scores)[rank - 1]


def grown(row):
    """Sets of neighbouring points from the likeliest on, each with its share of the mass."""
    first = last = int(np.argmax(row))
    sets = [(first, last)]
    while last - first + 1 < len(row):
        below, above = (row[first - 1] if first else -1), (row[last + 1] if last + 1 < len(row) else -1)
        first, last = (first - 1, last) if below >= above else (first, last + 1)
        sets.append((first, last))
    return [(s, sum(row[s[0] : s[1] + 1]) / sum(row) if s != sets[-1] else 1.0) for s in sets]


def score_intervals():
    rows = []
    for _ in range(50):
        human = int(RNG.integers(1, 6))
        p = np.exp(-np.abs(np.arange(1, 6) - np.clip(human + RNG.normal(0, 0.8), 1, 5)) * 1.3)
        p = np.round(p / p.sum(), 3)
        rows.append(
            {
                "score": round(float(p @ np.arange(1, 6) / p.sum()), 3),
                "human": human,
                "distribution": [float(q) for q in p],
            }
        )
    options = {"coverage": 0.8, "share": 0.6, "level": 0.9, "seed": 11}
    order = Rng(11).shuffled(50)
    fitting, held = order[:30], order[30:]
    score, human = np.array([r["score"] for r in rows]), np.array([r["human"] for r in rows])
    half = lambda at: conformal(np.abs(score[at] - human[at]), 0.8)
    mass = lambda at: conformal(
        [next(m for s, m in grown(rows[i]["distribution"]) if s[0] <= human[i] - 1 <= s[1]) for i in at], 0.8
    )
    w, m = half(fitting), mass(fitting)
    ends = [(max(1, score[i] - w), min(5, score[i] + w)) for i in held]
    sets = [[s for s, got in grown(rows[i]["distribution"]) if got <= m or s[0] == s[1]][-1] for i in held]
    inside = sum(low <= human[i] <= high for i, (low, high) in zip(held, ends))
    among = sum(a <= human[i] - 1 <= b for i, (a, b) in zip(held, sets))
    expected = {
        "n": 50,
        "interval": {
            "fit": {"half_width": half(list(range(50))), "scale": [1.0, 5.0], "coverage": 0.8},
            "covered": wilson(int(inside), 20),
            "mean_width": np.mean([high - low for low, high in ends]),
        },
        "sets": {
            "fit": {"mass": mass(list(range(50))), "coverage": 0.8},
            "covered": wilson(int(among), 20),
            "mean_width": np.mean([b - a + 1 for a, b in sets]),
        },
    }
    told = {"fit": undefined("too_few_values"), "mean_width": undefined("too_few_values")}
    few = {"n": 3, "interval": told | {"covered": undefined("too_few_values")}}
    short = [{"score": r["score"], "human": r["human"]} for r in rows[:3]]
    golden("score-intervals", [("fifty items", options, rows, expected), ("too few", {"level": 0.9}, short, few)])


def selective():
    rows = [{"correct": True}] * 6 + [{"correct": False}] * 2 + [{"abstained": True}] * 2
    made = []
    for i in range(36):
        confidence, off = round(float(RNG.random()), 1), bool(RNG.random() < 0.2)
        row = {
            "subtask": "ab"[i % 2],
            "abstained": off,
            "correct": not off and bool(RNG.random() < 0.4 + confidence / 2),
        }
        if RNG.random() < 0.9:
            row["confidence"] = confidence
        made.append(row)
    made += [{"subtask": "c", "abstained": True}]

    def figures(rows):
        right, given = sum(r.get("correct", False) for r in rows), sum(not r.get("abstained", False) for r in rows)
        accuracy, coverage = wilson(right, len(rows), 0.95), wilson(given, len(rows), 0.95)
        precision = wilson(right, given, 0.95) if given else undefined("nothing_to_count")
        return {"n": len(rows), "accuracy": accuracy, "precision": precision, "coverage": coverage}

    sure = [r for r in made if not r["abstained"] and "confidence" in r]
    confidence = np.array([r["confidence"] for r in sure])
    wrong = np.array([not r["correct"] for r in sure])
    curve = [[np.mean(confidence >= c), wrong[confidence >= c].mean()] for c in np.unique(confidence)[::-1]]
    # Equals come in no order: the mean over all of them is that each has the group's share of errors.
    each = np.concatenate(
        [[wrong[confidence == c].mean()] * int((confidence == c).sum()) for c in np.unique(confidence)[::-1]]
    )
    area = np.mean(np.cumsum(each) / np.arange(1, len(each) + 1))
    of = lambda name: figures([r for r in made if r["subtask"] == name])
    expected = {
        "overall": figures(made),
        "by_subtask": {name: of(name) for name in "abc"},
        "risk_coverage": {"curve": curve, "area": area},
    }
    golden(
        "selective",
        [("the section's ten items", {}, rows, {"overall": figures(rows)}), ("with confidences", {}, made, expected)],
    )


for make in [calibration, group_evenness, fairness, one_sided, one_to_many, score_intervals, selective]:
    make()
