"""Writes tests/golden/audit/*.toml for reports on leaderboards with NumPy and SciPy, after the papers that they name:
whether benchmarks agree, what style does, and what to ask or play next.

    python tests/golden/make_audit_boards.py
"""

from itertools import combinations

import numpy as np
from scipy import stats

from audit_golden import BOOT, Rng, Undefined, bootstrap, logistic, pearson, spearman, tau_b, undefined, write

RNG = np.random.default_rng(20260716)
POINTS = 400 / np.log(10)


def golden(name, cases, tolerance=1e-9):
    write("make_audit_boards.py", name, cases, tolerance)


def benchmark_agreement():
    boards, models = ["arena", "bench", "cost", "deep", "tiny"], [f"m{i:02}" for i in range(12)]
    skill, noise = np.linspace(1, -1, 12), dict(zip(boards, [0.2, 0.5, 0.6, 1.5, 0.1]))
    score = {}
    for board in boards:
        for m, model in enumerate(models):
            if RNG.random() < 0.9 and (board != "tiny" or m < 3):
                score[board, model] = round(
                    float(skill[m] * (-1 if board == "cost" else 1) + noise[board] * RNG.normal()), 1
                )
    rows = [{"model": m, "scenario": b, "score": s} for (b, m), s in score.items()]
    low = [s for (b, _), s in score.items() if b == "cost"]
    turned = {k: (1 - (s - min(low)) / (max(low) - min(low)) if k[0] == "cost" else s) for k, s in score.items()}
    cases = []
    for title, more in [
        ("kendall over all", {}),
        ("pearson on random fives", {"correlation": "pearson", "n_models": 5, "experiments": 4}),
    ]:
        of = pearson if more else tau_b
        options = {
            "aggregate_scenarios": ["arena", "bench", "cost"],
            "lower_is_better": ["cost"],
            "bootstrap": BOOT,
        } | more
        taking = [m for m in models if sum((b, m) in turned for b in options["aggregate_scenarios"]) >= 1]
        rates = {m: [] for m in taking}
        for b in options["aggregate_scenarios"]:
            own = {m: turned[b, m] for m in taking if (b, m) in turned}
            for m in own:
                rates[m].append(sum(o < own[m] for o in own.values()) / (len(own) - 1))
        aggregate = {m: np.mean(r) for m, r in rates.items()}
        rng = Rng(BOOT["seed"])

        def common(x, y):
            both = sorted([(x[m], y[m]) for m in models if m in x and m in y], key=lambda p: -p[1])
            return np.array(both, float).reshape(-1, 2).T

        def over(x, y):
            if len(x) < max(more.get("n_models", 0), 5):
                return []
            if not more:
                subsets = [range(len(x))]
            else:
                subsets = [rng.shuffled(len(x))[:5] for _ in range(4)]
            found = []
            for at in subsets:
                try:
                    found.append(of(x[list(at)], y[list(at)]))
                except Undefined:
                    pass
            return found

        board = {b: {m: turned[b, m] for m in models if (b, m) in turned} for b in boards}
        matrix = [[None] * 5 for _ in boards]
        for i in range(5):
            for j in range(i, 5):
                found = over(*common(board[boards[i]], board[boards[j]]))
                matrix[i][j] = matrix[j][i] = np.mean(found) if found else undefined("too_few_values")
        agreement = []
        for b in boards:
            x, y = common(board[b], aggregate)
            found = over(x, y)
            one = {
                "scenario": b,
                "common": len(x),
                "correlation": np.mean(found) if found else undefined("too_few_values"),
            }
            if len(found) > 1:
                one["deviation"] = np.std(found, ddof=1)
            one["over_all"] = (
                undefined("too_few_values") if len(x) < 5 else bootstrap(len(x), lambda at: of(x[at], y[at]))
            )
            agreement.append(one)
        seen = [a["correlation"] for a in agreement if not isinstance(a["correlation"], dict)]
        for a in agreement:
            own = a["correlation"]
            a["z_score"] = own if isinstance(own, dict) else (own - np.mean(seen)) / np.std(seen, ddof=1)
        ranked = sorted(taking, key=lambda m: -aggregate[m])
        expected = {
            "scenarios": boards,
            "matrix": matrix,
            "agreement": agreement,
            "aggregate": [{"model": m, "mean_win_rate": aggregate[m], "scenarios": len(rates[m])} for m in ranked],
        }
        cases.append((title, options, rows, expected))
    golden("benchmark-agreement", cases)


