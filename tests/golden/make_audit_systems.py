"""Writes tests/golden/audit/*.toml for reports on models and systems with NumPy and SciPy, after the papers that they
name: which is better, by how much, and at what cost.

    python tests/golden/make_audit_systems.py
"""

from itertools import combinations

import numpy as np
from scipy import special, stats

from audit_golden import BOOT, Undefined, bootstrap, estimate, logistic, mean_figure, undefined, wilson, write

RNG = np.random.default_rng(20260713)


def golden(name, cases, tolerance=1e-9):
    write("make_audit_systems.py", name, cases, tolerance)


# Systems


def holm(pairs):
    tested, largest = [p for p in pairs if p["randomisation"]], 0.0
    for place, pair in enumerate(sorted(tested, key=lambda p: p["randomisation"]["p_value"])):
        largest = max(largest, min(1.0, pair["randomisation"]["p_value"] * (len(tested) - place)))
        pair["p_adjusted"] = largest


def smallest(power, least=2):
    n = least
    while power(n) < 0.8:
        n += 1
    return n


def paired_power(effect):
    def power(n):
        t, shift = stats.t.ppf(0.975, n - 1), effect * np.sqrt(n)
        return stats.nct.sf(t, n - 1, shift) + stats.nct.cdf(-t, n - 1, shift)

    return power


def proportion_power(p, q):
    h = 2 * np.arcsin(np.sqrt(p)) - 2 * np.arcsin(np.sqrt(q))
    z = stats.norm.ppf(0.025)
    return lambda n: stats.norm.cdf(z + h * np.sqrt(n / 2)) + stats.norm.cdf(z - h * np.sqrt(n / 2))


def exact(test, samples, statistic, kind):
    found = stats.permutation_test(samples, statistic, permutation_type=kind, n_resamples=np.inf, vectorized=False)
    counted = len(found.null_distribution)
    return {"statistic": found.statistic, "p_value": found.pvalue, "exchanges": counted, "null": "exact"}


def signed_ranks(d):
    moved = d[d != 0]
    if not len(moved):
        return undefined("constant_input")
    ranks = stats.rankdata(np.abs(moved))
    total = ranks.sum()
    plus = ranks[moved > 0].sum()
    signs = (np.arange(1 << len(moved))[:, None] >> np.arange(len(moved))) & 1
    null = signs @ ranks
    p = min(1, 2 * min((null <= plus + 1e-9).mean(), (null >= plus - 1e-9).mean()))
    return {"rank_sum": plus, "effect": (2 * plus - total) / total, "p_value": p, "n": len(moved), "null": "exact"}


def same_items(first, second, a, b):
    d = a - b
    pair = {"first": first, "second": second, "paired": True, "n": len(d), "difference": mean_figure(d)}
    pair["randomisation"] = exact(None, [d], np.mean, "samples")
    pair["wilcoxon"] = signed_ranks(d)
    if set(a) | set(b) <= {0, 1} and d.any():
        low, n = min((d == 1).sum(), (d == -1).sum()), int((d != 0).sum())
        pair["mcnemar"] = {"statistic": int(low), "p_value": stats.binomtest(int(low), n).pvalue, "null": "exact"}
    varies = d.mean() != 0 and d.std() > 0
    pair["items_needed"] = smallest(paired_power(d.mean() / d.std(ddof=1))) if varies else undefined("nothing_to_count")
    return pair


def own_items(first, second, a, b):
    m, n = len(a), len(b)
    every = np.concatenate([a, b])
    # The second system's stratum is drawn first.
    units = [[[m + i] for i in range(n)], [[i] for i in range(m)]]
    gap = lambda at: every[at[at < m]].mean() - every[at[at >= m]].mean()
    pair = {"first": first, "second": second, "paired": False, "n": m + n, "difference": bootstrap(m + n, gap, units)}
    pair["randomisation"] = exact(None, [a, b], lambda x, y: np.mean(x) - np.mean(y), "independent")
    ties = len(set(every)) < len(every)
    test = stats.mannwhitneyu(a, b, use_continuity=False, method="asymptotic" if ties else "exact")
    pair["mann_whitney"] = {
        "u": test.statistic,
        "superiority": test.statistic / (m * n),
        "p_value": test.pvalue,
        "null": "asymptotic" if ties else "exact",
    }
    pair["items_needed"] = undefined("nothing_to_count")
    if set(every) <= {0, 1}:
        x, y = int(a.sum()), int(b.sum())
        one, two = wilson(x, m), wilson(y, n)
        value = one["value"] - two["value"]
        lower = value - np.hypot(one["value"] - one["lower"], two["upper"] - two["value"])
        upper = value + np.hypot(one["upper"] - one["value"], two["value"] - two["lower"])
        pair["newcombe"] = estimate(value, lower, upper, m + n, "newcombe")
        table = [[x, m - x], [y, n - y]]
        odds = x * (n - y) / ((m - x) * y) if (m - x) * y else None
        pair["fisher"] = {"odds_ratio": odds, "p_value": stats.fisher_exact(table).pvalue}
        pair["items_needed"] = (
            smallest(proportion_power(x / m, y / n), 1) if x / m != y / n else undefined("nothing_to_count")
        )
    return pair


