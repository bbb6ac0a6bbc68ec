"""Writes tests/golden/audit/*.toml for reports that hold judges and metrics to people with NumPy and SciPy, after the
papers that they name: kappas by what a judge knew, labels to trust, opinion scores, and metrics beside people.

    python tests/golden/make_audit_agreement.py
"""

from itertools import combinations

import numpy as np
from scipy import optimize, stats

from audit_golden import BOOT, Undefined, bootstrap, kappa, pearson, spearman, tau_b, wilson, write

RNG = np.random.default_rng(20260715)


def golden(name, cases, tolerance=1e-9):
    write("make_audit_agreement.py", name, cases, tolerance)


def reference_grounding():
    """The section's strata, [[40, 2], [3, 35]] where the judge was right, [[10, 10], [9, 11]] where not, and more."""
    rows = []

    def table(counts, **more):
        for human in (1, 0):
            for verdict in (1, 0):
                times = counts[1 - human][1 - verdict]
                rows.extend([{"human": bool(human), "verdict": bool(verdict)} | more] * times)

    table([[40, 2], [3, 35]], reference_kind="human", judge_correct=True)
    table([[10, 10], [9, 11]], reference_kind="human", judge_correct=False)
    table([[4, 0], [0, 0]], reference_kind="none", judge_correct=True)
    table([[3, 1], [2, 4]], reference_kind="none", own=True)
    table([[2, 1], [1, 5]], reference_kind="self", own=False, judge_correct=False)
    human, judge = (np.array([r[f] for r in rows]) for f in ("human", "verdict"))

    def figure(members):
        members = np.array(members)
        return bootstrap(len(members), lambda at: kappa(human[members[at]], judge[members[at]]))

    cells, gap = [], {}
    for kind in ["human", "none", "self"]:
        of_kind = [i for i, r in enumerate(rows) if r["reference_kind"] == kind]
        strata = [("judge_right", True), ("judge_wrong", False), ("unknown", None)]
        found = {}
        for stratum, members in [("all", of_kind)] + [
            (name, [i for i in of_kind if rows[i].get("judge_correct") is known]) for name, known in strata
        ]:
            if members:
                found[stratum] = figure(members)
                same = int((human[members] == judge[members]).sum())
                cell = {"reference_kind": kind, "stratum": stratum, "n": len(members), "kappa": found[stratum]}
                cells.append(cell | {"agreement": wilson(same, len(members))})
        ends = [found.get(s, {}).get("value") for s in ("judge_right", "judge_wrong")]
        if None not in ends:
            gap[kind] = ends[0] - ends[1]
    passed = lambda own: np.mean([r["verdict"] for r in rows if r.get("own") is own and not r["human"]])
    expected = {
        "cells": cells,
        "gap": gap,
        "pooled": figure(range(len(rows))),
        "self_preference": passed(True) - passed(False),
        "ungrounded": True,
    }
    golden("reference-grounding", [("strata", {"bootstrap": BOOT}, rows, expected)])