def apart(a, b):
    low, high = sorted([a, b])
    return high[1] >= low[2]


def tiers(scored):
    """From the top: a model that the first one of a tier is not apart from is in it."""
    order = sorted(range(len(scored)), key=lambda i: -scored[i][0])
    found, first, tier = [0] * len(scored), order[0], 1
    for i in order:
        if scored[i][0] != scored[first][0] and apart(scored[i], scored[first]):
            first, tier = i, tier + 1
        found[i] = tier
    return order, found


def benchmark_quality():
    models = [f"m{i}" for i in range(11)]
    skill = np.linspace(80, 20, 11)

    def board(names, spread, scale):
        made = {}
        for m, s in zip(models, skill):
            if m in names:
                value, half = s * scale + RNG.normal(0, spread), spread * RNG.uniform(0.7, 1.8)
                made[m] = tuple(float(np.round(v, 1)) for v in (value, value - half, value + half * 1.2))
        return made

    ours, people = board(models[:-1], 5, 1), board(models[1:], 30, 15)
    rows = [
        {"board": b, "model": m, "score": v, "lower": lo, "upper": hi}
        for b, all in [("benchmark", ours), ("people", people)]
        for m, (v, lo, hi) in all.items()
    ]
    shared = sorted(set(ours) & set(people))
    x, y = [ours[m] for m in shared], [people[m] for m in shared]
    reach = 2 * stats.norm.ppf(0.95)

    def figures(at):
        values = lambda board: np.array([board[i][0] for i in at])
        rank = spearman(values(x), values(y))
        agreed, told, squares = 0.0, 0, []
        for i, j in combinations(at, 2):
            if y[i][0] != y[j][0]:
                spread = np.hypot(x[i][2] - x[i][1], x[j][2] - x[j][1]) / reach
                gap = x[i][0] - x[j][0]
                chance = 0.5 if gap == 0 else stats.norm.cdf(gap / spread)
                squares.append((chance - (y[i][0] > y[j][0])) ** 2)
            if apart(y[i], y[j]):
                told += 1
                agreed += float((x[i][0] > x[j][0]) == (y[i][0] > y[j][0])) if apart(x[i], x[j]) else 0.5
        return agreed, told, np.mean(squares), rank

    def agreement(at):
        agreed, told, *_ = figures(at)
        if not told:
            raise Undefined("nothing_to_count")
        return agreed / told

    all_ours = list(ours.values())
    pairs = list(combinations(all_ours, 2))
    separated = sum(apart(a, b) for a, b in pairs)
    order, tier = tiers(all_ours)
    n = len(shared)
    expected = {
        "separability": {"separated": separated, "pairs": len(pairs), "share": separated / len(pairs)},
        "tiers": [{"model": list(ours)[i], "tier": tier[i]} for i in order],
        "common": n,
        "only_ours": sorted(set(ours) - set(people)),
        "only_human": sorted(set(people) - set(ours)),
        "human_separated": figures(range(n))[1],
        "agreement": bootstrap(n, agreement),
        "brier": bootstrap(n, lambda at: figures(at)[2]),
        "spearman": bootstrap(n, lambda at: figures(at)[3]),
    }
    golden("benchmark-quality", [("two boards of eleven models", {"level": 0.9, "bootstrap": BOOT}, rows, expected)])