def compare_systems():
    cases = []
    graded = {"x": [3, 4.5, 2, 5, 4, 3.5, 4, 1], "y": [2, 4, 2.5, 3.5, 3, 3, 4, 1.5], "z": [1, 2, 3, 2.5, 3, 1, 2, 2]}
    right = {"x": [1, 1, 1, 1, 0, 1, 1, 1], "y": [1, 0, 1, 0, 0, 1, 0, 1], "z": [0, 0, 1, 0, 1, 0, 0, 1]}
    apart = {"x": [3.1, 4.2, 5.3, 4.4, 5.55], "y": [2.6, 3.7, 1.8, 3.9], "z": [1.05, 2.2, 4.35, 0.4, 1.5]}
    shares = {"x": [1, 1, 1, 0, 1, 1], "y": [0, 1, 0, 0, 1, 0, 0]}
    for title, scores, paired in [
        ("grades of the same items", graded, True),
        ("right and wrong on the same items", right, True),
        ("grades of other items", apart, False),
        ("right and wrong on other items", shares, False),
    ]:
        arrays = {s: np.array(v, float) for s, v in scores.items()}
        order = sorted(arrays, key=lambda s: -arrays[s].mean())
        pairs = [(same_items if paired else own_items)(a, b, arrays[a], arrays[b]) for a, b in combinations(order, 2)]
        holm(pairs)
        test = stats.kruskal(*[arrays[s] for s in order])
        rows = [
            {"system": s, "score": v} | ({"item_id": i} if paired else {})
            for s, all in scores.items()
            for i, v in enumerate(all)
        ]
        expected = {
            "systems": [{"system": s, "mean": mean_figure(arrays[s]), "n": len(arrays[s])} for s in order],
            "pairs": pairs,
            "kruskal_wallis": {"h": test.statistic, "degrees": len(order) - 1, "p_value": test.pvalue},
        }
        cases.append((title, {"bootstrap": BOOT}, rows, expected))
    golden("compare-systems", cases)


def performance_profile():
    cases = []
    section = {"a": [10, 20, 30], "b": [12, 18, None], "c": [40, 60, 33]}
    made = {
        s: [None if RNG.random() < 0.15 else round(float(RNG.gamma(3, 2) + 0.5), 2) for _ in range(9)] for s in "pqrs"
    }
    for title, costs, options in [
        ("the section's table", section, {}),
        ("by the trapezoid rule", section, {"compat": True, "r_max": 4.0}),
        ("four systems", made, {"r_max": 3.0}),
    ]:
        workloads = [f"w{i}" for i in range(len(costs[min(costs)]))]
        table = np.array([[np.nan if c is None else c for c in costs[s]] for s in sorted(costs)])
        ratios = table / np.nanmin(table, axis=0)
        top = np.nanmax(ratios) if options.get("compat") else options.get("r_max", 4.0)
        within = np.unique([r for r in ratios.ravel() if r <= top] + [1.0, top])
        share = lambda limit: (ratios <= limit).mean(axis=1)
        if options.get("compat"):
            grid = np.linspace(1, top, 100)
            scores = np.trapezoid([share(x) for x in grid], grid, axis=0) / (top - 1)
        else:
            scores = np.nansum(np.maximum(0, top - ratios), axis=1) / (top - 1) / len(workloads)
        profile = np.array([share(x) for x in within])
        systems = [
            {
                "system": s,
                "score": scores[i],
                "met": int((~np.isnan(ratios[i])).sum()),
                "ratios": [None if np.isnan(r) else r for r in ratios[i]],
                "profile": profile[:, i],
            }
            for i, s in enumerate(sorted(costs))
        ]
        systems.sort(key=lambda s: -s["score"])
        rows = [{"system": s, "workload": w, "cost": c} for s in costs for w, c in zip(workloads, costs[s])]
        cases.append((title, options, rows, {"systems": systems, "workloads": workloads, "within": within}))
    golden("performance-profile", cases)