def label_trust():
    people, items = ["ann", "bo", "cy"], [f"c{i}" for i in range(24)]
    rows, given = [], {}
    for category, noise in [("gratitude", 0.02), ("confusion", 0.12), ("pedagogy", 0.45), ("setup", None)]:
        truth = RNG.random(24) < 0.4
        for rater in people + ["model"]:
            for item, true in zip(items, truth):
                if rater != "model" and RNG.random() < 0.1:
                    continue
                odd = noise is not None and RNG.random() < noise * (1.5 if rater == "model" else 1)
                value = "yes" if bool(true) != bool(odd) and noise is not None else "no"
                given[category, rater, item] = value
                rows.append({"item_id": item, "rater_id": rater, "category": category, "value": value})
    categories, points = {}, []
    options = {"model": "model", "gate": {"people": 0.6, "model": 0.5}}
    for category in ["confusion", "gratitude", "pedagogy", "setup"]:

        def of(a, b):
            both = [i for i in items if (category, a, i) in given and (category, b, i) in given]
            return kappa([given[category, a, i] for i in both], [given[category, b, i] for i in both])

        try:
            between = np.mean([of(a, b) for a, b in combinations(people, 2)])
            with_model = np.mean([of(a, "model") for a in people])
        except Undefined as error:
            categories[category] = {"error": {"code": str(error)}}
            continue
        n = sum(sum((category, r, i) in given for r in people + ["model"]) >= 2 for i in items)
        trust = "unsettled" if between < 0.6 else "adopt" if with_model >= 0.5 else "review"
        categories[category] = {"kappa_people": between, "kappa_model": with_model, "n": n, "trust": trust}
        points.append((between, with_model))
    line = stats.linregress(*zip(*points))
    expected = {"categories": categories, "line": {"slope": line.slope, "intercept": line.intercept}}
    golden("label-trust", [("three people and a model", options, rows, expected)])


def contextual():
    criteria = ["refusal", "faithfulness", "completeness", "conciseness"]
    rows = [{"id": "none", "a": {"conciseness": 0.5}, "b": {"conciseness": 0.45}}]
    for i in range(24):
        side = lambda: (
            {"refuses": bool(RNG.random() < 0.3)}
            | {c: float(RNG.integers(0, 4)) / 4 for c in criteria[1:] if RNG.random() < 0.9}
        )
        row = {"id": f"q{i}", "a": side(), "b": side()}
        if RNG.random() < 0.8:
            row["answerable"] = bool(RNG.random() < 0.5)
        rows.append(row)
    decisions = []
    for row in rows:
        found = {"id": row["id"], "winner": "tie", "decided_by": None, "scores": {}}
        for c in criteria:
            if c == "refusal":
                known = "answerable" in row and "refuses" in row["a"]
                pair = [float(row[s].get("refuses") != row.get("answerable")) for s in "ab"] if known else [None]
            else:
                pair = [row[s].get(c) for s in "ab"]
            if None in pair:
                continue
            found["scores"][c] = pair
            if abs(pair[0] - pair[1]) > 0.25:
                found |= {"winner": "a" if pair[0] > pair[1] else "b", "decided_by": c}
                break
        decisions.append(found)
    golden("contextual", [("by what matters first", {"tolerance": 0.25}, rows, {"decisions": decisions})])


def scale_shape():
    tasks = {
        "steady": ([1, 2, 4, 8, 16], [0.1, 0.21, 0.29, 0.42, 0.5]),
        "sudden": ([1, 10, 100, 1000, 10000], [0.02, 0.03, 0.03, 0.05, 0.45]),
        "falling": ([3, 1, 2], [0.2, 0.9, 0.5]),
        "mostly level": ([1, 2, 3, 4], [0.1, 0.1, 0.1, 0.7]),
        "level": ([1, 2, 3], [0.5, 0.5, 0.5]),
        "once": ([5], [0.5]),
    }
    rows, found = [], []
    for task, (scale, score) in tasks.items():
        rows += [{"task": task, "scale": s, "score": y} for s, y in zip(scale, score)]
    for task in sorted(tasks):
        scale, score = tasks[task]
        y = np.array(score)[np.argsort(scale)]
        if np.ptp(y) == 0:
            found.append(
                {"task": task, "n": len(y), "error": {"code": "too_few_values" if len(y) < 2 else "constant_input"}}
            )
            continue
        improvement = np.sign(int(np.argmax(y)) - int(np.argmin(y))) * np.ptp(y)
        squares, middle = np.diff(y) ** 2, np.median(np.diff(y) ** 2)
        sharp = improvement / np.sqrt(middle) if middle > 0 else None
        found.append(
            {
                "task": task,
                "n": len(y),
                "improvement": improvement,
                "linearity": improvement / np.sqrt(squares.mean()),
                "breakthroughness": sharp,
            }
        )
    average = lambda name: np.mean([t[name] for t in found if t.get(name) is not None])
    expected = {
        "tasks": found,
        "mean_linearity": average("linearity"),
        "mean_breakthroughness": average("breakthroughness"),
    }
    golden("scale-shape", [("the section's task and others", {}, rows, expected)])