def style_control():
    models, rows = ["base", "long", "neat", "poor"], []
    skill, wordy = dict(zip(models, [0, 0.4, 0.8, -0.9])), dict(zip(models, [300, 700, 350, 320]))
    for i in range(160):
        a, b = (models[k] for k in RNG.choice(4, 2, replace=False))
        la, lb = (int(max(20, RNG.normal(wordy[m], 120))) for m in (a, b))
        ha, hb = (int(RNG.integers(0, 6)) for _ in "ab")
        d = skill[a] - skill[b] + 1.5 * (la - lb) / (la + lb + 1) + 0.4 * (ha - hb) / (ha + hb + 1)
        u = RNG.random()
        p = 1 / (1 + np.exp(-d))
        winner = "tie" if abs(u - p) < 0.08 else "model_a" if u < p else "model_b"
        row = {
            "model_a": a,
            "model_b": b,
            "winner": winner,
            "len_a": la,
            "len_b": lb,
            "style_a": {"headers": ha},
            "style_b": {"headers": hb},
            "category": "hard" if i % 3 else "easy",
        }
        if i % 7 == 0:
            row["weight"] = 3
        rows.append(row)

    def board(rows, options):
        names = sorted({r[k] for r in rows for k in ("model_a", "model_b")})
        style = lambda r, c, s: r[f"len_{s}"] if c == "length" else r[f"style_{s}"][c]
        part = lambda a, b: (a - b) / (a + b + 1)
        columns = [[part(style(r, c, "a"), style(r, c, "b")) for r in rows] for c in ("headers", "length")]
        x = np.array(columns).T
        x = x - (x.mean(axis=0) if options.get("compat") else 0)
        x = x / np.sqrt((x**2).mean(axis=0))
        sides = np.array([[(r["model_a"] == m) - (r["model_b"] == m) for m in names] for r in rows], float)
        target = [{"model_a": 1, "model_b": 0, "tie": 0.5}[r["winner"]] for r in rows]
        weight, k = [r.get("weight", 1) for r in rows], len(names)
        base = names.index(options["baseline"]) if "baseline" in options else None

        def fit(design):
            at, cov = logistic(design, target, weight, options.get("ridge", 0.0), k)
            move = np.eye(len(at))
            if base is not None:
                move[:k, base] -= 1
            at, cov = move @ at, move @ cov @ move.T
            at[:k] = 1000 + POINTS * at[:k]
            return at, np.sqrt(np.maximum(np.diag(cov), 0)) * np.r_[np.full(k, POINTS), np.ones(len(at) - k)]

        at, se = fit(np.hstack([sides, x]))
        plain, _ = fit(sides)
        z = stats.norm.ppf(0.95)
        lower, upper = at - z * se, at + z * se
        order, tier = tiers([(at[i], lower[i], upper[i]) for i in range(k)])
        ratings = []
        for i in order:
            one = {
                "model": names[i],
                "rating": at[i],
                "lower": lower[i],
                "upper": upper[i],
                "plain_rating": plain[i],
                "tier": tier[i],
            }
            if base is not None:
                one["score"] = [100 / (1 + 10 ** ((1000 - r) / 400)) for r in (at[i], lower[i], upper[i])]
            ratings.append(one | {"battles": sum(names[i] in (r["model_a"], r["model_b"]) for r in rows)})
        effects = [
            {"covariate": c, "coefficient": at[k + j], "lower": lower[k + j], "upper": upper[k + j]}
            for j, c in enumerate(["headers", "length"])
        ]
        return {"n": len(rows), "ratings": ratings, "effects": effects}

    cases = []
    for title, options in [
        ("against a baseline", {"baseline": "base", "level": 0.9}),
        ("as the official regression", {"ridge": 0.5, "compat": True, "level": 0.9}),
    ]:
        kinds = {c: board([r for r in rows if r["category"] == c], options) for c in ("easy", "hard")}
        cases.append((title, options, rows, {"overall": board(rows, options), "by_category": kinds}))
    golden("style-control", cases, 1e-8)