# WildBench


GROUPS = {
    "Information seeking": "Information/Advice seeking",
    "Advice seeking": "Information/Advice seeking",
    "Creative Writing": "Creative Tasks",
    "Editing": "Creative Tasks",
    "Brainstorming": "Creative Tasks",
    "Role playing": "Creative Tasks",
    "Others": "Creative Tasks",
    "Coding & Debugging": "Coding & Debugging",
    "Reasoning": "Planning & Reasoning",
    "Planning": "Planning & Reasoning",
    "Math": "Math & Data Analysis",
    "Data Analysis": "Math & Data Analysis",
}
WEIGHTS = {
    "Creative Tasks": 0.5,
    "Planning & Reasoning": 1.25,
    "Math & Data Analysis": 1.0,
    "Information/Advice seeking": 0.75,
    "Coding & Debugging": 1.25,
}
REWARD = {"A++": 1.0, "A+": 0.5, "A=B": 0.0, "B+": -0.5, "B++": -1.0}
KIND = dict(zip(REWARD, ["much_better", "better", "ties", "worse", "much_worse"]))


def by_task(tagged, compat):
    tasks = sorted({GROUPS[t] for tags, _ in tagged for t in tags})
    found = {t: np.mean([v for tags, v in tagged if t in {GROUPS[x] for x in tags}]) for t in tasks}
    if not found:
        return {}, undefined("nothing_to_count")
    # Officially a task without items keeps its weight in the divisor.
    divisor = sum(w for t, w in WEIGHTS.items() if compat or t in found)
    return found, sum(WEIGHTS[t] * v for t, v in found.items()) / divisor


def wb_reward():
    section = [{"verdict": v} for v, n in zip(REWARD, [80, 341, 148, 303, 75]) for _ in range(n)] + [{}] * 76
    verdicts, tags = list(REWARD), list(GROUPS)
    made = []
    for i in range(60):
        row = {
            "len_test": int(RNG.integers(200, 2500)),
            "len_ref": int(RNG.integers(200, 2500)),
            "swapped": bool(RNG.random() < 0.3),
            "baseline": ["gpt4t", "haiku", "llama"][i % 3],
        }
        row["tags"] = [str(t) for t in RNG.choice(tags[:9], RNG.integers(1, 4), replace=False)]
        if RNG.random() < 0.9:
            row["verdict"] = verdicts[RNG.choice(5, p=[0.1, 0.35, 0.1, 0.35, 0.1])]
        made.append(row)
    # Exactly at the margin a slight win stays one.
    for verdict, lengths in [("A+", (900, 400)), ("B+", (400, 900)), ("A+", (901, 400)), ("B+", (400, 901))]:
        row = {"verdict": verdict, "len_test": lengths[0], "len_ref": lengths[1], "swapped": False}
        made.append(row | {"baseline": "haiku", "tags": ["Math"]})
    cases = []
    flip = dict(zip(verdicts, verdicts[::-1]))
    for title, rows, options in [
        ("the section's counts, skipped ones in the divisor", section, {"compat": True, "bootstrap": BOOT}),
        ("three baselines with a margin", made, {"k": 500.0, "bootstrap": BOOT}),
        ("the same without margin, as the official code", made, {"compat": True, "bootstrap": BOOT}),
    ]:
        compat = options.get("compat", False)

        def verdict(row, k):
            own = row.get("verdict")
            if own is None:
                return None
            own = flip[own] if row.get("swapped") else own
            ahead = row.get("len_test", 0) - row.get("len_ref", 0)
            return "A=B" if k >= 0 and (own == "A+" and ahead > k or own == "B+" and -ahead > k) else own

        def rewards(k):
            found = [REWARD.get(verdict(r, k), 0.0 if compat else np.nan) for r in rows]
            return np.array(found)

        k = options.get("k", -1.0)
        base, values = np.array([r.get("baseline", "") for r in rows]), rewards(k)

        def mix(at, values):
            means = [
                np.nanmean(values[at][base[at] == b])
                for b in np.unique(base)
                if (~np.isnan(values[at][base[at] == b])).any()
            ]
            if not means:
                raise Undefined("too_few_values")
            return np.mean(means)

        tasks, macro = by_task([(r.get("tags", []), v) for r, v in zip(rows, values) if "verdict" in r], compat)
        counts = {name: 0 for name in [*KIND.values(), "skipped"]}
        for row in rows:
            counts[KIND.get(verdict(row, k), "skipped")] += 1
        lengths = all("len_test" in r for r in rows)
        expected = {
            "reward": bootstrap(len(rows), lambda at: mix(at, values)),
            "task_macro": macro,
            "by_task": tasks,
            "counts": counts,
        }
        expected["sensitivity"] = [
            [m, mix(np.arange(len(rows)), rewards(m))] for m in [-1, 0, 100, 500, 1000] if m < 0 or lengths
        ]
        if base.any():
            expected["by_baseline"] = {b: mean_figure(values[(base == b) & ~np.isnan(values)]) for b in np.unique(base)}
        cases.append((title, options, rows, expected))
    golden("wb-reward", cases)