# Opinions and metrics


def curve_fit(x, y):
    """The four-parameter logistic curve of least squares, polished by Gauss-Newton steps."""
    falls = pearson(x, y) < 0
    start = [y.min() if falls else y.max(), y.max() if falls else y.min(), x.mean(), x.std(ddof=1) / 4]
    model = lambda p, x: p[1] + (p[0] - p[1]) / (1 + np.exp(-(x - p[2]) / p[3]))
    at = optimize.least_squares(lambda p: model(p, x) - y, start, xtol=1e-15, ftol=1e-15, gtol=1e-15).x
    for _ in range(500):
        s = 1 / (1 + np.exp(-(x - at[2]) / at[3]))
        rise = (at[0] - at[1]) * s * (1 - s) / at[3]
        jacobian = np.column_stack([s, 1 - s, -rise, -rise * (x - at[2]) / at[3]])
        at = at + np.linalg.lstsq(jacobian, y - model(at, x), rcond=None)[0]
    return at, model(at, x)


def opinion_scores():
    items, raters = [f"i{k:02}" for k in range(14)], ["ada", "ben", "cleo", "dan", "eve"]
    quality = np.linspace(-3, 3, 14)
    metric = np.round(quality * 2 + RNG.normal(0, 0.4, 14), 2)
    grid = np.full((14, 5), np.nan)
    rows = []
    for i, item in enumerate(items):
        for r, rater in enumerate(raters):
            if r < 2 or RNG.random() < 0.9:
                own = 3 + 2 * np.tanh(quality[i]) + RNG.normal(0, 0.4) + (r - 1) * 0.3
                score = 3 if rater == "eve" else int(np.clip(np.round(own), 1, 7))
                grid[i, r] = score
                rows.append({"item_id": item, "rater_id": rater, "score": score, "metric": float(metric[i])})
    cases = []
    for mapping, z_scores in [("logistic", True), ("linear", False), ("none", True)]:
        options = {"mapping": mapping, "z_scores": z_scores, "bootstrap": BOOT}
        level = np.array([np.nanmax(grid[:, r]) == np.nanmin(grid[:, r]) for r in range(5)])
        scaled = grid.copy()
        if z_scores:
            for r in range(5):
                spread = np.nanstd(grid[:, r], ddof=1)
                scaled[:, r] = np.nan if level[r] else 100 * ((grid[:, r] - np.nanmean(grid[:, r])) / spread + 3) / 6
        opinions, z = [], stats.norm.ppf(0.95)
        for i, item in enumerate(items):
            got = scaled[i][~np.isnan(scaled[i])]
            mos, sd = got.mean(), got.std(ddof=1)
            half = z * sd / np.sqrt(len(got))
            opinions.append(
                {"item_id": item, "mos": mos, "deviation": sd, "lower": mos - half, "upper": mos + half, "n": len(got)}
            )
        screened = []
        for r, rater in enumerate(raters):
            above = below = seen = 0
            for i in range(14):
                if np.isnan(grid[i, r]):
                    continue
                seen += 1
                got = grid[i][~np.isnan(grid[i])]
                if np.ptp(got) == 0:
                    continue
                k = stats.kurtosis(got, fisher=False)
                reach = (2 if 2 <= k <= 4 else np.sqrt(20)) * got.std(ddof=1)
                above += grid[i, r] >= got.mean() + reach
                below += grid[i, r] <= got.mean() - reach
            far = int(above) + int(below)
            unsteady = bool(far > 0.05 * seen and abs(int(above) - int(below)) < 0.3 * far)
            screened.append(
                {
                    "rater_id": rater,
                    "items": seen,
                    "above": int(above),
                    "below": int(below),
                    "unsteady": unsteady,
                    "constant": bool(level[r] and z_scores),
                }
            )
        y = np.array([o["mos"] for o in opinions])
        more = {}
        if mapping == "logistic":
            (top, bottom, middle, width), mapped = curve_fit(metric, y)
            more = {"curve": {"top": top, "bottom": bottom, "middle": middle, "width": width, "converged": True}}
        elif mapping == "linear":
            fit = stats.linregress(metric, y)
            mapped = fit.slope * metric + fit.intercept
        else:
            mapped = metric
        figures = {
            "srcc": bootstrap(14, lambda at: spearman(metric[at], y[at])),
            "krcc": bootstrap(14, lambda at: tau_b(metric[at], y[at])),
            "plcc": bootstrap(14, lambda at: pearson(mapped[at], y[at])),
            "rmse": bootstrap(14, lambda at: np.sqrt(np.mean((mapped[at] - y[at]) ** 2))),
        }
        expected = {
            "items": opinions,
            "raters": screened,
            "metric": figures | more | {"points": np.column_stack([metric, y])},
        }
        cases.append((f"mapping {mapping}", options, rows, expected))
    golden("opinion-scores", cases, 1e-7)