# What next


def choose(scores, directions, duels, start, nu):
    seen = start + sum(((directions[a] - directions[b]) ** 2 for a, b, _ in duels), np.zeros(directions.shape[1]))
    first = int(np.argmax(scores))
    bounds = scores + np.sqrt(nu * ((directions - directions[first]) ** 2 / seen).sum(axis=1))
    others = [i for i in range(len(scores)) if i != first]
    return first, max(others, key=lambda i: bounds[i]), bounds


def network(x, duels, hidden, steps, rate, seed, decay):
    """Scores and their gradients by all weights, by features -> hidden -> hidden -> 1 with rectifiers."""
    rng, sizes = Rng(seed), [x.shape[1], hidden, hidden, 1]
    weights = []
    for inputs, outputs in zip(sizes, sizes[1:]):
        weights += [np.array([[rng.normal() for _ in range(inputs)] for _ in range(outputs)]), np.zeros(outputs)]

    def passed(v):
        h1 = np.maximum(weights[0] @ v + weights[1], 0)
        h2 = np.maximum(weights[2] @ h1 + weights[3], 0)
        b2 = weights[4][0] * (h2 > 0)
        b1 = (weights[2].T @ b2) * (h1 > 0)
        return (weights[4] @ h2 + weights[5])[0], [np.outer(b1, v), b1, np.outer(b2, h1), b2, h2[None, :], np.ones(1)]

    moments = [[np.zeros_like(w) for w in weights] for _ in "mv"]
    for step in range(1, steps + 1):
        slopes = [decay * w for w in weights]
        for a, b, won in duels:
            (sa, ga), (sb, gb) = passed(x[a]), passed(x[b])
            pull = (1 / (1 + np.exp(sb - sa)) - won) / len(duels)
            slopes = [s + pull * (p - q) for s, p, q in zip(slopes, ga, gb)]
        for i, slope in enumerate(slopes):
            moments[0][i] = 0.9 * moments[0][i] + 0.1 * slope
            moments[1][i] = 0.999 * moments[1][i] + 0.001 * slope**2
            m, v = moments[0][i] / (1 - 0.9**step), moments[1][i] / (1 - 0.999**step)
            weights[i] = weights[i] - rate * m / (np.sqrt(v) + 1e-8)
    found = [passed(v) for v in x]
    return np.array([s for s, _ in found]), np.array([np.concatenate([g.ravel() for g in gs]) for _, gs in found])


def labelled(count, features, labels):
    x = np.round(RNG.normal(0, 1, (count, features)), 2)
    names, theta = [f"c{i}" for i in range(count)], RNG.normal(0, 1, features)
    rows, duels = [{"id": n, "features": [float(v) for v in f]} for n, f in zip(names, x)], []
    for _ in range(labels):
        a, b = (int(i) for i in RNG.choice(count, 2, replace=False))
        won = bool(RNG.random() < 1 / (1 + np.exp(-(x[a] - x[b]) @ theta)))
        rows.append({"a": names[a], "b": names[b], "winner": "A" if won else "B"})
        duels.append((a, b, won))
    rows.append({"a": names[0], "b": names[1], "winner": "tie"})
    return x, names, rows, duels