def wb_score():
    rows = [
        {
            "score": float(RNG.integers(2, 20)) / 2,
            "tags": [str(t) for t in RNG.choice(list(GROUPS)[:8], RNG.integers(0, 3), replace=False)],
        }
        for _ in range(40)
    ]
    scores = np.array([r["score"] for r in rows])
    cases = []
    for compat in (False, True):
        tasks, macro = by_task([(r["tags"], 2 * (r["score"] - 5)) for r in rows], compat)
        expected = {
            "score": mean_figure(2 * (scores - 5)),
            "task_macro": macro,
            "by_task": tasks,
            "mean": scores.mean(),
            "n": 40,
        }
        cases.append(
            (
                "forty scores" + (", as the official code" if compat else ""),
                {"compat": compat, "bootstrap": BOOT},
                rows,
                expected,
            )
        )
    golden("wb-score", cases)


def win_rate():
    section = [{"preference": p} for p in [1, 2, 2, 1.5]]
    made = []
    for model, lift in [("long", 250), ("short", -60)]:
        for _ in range(40):
            base = int(RNG.integers(200, 900))
            own = max(20, base + lift + int(RNG.normal(0, 150)))
            p = 1 / (1 + np.exp(-(0.2 + 0.004 * (own - base))))
            made.append(
                {
                    "model": model,
                    "preference": round(1 + float(np.clip(p + RNG.normal(0, 0.2), 0, 1)), 2),
                    "len": own,
                    "len_baseline": base,
                }
            )
    made += [{"model": "alone", "preference": 2}]
    cases = []
    for title, rows in [("the section's four", section), ("two models and a lone row", made)]:
        found = []
        for model in sorted({r.get("model", "") for r in rows}):
            own = [r for r in rows if r.get("model", "") == model]
            p = np.array([r["preference"] - 1 for r in own])
            n, wins, draws = len(p), int((p > 0.5).sum()), int((p == 0.5).sum())
            one = {
                "model": model,
                "discrete_win_rate": 100 * (wins + draws / 2) / n,
                "n": n,
                "n_wins": wins,
                "n_draws": draws,
                "n_wins_base": n - wins - draws,
            }
            if n > 1:
                se, z = 100 * p.std(ddof=1) / np.sqrt(n), stats.norm.ppf(0.975)
                rate = 100 * p.mean()
                one["win_rate"] = estimate(rate, max(0, rate - z * se), min(100, rate + z * se), n, "normal", 0.95)
                one["standard_error"] = se
            else:
                one |= {"win_rate": undefined("too_few_values"), "standard_error": undefined("too_few_values")}
            if "len" in own[0]:
                d = np.array([r["len"] - r["len_baseline"] for r in own], float)
                x = np.tanh(d / d.std(ddof=1))
                at, cov = logistic(np.column_stack([np.ones(n), x]), p)
                ends = 100 * special.expit(at[0] + np.array([0, -1, 1]) * stats.norm.ppf(0.975) * np.sqrt(cov[0, 0]))
                one["length_controlled"] = estimate(*ends, n, "normal", 0.95)
                one["length_effect"] = {"value": at[1], "standard_error": np.sqrt(cov[1, 1])}
                one["mean_length"] = np.mean([r["len"] for r in own])
            found.append(one)
        found.sort(
            key=lambda m: -(m["win_rate"]["value"] if m["win_rate"]["value"] is not None else m["discrete_win_rate"])
        )
        cases.append((title, {}, rows, {"models": found}))
    golden("win-rate", cases)


for make in [compare_systems, performance_profile, wb_reward, wb_score, win_rate]:
    make()