def williams(xz, yz, xy, n):
    determinant = 1 - xz**2 - yz**2 - xy**2 + 2 * xz * yz * xy
    mean = (xz + yz) / 2
    t = (xz - yz) * np.sqrt((n - 1) * (1 + xy) / (2 * (n - 1) / (n - 3) * determinant + mean**2 * (1 - xy) ** 3))
    return {"difference": xz - yz, "statistic": t, "degrees": n - 3, "p_value": 2 * stats.t.sf(abs(t), n - 3)}


def steiger(xz, yz, xy, n):
    m = (xz + yz) / 2
    psi = xy * (1 - 2 * m**2) - m**2 * (1 - 2 * m**2 - xy**2) / 2
    z = (np.arctanh(xz) - np.arctanh(yz)) * np.sqrt((n - 3) / (2 - 2 * psi / (1 - m**2) ** 2))
    return {"difference": xz - yz, "statistic": z, "degrees": None, "p_value": 2 * stats.norm.sf(abs(z))}


def zou(xz, yz, xy, n, level):
    reach = stats.norm.ppf(0.5 + level / 2) / np.sqrt(n - 3)
    ends = lambda r: np.tanh(np.arctanh(r) + np.array([-reach, reach]))
    (l1, u1), (l2, u2) = ends(xz), ends(yz)
    c = ((xy - xz * yz / 2) * (1 - xz**2 - yz**2 - xy**2) + xy**3) / ((1 - xz**2) * (1 - yz**2))
    half = lambda a, b: np.sqrt(a**2 + b**2 - 2 * c * a * b)
    return [xz - yz - half(xz - l1, u2 - yz), xz - yz + half(u1 - xz, yz - l2)]


def right_share(x, y, epsilon):
    """Pairs in the order of people, or tied as they are."""
    hits = [
        (abs(x[i] - x[j]) <= epsilon) if y[i] == y[j] else abs(x[i] - x[j]) > epsilon and (x[i] > x[j]) == (y[i] > y[j])
        for i, j in combinations(range(len(x)), 2)
    ]
    return np.mean(hits)