def next_duel():
    x, names, rows, duels = labelled(7, 3, 12)
    apart = np.array([x[a] - x[b] for a, b, _ in duels])
    won = [w for *_, w in duels]
    cases = []
    net = {"hidden": 8, "steps": 12, "rate": 0.01, "seed": 5}
    for title, options in [
        ("linear", {"nu": 0.2, "lambda": 0.5}),
        ("linear, directions as the official code", {"compat": True}),
        ("by a network", {"network": net}),
    ]:
        nu, ridge = options.get("nu", 0.1), options.get("lambda", 0.1)
        if "network" in options:
            scores, directions = network(x, duels, 8, 12, 0.01, 5, ridge / (len(duels) + 50))
        else:
            scores, directions = x @ logistic(apart, won, ridge=ridge)[0], x
        first, second, bounds = choose(scores, directions, duels, 1e-10 if options.get("compat") else ridge, nu)
        compared = sorted({i for a, b, _ in duels for i in (a, b)})
        best = max(compared, key=lambda i: scores[i])
        named = lambda values: dict(zip(names, values))
        expected = {
            "a": names[first],
            "b": names[second],
            "best": names[best],
            "scores": named(scores),
            "bounds": named(bounds),
        }
        cases.append((title, options, rows, expected))
    golden("next-duel", cases, 1e-8)


def next_query():
    x, names, rows, duels = labelled(6, 3, 8)
    cases = []
    unlabelled = [{"id": "p", "features": [1.0, 0.0]}, {"id": "q", "features": [0.0, 0.0]}]
    expected = {"pair": ["p", "q"], "disagreement": 2 / np.sqrt(np.pi)}
    cases.append(("the section's: one apart, weights of deviation one", {}, unlabelled, expected))
    for title, epsilon in [("six candidates", 0.1), ("no label is worth its price", 50.0)]:
        apart = np.array([x[a] - x[b] for a, b, _ in duels])
        at, _ = logistic(apart, [w for *_, w in duels], ridge=1 / 4)
        p = 1 / (1 + np.exp(-apart @ at))
        covariance = np.linalg.inv((apart * (p * (1 - p))[:, None]).T @ apart + np.eye(3) / 4)
        pairs = {
            (a, b): 2 / np.sqrt(np.pi) * np.sqrt((x[a] - x[b]) @ covariance @ (x[a] - x[b]))
            for a, b in combinations(range(6), 2)
        }
        most = max(pairs, key=pairs.get)
        found = pairs[most] > epsilon
        expected = {"pair": [names[i] for i in most] if found else None, "disagreement": pairs[most] if found else None}
        cases.append((title, {"prior": 2.0, "epsilon": epsilon}, rows, expected))
    golden("next-query", cases)


def next_match():
    """All sets of k by hand: the pair of most worth, then who is worth most with all so far."""
    names = [f"m{i}" for i in range(7)]
    mean, sd = np.round(RNG.normal(25, 5, 7), 1), np.round(RNG.uniform(1, 8, 7), 1)
    met, rows = (
        np.zeros((7, 7)),
        [{"model": n, "mean": float(m), "deviation": float(s)} for n, m, s in zip(names, mean, sd)],
    )
    for a, b in combinations(range(7), 2):
        if RNG.random() < 0.6:
            times = int(RNG.integers(1, 9))
            met[a, b] = met[b, a] = times
            rows.append({"model_a": names[a], "model_b": names[b], "count": times})
    cases = []
    for options in [{}, {"k": 3, "alpha": 0.2}, {"k": 5, "alpha": 3.0, "beta": 2.0}]:
        k, alpha, beta = options.get("k", 4), options.get("alpha", 1.0), options.get("beta", 25 / 6)
        c = np.sqrt(2 * beta**2 + sd[:, None] ** 2 + sd[None, :] ** 2)
        worth = -np.abs(mean[:, None] - mean[None, :]) / c + alpha * np.sqrt(np.log(1 + met.sum() / 2) / (1 + met))
        chosen = list(max(combinations(range(7), 2), key=lambda p: worth[p]))
        while len(chosen) < k:
            chosen.append(max([m for m in range(7) if m not in chosen], key=lambda m: worth[m, chosen].sum()))
        cases.append(
            (
                f"options {options}".replace('"', "").replace("'", ""),
                options,
                rows,
                {"models": [names[i] for i in chosen]},
            )
        )
    golden("next-match", cases)


for make in [benchmark_agreement, benchmark_quality, style_control, next_duel, next_query, next_match]:
    make()