def metric_agreement():
    systems, items = ["s1", "s2", "s3", "s4", "s5"], [f"t{i:02}" for i in range(12)]
    skill = np.linspace(-1, 1, 5)[:, None]
    truth = skill + RNG.normal(0, 0.8, (5, 12))
    grids = {
        "human": np.round(3 + truth).clip(1, 5),
        "good": np.round(truth + RNG.normal(0, 0.4, (5, 12)), 1),
        "noisy": np.round(truth + RNG.normal(0, 1.5, (5, 12)), 2),
        "length": np.round(RNG.normal(50, 9, (5, 12))),
    }
    grids["good"][2, 3] = np.nan
    rows = [
        {"system": s, "item_id": t, "metric": m, "score": float(g[i, j])}
        for m, g in grids.items()
        for i, s in enumerate(systems)
        for j, t in enumerate(items)
        if not np.isnan(g[i, j])
    ]
    human, names, cases = grids.pop("human"), sorted(["good", "noisy", "length"]), []
    for name, of, fixed in [("pearson", pearson, None), ("kendall_b", tau_b, 0.3)]:
        boot = {**BOOT, "replicates": 25}
        options = {"correlation": name, "bootstrap": boot} | ({"epsilon": fixed} if fixed is not None else {})
        found = []
        for metric in names:
            grid = grids[metric]

            def both(x, y):
                there = ~np.isnan(x) & ~np.isnan(y)
                return x[there], y[there]

            def level(groups):
                def figure(at):
                    values = []
                    for x, y in groups(grid[:, at], human[:, at]):
                        try:
                            values.append(of(*both(x, y)))
                        except Undefined:
                            pass
                    if not values:
                        raise Undefined("nothing_to_count")
                    return np.mean(values)

                return bootstrap(12, figure, boot=boot)

            def means(g, h):
                rows = [both(g[s], h[s]) for s in range(5)]
                return [tuple(np.array(z) for z in zip(*[(x.mean(), y.mean()) for x, y in rows]))]

            by_item = lambda g, h: [(g[:, i], h[:, i]) for i in range(g.shape[1])]
            if fixed is None:
                reach = {0.0} | {abs(a - b) for x, y in by_item(grid, human) for a, b in combinations(both(x, y)[0], 2)}
                total = lambda e: np.mean([right_share(*both(x, y), e) for x, y in by_item(grid, human)])
                best = max(total(e) for e in reach)
                epsilon = min(e for e in reach if total(e) >= best - 1e-12)
            else:
                epsilon = fixed
            tied = lambda at: np.mean(
                [right_share(*both(x, y), epsilon) for x, y in by_item(grid[:, at], human[:, at])]
            )
            found.append(
                {
                    "metric": metric,
                    "n": int((~np.isnan(grid)).sum()),
                    "system": level(means),
                    "system_accuracy": bootstrap(
                        12, lambda at: right_share(*means(grid[:, at], human[:, at])[0], 0.0), boot=boot
                    ),
                    "segment": level(lambda g, h: [(g.ravel(), h.ravel())]),
                    "by_item": level(by_item),
                    "by_system": level(lambda g, h: list(zip(g, h))),
                    "accuracy_with_ties": bootstrap(12, tied, boot=boot),
                    "epsilon": epsilon,
                }
            )
        pairs = []
        for one, other in combinations(names, 2):
            there = ~np.isnan(grids[one]) & ~np.isnan(grids[other])
            x, y, z = grids[one][there], grids[other][there], human[there]
            r = (pearson(x, z), pearson(y, z), pearson(x, y), len(x))
            pairs.append(
                {
                    "first": one,
                    "second": other,
                    "n": len(x),
                    "difference": r[0] - r[1],
                    "interval": zou(*r, 0.9),
                    "williams": williams(*r),
                    "steiger": steiger(*r),
                }
            )
        order = np.argsort([p["williams"]["p_value"] for p in pairs])
        largest = 0
        for place, i in enumerate(order):
            largest = max(largest, min(1, pairs[i]["williams"]["p_value"] * (len(pairs) - place)))
            pairs[i]["p_adjusted"] = largest
        expected = {"metrics": found, "differences": pairs, "systems": systems, "items": 12}
        cases.append((f"three metrics by {name}", options, rows, expected))
    golden("metric-agreement", cases)


for make in [reference_grounding, label_trust, contextual, scale_shape, opinion_scores, metric_agreement]:
    make()
