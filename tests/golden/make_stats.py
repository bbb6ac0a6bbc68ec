"""Writes tests/golden/stats/*.toml from SciPy, scikit-learn, statsmodels, krippendorff, irrCAC and
pingouin (irrCAC 0.4.4 pins an old SciPy that it does not need: install it with --no-deps).

    python tests/golden/make_stats.py [NAME ...]

With names of functions below the dividing line, only those run. Inputs are made here from fixed seeds and rounded, so that a golden reads well; expected values are
whatever the reference tools give for them.
"""

import sys
from importlib.metadata import version as installed
from pathlib import Path

import numpy as np
import scipy
from scipy import optimize, special, stats
from scipy.stats._resampling import _bca_interval
from sklearn import metrics
from sklearn.calibration import calibration_curve
from sklearn.isotonic import IsotonicRegression

HERE = Path(__file__).parent / "stats"
RNG = np.random.default_rng(20240501)


def toml(value):
    if isinstance(value, (bool, np.bool_)):
        return "true" if value else "false"
    if isinstance(value, str):
        return '"' + value + '"'
    if isinstance(value, (int, np.integer)):
        return str(int(value))
    if isinstance(value, (float, np.floating)):
        text = repr(float(value))
        return text if any(c in text for c in ".en") else text + ".0"
    return "[" + ", ".join(toml(v) for v in value) + "]"


def write(name, tool, cases, tolerance=1e-12):
    package = tool.split(".")[0]
    version = installed({"sklearn": "scikit-learn"}.get(package, package))
    lines = [
        f'tool = "{tool}"',
        f'version = "{version}"',
        'command = "python tests/golden/make_stats.py"',
        f"tolerance = {tolerance}",
    ]
    for case in cases:
        lines += ["", "[[case]]"] + [f"{key} = {toml(value)}" for key, value in case.items()]
    (HERE / f"{name}.toml").write_text("\n".join(lines) + "\n")


def polished(loss, x):
    """Where the slope of a loss vanishes, near x. Minimisers stop at half of the digits, since a minimum is
    flat. The slope is exact: that of an analytic function, by a step into the complex plane."""
    steps = 1e-30j * np.eye(len(x))

    def slope(x):
        return [loss(x + step).imag / 1e-30 for step in steps]

    return optimize.root(slope, x, tol=1e-14).x


def pairs():
    """Series with and without ties, long and short, and with awkward numbers."""
    x = RNG.normal(size=12).round(3)
    yield "no ties", x, (x + RNG.normal(size=12)).round(3)
    yield "likert", RNG.integers(1, 6, 40).astype(float), RNG.integers(1, 6, 40).astype(float)
    y = RNG.integers(1, 6, 30)
    yield "score against likert", (y + RNG.normal(0, 1.5, 30)).round(2), y.astype(float)
    yield "two items", np.array([1.0, 2.0]), np.array([5.0, 3.0])
    yield "mostly ties", np.array([1.0] * 9 + [2.0]), np.array([0.0] * 5 + [1.0] * 5)
    yield "large offset", 1e9 + x, (2 * x + RNG.normal(size=12)).round(3)
    yield "opposite", np.arange(10.0), -np.arange(10.0)
    z = RNG.normal(size=200).round(1)
    yield "two hundred", z, (0.3 * z + RNG.normal(size=200)).round(1)


def correlations():
    data = list(pairs())
    for name, reference in [
        ("pearson", stats.pearsonr),
        ("spearman", stats.spearmanr),
        ("kendall_tau_b", stats.kendalltau),
    ]:
        cases = [
            {"name": n, "x": x, "y": y, "expected": reference(x, y)[0]} for n, x, y in data
        ]
        write(name, "scipy", cases)


def classes():
    yield "three-way", RNG.choice(["a", "b", "tie"], 40), RNG.choice(["a", "b", "tie"], 40)
    yield "never predicted", np.array(["x", "y", "z", "x"]), np.array(["x", "y", "y", "y"])
    yield "never true", np.array(["x", "y", "x"]), np.array(["x", "z", "y"])
    yield "perfect", np.array(["n", "y", "y"]), np.array(["n", "y", "y"])


def classification():
    data = list(classes())
    for name, reference in [
        ("accuracy", metrics.accuracy_score),
        ("balanced_accuracy", metrics.balanced_accuracy_score),
        ("macro_f1", lambda t, p: metrics.f1_score(t, p, average="macro", zero_division=0)),
    ]:
        cases = [
            {"name": n, "truth": t, "predicted": p, "expected": reference(t, p)}
            for n, t, p in data
        ]
        write(name, "sklearn", cases)


def curves():
    y = RNG.random(30) < 0.4
    data = [
        ("no ties", y, RNG.normal(y, 1.0).round(4)),
        ("ties", y, RNG.integers(0, 4, 30).astype(float)),
        ("all tied", y, np.ones(30)),
        ("perfect", y, y.astype(float)),
        ("reversed", y, -y.astype(float)),
        ("one positive", np.array([False, True, False]), np.array([0.2, 0.1, 0.1])),
    ]
    for name, reference in [
        ("auroc", metrics.roc_auc_score),
        ("average_precision", metrics.average_precision_score),
    ]:
        cases = [
            {"name": n, "positive": p, "scores": s, "expected": reference(p, s)}
            for n, p, s in data
        ]
        write(name, "sklearn", cases)


def kappa():
    a = RNG.integers(1, 6, 50)
    b = np.clip(a + RNG.integers(-1, 2, 50), 1, 5)
    sparse = np.array([1, 1, 2, 5, 5, 2, 5]), np.array([1, 2, 2, 5, 2, 1, 1])
    cases = []
    for weights in [None, "linear", "quadratic"]:
        label = weights or "none"
        for name, (x, y), labels in [
            ("likert", (a, b), [1, 2, 3, 4, 5]),
            ("points unused", sparse, [1, 2, 3, 4, 5]),
            ("only classes that occur", sparse, [1, 2, 5]),
        ]:
            expected = metrics.cohen_kappa_score(x, y, labels=labels, weights=weights)
            cases.append(
                {
                    "name": f"{name}, {label}",
                    "a": x,
                    "b": y,
                    "labels": labels,
                    "weights": label,
                    "expected": expected,
                }
            )
    write("cohen_kappa", "sklearn", cases)


def errors():
    t = RNG.integers(1, 6, 20).astype(float)
    p = (t + RNG.normal(0, 1, 20)).round(2)
    cases = [
        {
            "name": "likert",
            "truth": t,
            "predicted": p,
            "mae": metrics.mean_absolute_error(t, p),
            "rmse": metrics.root_mean_squared_error(t, p),
        }
    ]
    write("regression", "sklearn", cases)


def calibration():
    p = RNG.random(60).round(3)
    y = RNG.random(60) < p**2
    edges = np.array([0.0, 0.1, 0.2, 0.5, 0.5, 1.0, 0.9, 0.30000000000000004])
    hit = np.array([False, True, False, True, True, True, False, True])
    cases = []
    for name, happened, prob, bins in [
        ("ten bins", y, p, 10),
        ("fifteen bins", y, p, 15),
        ("on the edges", hit, edges, 2),
        ("one bin", y, p, 1),
    ]:
        frequency, confidence = calibration_curve(happened, prob, n_bins=bins)
        # Weights: items of each bin that has any, binned as calibration_curve does it.
        ids = np.searchsorted(np.linspace(0, 1, bins + 1)[1:-1], prob)
        counts = np.bincount(ids, minlength=bins)
        counts = counts[counts > 0]
        gaps = np.abs(frequency - confidence)
        cases.append(
            {
                "name": name,
                "happened": happened,
                "probabilities": prob,
                "bins": bins,
                "ece": (gaps * counts).sum() / counts.sum(),
                "mce": gaps.max(),
                "brier": metrics.brier_score_loss(happened, prob),
            }
        )
    write("reliability", "sklearn", cases)

    rows = RNG.dirichlet([1.0, 2.0, 0.5], 12)
    truth = RNG.integers(0, 3, 12)
    cases = [
        {
            "name": "three classes",
            "class": truth,
            "classes": 3,
            "probabilities": rows.ravel(),
            "expected": metrics.brier_score_loss(
                truth, rows, labels=[0, 1, 2], scale_by_half=False
            ),
        }
    ]
    write("brier_multiclass", "sklearn", cases)


def isotonic():
    x = RNG.normal(size=25).round(2)
    likert = RNG.integers(1, 6, 25).astype(float)
    cases = []
    for name, a, b in [
        ("noisy line", x, (x + RNG.normal(size=25)).round(2)),
        ("ties in x", likert, (likert + RNG.normal(size=25)).round(2)),
        ("falling", np.arange(5.0), -np.arange(5.0)),
        ("one point", np.array([2.0]), np.array([3.0])),
    ]:
        at = np.concatenate([a, [a.min() - 1, a.max() + 1], (a[:-1] + a[1:]) / 2])
        fit = IsotonicRegression(out_of_bounds="clip").fit(a, b)
        cases.append({"name": name, "x": a, "y": b, "at": at, "expected": fit.predict(at)})
    write("isotonic", "sklearn", cases, tolerance=1e-10)


def temperature():
    logits = (3 * RNG.normal(size=(40, 4))).round(3)
    truth = np.array([RNG.choice(4, p=special.softmax(row / 2.5)) for row in logits])

    def nll(t):
        return -special.log_softmax(logits / t, axis=1)[np.arange(40), truth].mean()

    def slope(t):
        return ((special.softmax(logits / t, axis=1) * logits).sum(axis=1) - logits[np.arange(40), truth]).mean()

    # Where the slope vanishes: the minimum itself is flat, and has half of the digits.
    best = optimize.brentq(slope, 0.1, 20, xtol=1e-14)
    cases = [
        {
            "name": "four classes",
            "logits": logits.ravel(),
            "classes": 4,
            "class": truth,
            "temperature": best,
            "nll_before": nll(1.0),
            "nll_after": nll(best),
        }
    ]
    write("temperature", "scipy.optimize.brentq", cases, tolerance=1e-10)


def wilson():
    cases = []
    for k, n, level in [(0, 10, 0.95), (10, 10, 0.95), (7, 10, 0.95), (330, 500, 0.9), (1, 1, 0.99)]:
        ends = stats.binomtest(k, n).proportion_ci(level, method="wilson")
        cases.append(
            {"successes": k, "trials": n, "level": level, "lower": ends.low, "upper": ends.high}
        )
    write("wilson", "scipy.stats.binomtest", cases)


def quantiles():
    v = RNG.normal(size=17).round(3)
    cases = [{"values": v, "q": q, "expected": np.quantile(v, q)} for q in [0, 0.025, 0.1, 0.5, 0.9, 1]]
    write("quantile", "numpy", cases)
    cases = []
    for n, coverage in [(19, 0.95), (50, 0.9), (200, 0.8), (9, 0.5)]:
        scores = np.abs(RNG.normal(size=n)).round(4)
        level = np.ceil(np.round((n + 1) * coverage, 9)) / n
        cases.append(
            {
                "scores": scores,
                "coverage": coverage,
                "expected": np.quantile(scores, level, method="inverted_cdf"),
            }
        )
    write("conformal_quantile", "numpy", cases)
    cases = [{"values": v, "expected": stats.rankdata(v)}]
    u = RNG.integers(0, 5, 20).astype(float)
    cases.append({"values": u, "expected": stats.rankdata(u)})
    write("average_ranks", "scipy", cases)


def bca():
    """BCa ends from given replicates, so that the generator of the resamples plays no part."""
    cases = []
    for name, data, statistic in [
        ("mean of a skewed sample", RNG.exponential(size=20).round(3), np.mean),
        ("standard deviation", RNG.normal(size=15).round(3), lambda v, axis: np.std(v, axis=axis, ddof=1)),
    ]:
        replicates = np.array(
            [statistic(RNG.choice(data, len(data)), axis=-1) for _ in range(199)]
        ).round(6)
        low, high, _ = _bca_interval((data,), statistic, -1, 0.05, replicates, None, np)
        left_out = [statistic(np.delete(data, i), axis=-1) for i in range(len(data))]
        cases.append(
            {
                "name": name,
                "value": statistic(data, axis=-1),
                "replicates": replicates,
                "left_out": left_out,
                "level": 0.9,
                "lower": np.quantile(replicates, low),
                "upper": np.quantile(replicates, high),
            }
        )
    write("bca_ends", "scipy.stats.bootstrap", cases, tolerance=1e-9)


def bootstrap():
    """Whole intervals. Another generator draws other resamples: equal up to Monte Carlo error."""
    cases = []
    x = RNG.normal(size=60).round(3)
    y = (0.6 * x + 0.8 * RNG.normal(size=60)).round(3)
    for method in ["percentile", "bca"]:
        result = stats.bootstrap(
            (x, y),
            lambda a, b, axis: stats.pearsonr(a, b, axis=axis)[0],
            paired=True,
            vectorized=True,
            batch=5000,
            n_resamples=200_000,
            method=method if method == "percentile" else "BCa",
            random_state=np.random.default_rng(1),
        )
        cases.append(
            {
                "name": f"pearson, {method}",
                "x": x,
                "y": y,
                "method": method,
                "replicates": 20000,
                "lower": result.confidence_interval.low,
                "upper": result.confidence_interval.high,
            }
        )
    write("bootstrap", "scipy.stats.bootstrap", cases, tolerance=0.01)


def order_counts():
    """Pairs by brute force over all of them: no tool has these counts with a tie threshold."""
    cases = []
    for epsilon in [0.0, 0.3]:
        p = RNG.normal(size=15).round(1)
        g = RNG.integers(1, 5, 15).astype(float)
        counts = dict.fromkeys(
            ["concordant", "discordant", "tied_predicted", "tied_gold", "tied_both"], 0
        )
        for i in range(15):
            for j in range(i):
                tie_p, tie_g = abs(p[i] - p[j]) <= epsilon, g[i] == g[j]
                same = (p[i] > p[j]) == (g[i] > g[j])
                key = (
                    "tied_both" if tie_p and tie_g
                    else "tied_predicted" if tie_p
                    else "tied_gold" if tie_g
                    else "concordant" if same
                    else "discordant"
                )
                counts[key] += 1
        cases.append({"predicted": p, "gold": g, "epsilon": epsilon, **counts})
    write("order_counts", "numpy", cases)


# From here on every function has a generator of its own, so that one can be added or changed
# without new numbers in the others.


def cells(grid):
    """Row-major cells; an empty one is the text "-"."""
    return [["-" if np.isnan(v) else float(v) for v in row] for row in grid]


def rating_grids():
    rng = np.random.default_rng(11)
    truth = rng.integers(1, 6, 30)
    full = np.clip(truth[:, None] + rng.integers(-1, 2, (30, 4)), 1, 5).astype(float)
    holes = full.copy()
    holes[rng.random(full.shape) < 0.3] = np.nan
    holes[3] = np.nan
    holes[7, 1:] = np.nan
    holes[7, 0] = 3.0
    noise = rng.integers(1, 4, (25, 3)).astype(float)
    binary = (rng.random((40, 2)) < 0.9).astype(float) + 1.0
    apart = np.array([[1.5, 1.5, 9.0], [2.0, 2.5, 2.0], [9.0, 8.0, 9.0], [40.0, 38.0, 41.0]])
    return [("full", full), ("holes", holes), ("noise", noise), ("skewed binary", binary),
            ("uneven scale", apart)]


def chance_corrected():
    import krippendorff
    import pandas as pd
    from irrCAC.raw import CAC
    from statsmodels.stats.inter_rater import aggregate_raters, fleiss_kappa

    fleiss, gwet, alpha = [], [], []
    for name, grid in rating_grids():
        rows = pd.DataFrame(grid[~np.isnan(grid).all(1)])
        base = {"name": name, "raters": grid.shape[1], "ratings": cells(grid)}
        # Given, because irrCAC counts an empty cell as a category of its own under pandas 3.
        occurring = sorted(set(grid[~np.isnan(grid)]))

        def tool(weights, scale):
            return CAC(rows, weights=weights, categories=scale or occurring, digits=17)

        expected = tool("identity", None).fleiss()["est"]["coefficient_value"]
        if not np.isnan(grid).any():
            assert np.isclose(expected, fleiss_kappa(aggregate_raters(grid)[0]), atol=1e-12)
        fleiss.append({**base, "expected": expected})
        for weights in ["identity", "linear", "quadratic", "radical", "ordinal", "ratio"]:
            for scale in [None, [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]]:
                if scale and (name == "uneven scale" or weights in ["radical", "ratio"]):
                    continue
                expected = tool(weights, scale).gwet()["est"]["coefficient_value"]
                gwet.append({**base, "name": f"{name}, {weights}", "weights": weights,
                             "categories": scale or [], "expected": expected})
        for level in ["nominal", "ordinal", "interval", "ratio"]:
            expected = krippendorff.alpha(reliability_data=grid.T, level_of_measurement=level)
            alpha.append({**base, "name": f"{name}, {level}", "metric": level, "expected": expected})
    write("fleiss_kappa", "irrCAC", fleiss, 1e-9)
    write("gwet_ac2", "irrCAC", gwet, 1e-9)
    write("krippendorff_alpha", "krippendorff", alpha, 1e-9)


def full_grids():
    rng = np.random.default_rng(12)
    item = rng.normal(0, 2, (12, 1))
    yield "noise", (item + rng.normal(0, 1, (12, 3))).round(2)
    yield "bias", (item + np.array([[0.0, 1.5, -2.0, 0.5]]) + rng.normal(0, 0.5, (12, 4))).round(2)
    yield "likert", np.clip(3 + item + rng.normal(0, 1, (12, 5)), 1, 5).round()
    yield "no agreement", rng.integers(1, 6, (9, 3)).astype(float)
    yield "three by two", np.array([[1.0, 2.0], [4.0, 3.5], [2.5, 2.0]])


def icc():
    import pandas as pd
    import pingouin

    cases = []
    forms = ["one_way_single", "agreement_single", "consistency_single", "one_way_mean",
             "agreement_mean", "consistency_mean"]
    pingouin.options.update({"round": None, "round.column.CI95": None})
    for name, grid in full_grids():
        long = pd.DataFrame(
            [(i, r, v) for i, row in enumerate(grid) for r, v in enumerate(row)],
            columns=["item", "rater", "value"],
        )
        table = pingouin.intraclass_corr(long, "item", "rater", "value")
        for form, (_, row) in zip(forms, table.iterrows()):
            # Past its pole the lower end of the mean of k comes back from above: it is unbounded.
            low, high = (float(v) for v in row["CI95"])
            interval = [low if low <= row["ICC"] else "-", high]
            cases.append({"name": f"{name}, {form}", "raters": grid.shape[1],
                          "ratings": cells(grid), "form": form, "expected": row["ICC"],
                          "p_value": row["pval"], "interval": interval})
    write("icc", "pingouin", cases, 1e-9)


def kendall_w():
    cases = []
    for name, grid in full_grids():
        if len(grid) < 3 or grid.shape[1] < 3:
            continue
        # Friedman's test is the test of W: raters are its blocks, items its treatments.
        found = stats.friedmanchisquare(*grid)
        n, m = grid.shape
        cases.append({"name": name, "raters": m, "ratings": cells(grid),
                      "expected": found.statistic / (m * (n - 1)),
                      "chi_squared": found.statistic, "p_value": found.pvalue})
    write("kendall_w", "scipy.stats.friedmanchisquare", cases, 1e-9)


def kendall_variants():
    data = list(series(13))
    cases = [{"name": n, "x": x, "y": y, "expected": stats.kendalltau(x, y, variant="c")[0]}
             for n, x, y in data]
    write("kendall_tau_c", "scipy", cases)
    # SciPy has no tau-a: signs of all pairs.
    cases = []
    for name, x, y in data:
        i, j = np.triu_indices(len(x), 1)
        agree = np.sign(x[i] - x[j]) * np.sign(y[i] - y[j])
        cases.append({"name": name, "x": x, "y": y, "expected": agree.mean()})
    write("kendall_tau_a", "numpy", cases)


def series(seed):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=15).round(2)
    yield "no ties", x, (x + rng.normal(size=15)).round(3)
    likert = rng.integers(1, 6, 40).astype(float)
    yield "likert", likert, np.clip(likert + rng.integers(-2, 3, 40), 1, 5)
    yield "unlike levels", rng.integers(0, 2, 30).astype(float), rng.normal(size=30).round(1)
    yield "two items", np.array([1.0, 2.0]), np.array([5.0, 3.0])


def correlation_interval():
    cases = []
    for name, x, y in series(14):
        if len(x) > 4:
            found = stats.pearsonr(x, y)
            ends = found.confidence_interval(0.9)
            cases.append({"name": name, "r": found.statistic, "n": len(x), "level": 0.9,
                          "lower": ends.low, "upper": ends.high})
    write("correlation_interval", "scipy.stats.pearsonr", cases, 1e-9)


def dependent_correlations():
    """No Python package has these: the tests from the general covariance of two correlations
    (Olkin and Siotani, 1976) and from the determinant of the matrix."""

    def covariance(ab, cd, ac, ad, bc, bd):
        return (ab * cd * (ac**2 + ad**2 + bc**2 + bd**2) / 2 + ac * bd + ad * bc
                - (ab * ac * ad + ab * bc * bd + ac * bc * cd + ad * bd * cd))

    def z(first, second, cov, mean, n):
        s = cov / (1 - mean**2) ** 2
        return (np.arctanh(first) - np.arctanh(second)) * np.sqrt((n - 3) / (2 - 2 * s))

    cases = []
    for xz, yz, xy, n in [(0.4, 0.5, 0.1, 103), (0.82, 0.74, 0.91, 30), (-0.2, 0.35, 0.0, 12),
                          (0.95, 0.9, 0.88, 4), (0.61, 0.6, 0.99, 500)]:
        det = np.linalg.det([[1, xz, yz], [xz, 1, xy], [yz, xy, 1]])
        m = (xz + yz) / 2
        t = (xz - yz) * np.sqrt((n - 1) * (1 + xy)
                                / (2 * (n - 1) / (n - 3) * det + m**2 * (1 - xy) ** 3))
        s = z(xz, yz, covariance(m, m, 1.0, m, m, xy), m, n)
        cases.append({"r_xz": xz, "r_yz": yz, "r_xy": xy, "n": n, "t": t,
                      "t_p_value": 2 * stats.t.sf(abs(t), n - 3), "z": s,
                      "z_p_value": 2 * stats.norm.sf(abs(s))})
    write("dependent_correlations", "scipy", cases, 1e-9)
    cases = []
    for ab, cd, cross, n in [(0.5, 0.8, [0.6, 0.7, 0.5, 0.5], 103), (0.3, 0.1, [0.0] * 4, 40),
                             (0.7, 0.6, [-0.1, 0.2, 0.15, 0.4], 25)]:
        m = (ab + cd) / 2
        s = z(ab, cd, covariance(m, m, *cross), m, n)
        cases.append({"r_ab": ab, "r_cd": cd, "cross": cross, "n": n, "z": s,
                      "z_p_value": 2 * stats.norm.sf(abs(s))})
    write("dependent_correlations_apart", "scipy", cases, 1e-9)


def score_grids():
    rng = np.random.default_rng(15)
    quality = rng.normal(0, 1, (5, 1)) + rng.normal(0, 0.5, (1, 8))
    human = np.clip((3 + quality + rng.normal(0, 0.5, (5, 8))).round(), 1, 5)
    metric = (0.5 + quality / 5 + rng.normal(0, 0.1, (5, 8))).round(3)
    yield "full", metric, human
    human, metric = human.copy(), metric.copy()
    human[rng.random(human.shape) < 0.15] = np.nan
    metric[2, 4] = np.nan
    human[:, 6] = 3.0
    yield "holes", metric, human


def grid_groups(metric, human, grouping):
    both = ~np.isnan(metric) & ~np.isnan(human)
    if grouping == "none":
        return [(metric[both], human[both])]
    if grouping == "system":
        rows = [(m[b].mean(), h[b].mean()) for m, h, b in zip(metric, human, both)]
        return [tuple(np.array(rows).T)]
    turned = (metric, human, both) if grouping == "by_system" else (metric.T, human.T, both.T)
    return [(m[b], h[b]) for m, h, b in zip(*turned)]


def grouped():
    correlate = {"pearson": stats.pearsonr, "spearman": stats.spearmanr,
                 "kendall_tau_b": stats.kendalltau}
    cases, ties = [], []
    for name, metric, human in score_grids():
        base = {"systems": len(metric), "metric": cells(metric), "human": cells(human)}
        for grouping in ["none", "by_item", "by_system", "system"]:
            groups = grid_groups(metric, human, grouping)
            for correlation, reference in correlate.items():
                varies = [g for g in groups if len(set(g[0])) > 1 and len(set(g[1])) > 1]
                values = [reference(*g)[0] for g in varies]
                cases.append({"name": f"{name}, {grouping}, {correlation}", **base,
                              "grouping": grouping, "correlation": correlation,
                              "expected": np.mean(values), "groups": len(values),
                              "undefined": len(groups) - len(values)})

            # Every epsilon tried, all pairs by brute force.
            def accuracy(epsilon):
                found = []
                for m, h in groups:
                    i, j = np.triu_indices(len(m), 1)
                    tie = np.maximum(m[i], m[j]) - np.minimum(m[i], m[j]) <= epsilon
                    sign = np.where(tie, 0, np.sign(m[i] - m[j]))
                    found += [np.mean(sign == np.sign(h[i] - h[j]))] if len(i) else []
                return np.mean(found)

            tried = {0.0} | {abs(a - b) for m, _ in groups for a in m for b in m}
            best = max(sorted(tried), key=lambda e: (round(accuracy(e), 12), -e))
            ties.append({"name": f"{name}, {grouping}", **base, "grouping": grouping,
                         "plain": accuracy(0.0), "epsilon": best, "accuracy": accuracy(best)})
    write("grouped_correlation", "scipy", cases, 1e-9)
    write("tau_eq", "numpy", ties, 1e-9)


ALTERNATIVES = ["two_sided", "less", "greater"]


def permutation():
    rng = np.random.default_rng(16)
    groups = [("smooth", rng.normal(0.8, 1, 7).round(2), rng.normal(0, 1, 6).round(2)),
              ("ties", rng.integers(1, 5, 5).astype(float), rng.integers(1, 6, 8).astype(float)),
              ("two against three", np.array([4.0, 3.5]), np.array([1.0, 2.0, 3.0]))]
    cases = []
    for name, a, b in groups:
        for alternative in ALTERNATIVES:
            found = stats.permutation_test(
                (a, b), lambda x, y, axis: x.mean(axis) - y.mean(axis), vectorized=True,
                n_resamples=np.inf, alternative=alternative.replace("_", "-"))
            cases.append({"name": f"{name}, {alternative}", "a": a, "b": b,
                          "alternative": alternative, "statistic": found.statistic,
                          "p_value": found.pvalue})
    write("permutation_test", "scipy", cases, 1e-9)
    cases = []
    for name, d in [("smooth", rng.normal(0.4, 1, 12).round(2)),
                    ("ties", rng.integers(-1, 3, 10).astype(float))]:
        for alternative in ALTERNATIVES:
            found = stats.permutation_test(
                (d, np.zeros_like(d)), lambda x, y, axis: (x - y).mean(axis), vectorized=True,
                permutation_type="samples", n_resamples=np.inf,
                alternative=alternative.replace("_", "-"))
            cases.append({"name": f"{name}, {alternative}", "differences": d,
                          "alternative": alternative, "statistic": found.statistic,
                          "p_value": found.pvalue})
    write("sign_flip_test", "scipy", cases, 1e-9)


def tables():
    from statsmodels.stats.contingency_tables import mcnemar
    from statsmodels.stats.proportion import confint_proportions_2indep

    cases = []
    for table in [[[8, 2], [1, 5]], [[3, 1], [1, 3]], [[120, 80], [95, 131]], [[0, 7], [4, 3]],
                  [[10, 10], [10, 10]], [[1500, 20], [1400, 47]], [[2, 0], [0, 1]]]:
        for alternative in ALTERNATIVES:
            found = stats.fisher_exact(table, alternative.replace("_", "-"))
            odds = [found.statistic] if np.isfinite(found.statistic) else []
            cases.append({"table": np.ravel(table), "alternative": alternative,
                          "odds_ratio": odds, "p_value": found.pvalue})
    write("fisher_exact", "scipy", cases, 1e-9)
    cases = []
    for b, c in [(10, 25), (0, 6), (7, 7), (150, 190), (1, 0)]:
        for exact, continuity in [(True, True), (False, True), (False, False)]:
            found = mcnemar([[40, b], [c, 30]], exact=exact, correction=continuity)
            cases.append({"first_only": b, "second_only": c, "exact": exact,
                          "continuity": continuity, "statistic": found.statistic,
                          "p_value": found.pvalue})
    write("mcnemar", "statsmodels", cases, 1e-9)
    cases = []
    for a, m, b, n in [(56, 70, 48, 80), (9, 10, 3, 10), (0, 20, 0, 15), (10, 10, 0, 20),
                       (330, 500, 301, 480)]:
        low, high = confint_proportions_2indep(a, m, b, n, method="newcomb", compare="diff")
        cases.append({"first": [a, m], "second": [b, n], "lower": low, "upper": high})
    write("newcombe", "statsmodels", cases, 1e-9)


def rank_tests():
    rng = np.random.default_rng(17)
    smooth = rng.normal(0.4, 1, 14).round(3)
    tied = rng.integers(-2, 4, 11).astype(float)
    many = rng.integers(-3, 5, 80).astype(float)
    cases = []
    for name, d in [("smooth", smooth), ("ties and zeros", tied), ("many", many),
                    ("fifty", rng.normal(0.2, 1, 50).round(6)), ("two", np.array([1.0, -2.5]))]:
        nonzero = d[d != 0]
        plain = len(np.unique(np.abs(nonzero))) == len(d)
        ranks = stats.rankdata(np.abs(nonzero))
        for alternative in ALTERNATIVES:
            for null in ["auto", "exact", "asymptotic"]:
                side = alternative.replace("_", "-")
                if null in ["auto", "asymptotic"] or plain:
                    p = stats.wilcoxon(d, alternative=side, method=null).pvalue
                elif null == "exact" and len(nonzero) <= 13:
                    # SciPy's exact method is not for ties; all sign patterns are.
                    p = stats.permutation_test(
                        (np.sign(nonzero) * ranks,), lambda x, axis: x.sum(axis), vectorized=True,
                        permutation_type="samples", n_resamples=np.inf, alternative=side).pvalue
                else:
                    continue
                cases.append({"name": f"{name}, {alternative}, {null}", "differences": d,
                              "alternative": alternative, "null": null, "continuity": False,
                              "statistic": ranks[nonzero > 0].sum(), "p_value": p})
        p = stats.wilcoxon(d, correction=True, method="asymptotic").pvalue
        cases.append({"name": f"{name}, continuity", "differences": d, "alternative": "two_sided",
                      "null": "asymptotic", "continuity": True,
                      "statistic": ranks[nonzero > 0].sum(), "p_value": p})
    write("wilcoxon", "scipy", cases, 1e-9)

    cases = []
    for name, a, b in [
        ("smooth", rng.normal(0.5, 1, 7).round(3), rng.normal(0, 1, 12).round(3)),
        ("larger", rng.normal(0.5, 1, 20).round(3), rng.normal(0, 1, 15).round(3)),
        ("ties", rng.integers(1, 6, 6).astype(float), rng.integers(1, 6, 5).astype(float)),
        ("one and one", np.array([2.0]), np.array([1.0])),
    ]:
        plain = len(np.unique(np.r_[a, b])) == len(a) + len(b)
        for alternative in ALTERNATIVES:
            side = alternative.replace("_", "-")
            for null, continuity in [("auto", True), ("exact", True), ("asymptotic", True),
                                     ("asymptotic", False)]:
                if null == "exact" and not plain:
                    method = stats.PermutationMethod(n_resamples=np.inf)
                else:
                    method = null
                found = stats.mannwhitneyu(a, b, use_continuity=continuity, alternative=side,
                                           method=method)
                cases.append({"name": f"{name}, {alternative}, {null}", "a": a, "b": b,
                              "alternative": alternative, "null": null, "continuity": continuity,
                              "statistic": found.statistic, "p_value": found.pvalue})
    write("mann_whitney", "scipy", cases, 1e-9)

    cases = []
    for name, groups in [
        ("three", [rng.normal(m, 1, n).round(2) for m, n in [(0, 8), (0.5, 5), (1, 10)]]),
        ("likert", [rng.integers(1, 6, n).astype(float) for n in [12, 9, 20, 4]]),
        ("two", [np.array([1.0, 2.0]), np.array([3.0, 2.5])]),
    ]:
        found = stats.kruskal(*groups)
        cases.append({"name": name, "groups": [list(g) for g in groups], "h": found.statistic,
                      "p_value": found.pvalue})
    write("kruskal_wallis", "scipy", cases, 1e-9)


def corrections():
    from statsmodels.stats.multitest import multipletests

    rng = np.random.default_rng(18)
    names = {"bonferroni": "bonferroni", "holm": "holm", "benjamini_hochberg": "fdr_bh",
             "benjamini_yekutieli": "fdr_by"}
    cases = []
    for p in [rng.random(12).round(4) ** 3, np.array([0.04, 0.04, 0.01, 1.0, 0.0]),
              np.array([0.2])]:
        for correction, method in names.items():
            cases.append({"name": correction, "p_values": p, "correction": correction,
                          "expected": multipletests(p, method=method)[1]})
    write("adjust_p_values", "statsmodels", cases, 1e-9)


def power():
    import pingouin
    from statsmodels.stats.power import NormalIndPower, TTestPower
    from statsmodels.stats.proportion import proportion_effectsize

    sides = {"two_sided": "two-sided", "greater": "larger", "less": "smaller"}
    cases = []
    for first, second, alpha, m, n in [(0.6, 0.5, 0.05, 100, 100), (0.9, 0.99, 0.01, 60, 200),
                                       (0.0, 0.2, 0.05, 15, 12)]:
        h = proportion_effectsize(first, second)
        for alternative, side in sides.items():
            power = NormalIndPower().power(h, m, alpha, n / m, alternative=side)
            size = 0
            if alternative != ("less" if first > second else "greater"):
                size = int(np.ceil(NormalIndPower().solve_power(
                    h, alpha=alpha, power=0.8, alternative=side)))
            cases.append({"first": first, "second": second, "alpha": alpha, "items": [m, n],
                          "alternative": alternative, "power": power, "size": size})
    write("proportion_power", "statsmodels", cases, 1e-9)
    cases = []
    for effect, alpha, n in [(0.5, 0.05, 20), (0.2, 0.01, 150), (-0.8, 0.05, 8), (1.5, 0.1, 2)]:
        for alternative, side in sides.items():
            power = TTestPower().power(effect, n, alpha, alternative=side)
            size = 0
            if alternative != ("less" if effect > 0 else "greater"):
                size = int(np.ceil(TTestPower().solve_power(
                    effect, alpha=alpha, power=0.9, alternative=side)))
            cases.append({"effect": effect, "alpha": alpha, "n": n, "alternative": alternative,
                          "power": power, "size": size})
    write("paired_power", "statsmodels", cases, 1e-9)
    cases = []
    for r, alpha, n in [(0.5, 0.05, 20), (0.1, 0.01, 400), (-0.3, 0.05, 60)]:
        for alternative in ALTERNATIVES:
            side = alternative.replace("_", "-")
            power = pingouin.power_corr(r=r, n=n, alpha=alpha, alternative=side)
            size = 0
            if alternative != ("less" if r > 0 else "greater"):
                size = int(np.ceil(pingouin.power_corr(r=r, power=0.8, alpha=alpha,
                                                       alternative=side)))
            cases.append({"r": r, "alpha": alpha, "n": n, "alternative": alternative,
                          "power": power, "size": size})
    write("correlation_power", "pingouin", cases, 1e-9)


def calibration_by_mass():
    rng = np.random.default_rng(19)
    crowded = (1 - rng.random(80) ** 3).round(3)
    tied = rng.choice([0.1, 0.5, 0.5, 0.9, 0.95], 40)
    cases = []
    for name, prob, bins in [("crowded", crowded, 10), ("ties", tied, 4), ("one bin", tied, 1),
                             ("more bins than items", crowded[:5], 8)]:
        happened = rng.random(len(prob)) < prob**2
        frequency, confidence = calibration_curve(
            happened, prob, n_bins=bins, strategy="quantile", pos_label=True)
        edges = np.percentile(prob, np.linspace(0, 100, bins + 1))
        counts = np.bincount(np.searchsorted(edges[1:-1], prob), minlength=bins)
        gaps, counts = np.abs(frequency - confidence), counts[counts > 0]
        cases.append({"name": name, "happened": happened, "probabilities": prob, "bins": bins,
                      "ece": (gaps * counts).sum() / counts.sum(), "mce": gaps.max()})
    write("reliability_by_mass", "sklearn", cases, 1e-9)


def platt():
    from sklearn.calibration import _sigmoid_calibration

    rng = np.random.default_rng(20)
    x = rng.normal(0, 2, 60).round(2)
    cases = []
    for name, score, happened in [
        ("overlapping", x, rng.random(60) < special.expit(1.3 * x - 0.7)),
        ("separated", np.array([-3.0, -1.0, -0.5, 2.0, 2.5]), np.array([0, 0, 0, 1, 1]) > 0),
        ("far from 0", 1000 + x, rng.random(60) < special.expit(-x)),
        ("two items", np.array([0.2, 0.9]), np.array([True, False])),
    ]:
        n1, n0 = happened.sum(), (~happened).sum()
        target = np.where(happened, (n1 + 1) / (n1 + 2), 1 / (n0 + 2))
        shifted = score - score.mean()
        start = _sigmoid_calibration(shifted, happened.astype(float))

        # scikit-learn stops at 6 digits; its optimum is where this vanishes.
        def gradient(ab):
            gap = special.expit(-(ab[0] * shifted + ab[1])) - target
            return [gap @ shifted, gap.sum()]

        a, b = optimize.root(gradient, start, tol=1e-14).x
        for _ in range(3):  # Newton steps to the last digits.
            p = special.expit(-(a * shifted + b))
            w = p * (1 - p)
            hessian = -np.array([[w @ shifted**2, w @ shifted], [w @ shifted, w.sum()]])
            a, b = np.array([a, b]) - np.linalg.solve(hessian, gradient([a, b]))
        assert np.allclose([a, b], start, rtol=1e-3, atol=1e-3)
        at = np.linspace(score.min() - 1, score.max() + 1, 7)
        cases.append({"name": name, "scores": score, "happened": happened, "slope": -a, "at": at,
                      "expected": special.expit(-(a * (at - score.mean()) + b))})
    write("platt", "scipy.optimize.root", cases, 1e-9)


def opinion_grids():
    rng = np.random.default_rng(21)
    quality = rng.uniform(20, 80, (30, 1))
    grid = quality + rng.normal(0, 5, (30, 18)) + rng.normal(0, 4, (1, 18))
    grid[::2, 4] += 11
    grid[1::2, 4] -= 11
    grid[::3, 7] += 12
    yield "panel", grid.round(1)
    holes = grid.round(0)
    holes[rng.random(grid.shape) < 0.2] = np.nan
    holes[5] = 50.0
    yield "holes and a level item", holes
    yield "few", np.array([[1.0, 2.0, 2.0], [4.0, 4.0, 5.0], [3.0, 5.0, 1.0]])


def opinions():
    z_cases, screenings = [], []
    for name, grid in opinion_grids():
        base = {"name": name, "raters": grid.shape[1], "ratings": cells(grid)}
        z = 100 * (stats.zscore(grid, axis=0, ddof=1, nan_policy="omit") + 3) / 6
        n = (~np.isnan(z)).sum(axis=1)
        half = stats.norm.ppf(0.975) * np.nanstd(z, axis=1, ddof=1) / np.sqrt(n)
        z_cases.append({**base, "mean": np.nanmean(z, axis=1), "half": half})
        above, below = np.zeros(grid.shape[1], int), np.zeros(grid.shape[1], int)
        for row in grid:
            given = row[~np.isnan(row)]
            if given.std() == 0:
                continue
            kurtosis = stats.kurtosis(given, fisher=False)
            limit = given.std(ddof=1) * (2 if 2 <= kurtosis <= 4 else np.sqrt(20))
            above += row >= given.mean() + limit
            below += row <= given.mean() - limit
        far, items = above + below, (~np.isnan(grid)).sum(axis=0)
        with np.errstate(invalid="ignore"):
            rejected = (far / items > 0.05) & (np.abs(above - below) / far < 0.3)
        screenings.append({**base, "above": above, "below": below, "rejected": rejected})
    assert any(case["rejected"].any() for case in screenings)
    write("mean_opinion_scores", "scipy.stats.zscore", z_cases, 1e-9)
    write("screen_observers", "scipy.stats.kurtosis", screenings, 1e-9)


def metric_report():
    rng = np.random.default_rng(22)
    x = rng.normal(0.5, 0.2, 40).round(3)
    curve = 15 + 70 / (1 + np.exp(-(x - 0.45) / 0.08))

    def logistic(x, top, bottom, middle, width):
        return (top - bottom) / (1 + np.exp(-(x - middle) / width)) + bottom

    cases = []
    for name, metric, opinion in [
        ("curved", x, (curve + rng.normal(0, 6, 40)).round(1)),
        ("falling, ties", (10 * (1 - x)).round(), (curve + rng.normal(0, 12, 40)).round()),
    ]:
        falls = stats.pearsonr(metric, opinion)[0] < 0
        ends = [opinion.max(), opinion.min()]
        start = [*(ends[::-1] if falls else ends), metric.mean(), metric.std() / 4]
        best, _ = optimize.curve_fit(logistic, metric, opinion, p0=start, maxfev=100000,
                                     ftol=1e-15, xtol=1e-15, gtol=1e-15)
        best = polished(lambda p: ((logistic(metric, *p) - opinion) ** 2).sum(), best)
        line = stats.linregress(metric, opinion)
        for mapping, mapped in [("none", metric),
                                ("linear", line.slope * metric + line.intercept),
                                ("logistic", logistic(metric, *best))]:
            cases.append({"name": f"{name}, {mapping}", "metric": metric, "opinion": opinion,
                          "mapping": mapping, "srcc": stats.spearmanr(metric, opinion)[0],
                          "krcc": stats.kendalltau(metric, opinion)[0],
                          "plcc": stats.pearsonr(mapped, opinion)[0],
                          "rmse": np.sqrt(np.mean((mapped - opinion) ** 2)),
                          "mapped": mapped})
    write("metric_report", "scipy.optimize.root", cases, 1e-9)


def battles():
    """Random battles of models as rows of first, second, wins of each, ties."""
    rng = np.random.default_rng(31)
    for models, rounds in [(2, 9), (4, 12), (7, 30)]:
        strength = rng.normal(0, 1, models)
        rows = []
        for i in range(models):
            for j in range(i + 1, models):
                win = 0.8 / (1 + np.exp(strength[j] - strength[i]))
                wins, losses, ties = rng.multinomial(rounds, [win, 0.8 - win, 0.2])
                # Every pair has a tie, so that all models are connected.
                rows.append([i, j, wins, losses, ties + 1])
        yield models, np.array(rows)


def bradley_terry():
    from sklearn.linear_model import LogisticRegression

    cases = []
    for models, rows in battles():
        x, y, weights = [], [], []
        for i, j, wins, losses, ties in rows:
            design = np.zeros(models)
            design[i], design[j] = 1, -1
            # Without the first, whose strength is 0: Newton's method needs one solution.
            x += [design[1:], design[1:]]
            y += [1, 0]
            weights += [2 * wins + ties, 2 * losses + ties]
        fit = LogisticRegression(fit_intercept=False, C=np.inf, solver="newton-cholesky", tol=1e-14, max_iter=1000)
        fit.fit(np.array(x), y, sample_weight=weights)
        ratings = np.append(0, 400 / np.log(10) * fit.coef_[0])
        cases.append({"models": models, "rows": rows.ravel(),
                      "expected": ratings - ratings.mean() + 1000})
    write("bradley_terry", "sklearn.linear_model.LogisticRegression", cases, 1e-10)


def sandwich():
    """Standard errors of Bradley-Terry ratings about their mean, robust as statsmodels has them (HC0)."""
    import statsmodels.api as sm

    cases = []
    for models, rows in battles():
        x, y = [], []
        for i, j, wins, losses, ties in rows:
            design = np.zeros(models)
            design[i], design[j] = 1, -1
            x += [design[1:]] * (wins + losses + ties)
            y += [1.0] * wins + [0.0] * losses + [0.5] * ties
        fit = sm.GLM(y, np.array(x), family=sm.families.Binomial()).fit(cov_type="HC0", tol=1e-14, maxiter=1000)
        # The first stands at 0; from there to the mean of all.
        centre = (np.eye(models) - 1 / models)[:, 1:]
        cases.append({"models": models, "rows": rows.ravel(),
                      "expected": 400 / np.log(10) * np.sqrt(np.diag(centre @ fit.cov_params() @ centre.T))})
    write("sandwich", "statsmodels.genmod.generalized_linear_model.GLM", cases, 1e-9)


def walks():
    """Elo's updates, rank centrality and the update of Weng and Lin, from their formulas."""
    cases = []
    for models, rows in battles():
        order = np.array([(i, j, s) for i, j, *counts in rows for s, n in zip((1.0, 0.0, 0.5), counts) for _ in range(n)])
        np.random.default_rng(models).shuffle(order)
        ratings = np.full(models, 1000.0)
        for first, second, score in order:
            first, second = int(first), int(second)
            change = 16 * (score - 1 / (1 + 10 ** ((ratings[second] - ratings[first]) / 400)))
            ratings[first] += change
            ratings[second] -= change
        cases.append({"models": models, "k": 16, "first": order[:, 0].astype(int),
                      "second": order[:, 1].astype(int), "score": order[:, 2], "expected": ratings})
    write("elo", "numpy", cases, 1e-10)

    cases = []
    for prior in [0.0, 1.0]:
        for models, rows in battles():
            wins = np.zeros((models, models))
            for i, j, won, lost, tied in rows:
                wins[i, j], wins[j, i] = won + tied / 2, lost + tied / 2
            wins += prior * (1 - np.eye(models))
            moves = wins.T / (wins + wins.T + np.eye(models)) / models
            moves += np.diag(1 - moves.sum(axis=1))
            # The walk's shares stay as they are in a step, and sum to 1.
            system = np.vstack([moves.T - np.eye(models), np.ones(models)])
            shares = np.linalg.lstsq(system, np.append(np.zeros(models), 1), rcond=None)[0]
            cases.append({"models": models, "prior": prior, "rows": rows.ravel(), "expected": shares})
    write("rank_centrality", "numpy.linalg.lstsq", cases, 1e-11)

    cases = []
    rng = np.random.default_rng(41)
    for places in [[0, 1], [1, 0, 2, 3], [0, 0, 1, 2, 2, 3]]:
        n = len(places)
        mean, variance = rng.normal(25, 6, n).round(2), rng.uniform(1, 60, n).round(2)
        noise = 25 / 6
        after, kept = mean.copy(), np.ones(n)
        for i in range(n):
            for j in [j for j in range(n) if j != i]:
                c = np.sqrt(2 * noise**2 + variance[i] + variance[j])
                t = (mean[i] - mean[j]) / c
                if places[i] == places[j]:
                    v, w = -t, 1.0
                else:
                    sign = 1 if places[i] < places[j] else -1
                    v = np.exp(stats.norm.logpdf(t) - stats.norm.logcdf(sign * t))
                    v, w = sign * v, v * (v + sign * t)
                after[i] += variance[i] / c * v
                kept[i] -= variance[i] / c**2 * w
        # A belief keeps a ten-thousandth of its variance at least.
        kept = np.maximum(kept, 1e-4)
        cases.append({"places": places, "mean": mean, "deviation": np.sqrt(variance),
                      "expected_mean": after, "expected_deviation": np.sqrt(variance * kept)})
    write("thurstone_mosteller", "scipy.stats.norm", cases, 1e-9)


def evenness():
    """MJ-Bench's figures of groups (bias/evaluate_bias_avg.py), from their formulas."""
    rng = np.random.default_rng(43)
    cases = []
    for name, x in [("hand", np.array([7, 8, 8, 9.0])), ("ten points", rng.integers(1, 11, 43).astype(float)),
                    ("one high", np.array([0, 0, 0, 0, 6.0])), ("decimals", rng.uniform(0.2, 9, 20).round(2))]:
        i, j = np.triu_indices(len(x), 1)
        rising = np.sort(x)
        weights = 2 * np.arange(1, len(x) + 1) - len(x) - 1
        cases.append({"name": name, "scores": x, "close": (np.abs(x[i] - x[j]) <= 0.1).mean(),
                      "nds": 1 - x.std() / x.mean(), "ges": 1 - (weights * rising).sum() / (len(x) * x.sum())})
    write("evenness", "numpy", cases, 1e-12)


def conformal():
    """Intervals and sets of neighbouring points, from the definitions of their papers."""
    rng = np.random.default_rng(47)
    intervals, sets = [], []
    for n, coverage in [(30, 0.9), (19, 0.95), (60, 0.5)]:
        rank = int(np.ceil((n + 1) * coverage - 1e-9))
        truth = rng.integers(1, 6, n).astype(float)
        predicted = (truth + rng.normal(0, 0.8, n)).round(2)
        width = np.sort(np.abs(truth - predicted))[rank - 1]
        at = np.array([0.2, 1.4, 3.0, 4.9])
        intervals.append({"truth": truth, "predicted": predicted, "coverage": coverage, "half_width": width,
                          "at": at, "lower": np.clip(at - width, 1, 5), "upper": np.clip(at + width, 1, 5)})
        p = rng.dirichlet([0.7] * 5, n + 4)
        point = np.array([rng.choice(5, p=row) for row in p[:n]])

        def sizes(row):
            """The sets by their ends with their mass, from the likeliest point on."""
            first = last = int(np.argmax(row))
            yield first, last, row[first]
            while last - first < 4:
                below = row[first - 1] if first > 0 else -1
                above = row[last + 1] if last < 4 else -1
                first, last = (first - 1, last) if below > above else (first, last + 1)
                # The whole scale has all of the mass, whatever rounding says.
                yield first, last, 1.0 if last - first == 4 else row[first : last + 1].sum()

        needed = [next(m for a, b, m in sizes(row) if a <= k <= b) for row, k in zip(p, point)]
        mass = np.sort(needed)[rank - 1]
        ends = []
        for row in p[n:]:
            inside = [(a, b) for a, b, m in sizes(row) if m <= mass]
            ends.append(inside[-1] if inside else (int(np.argmax(row)),) * 2)
        sets.append({"probabilities": p[:n].ravel(), "point": point, "coverage": coverage, "mass": mass,
                     "new": p[n:].ravel(), "sets": np.ravel(ends)})
    write("conformal_interval", "numpy", intervals, 1e-12)
    write("ordinal_sets", "numpy", sets, 1e-12)


def paired_ties():
    """Rao-Kupper and Davidson by SciPy's solvers on the likelihoods of the papers."""
    def rao_kupper(d, t):
        win, lose = 1 / (1 + np.exp(t - d)), 1 / (1 + np.exp(t + d))
        return win, lose, 1 - win - lose

    def davidson(d, t):
        parts = np.exp(d / 2), np.exp(-d / 2), np.exp(t) + 0 * d
        return tuple(part / sum(parts) for part in parts)

    cases = []
    for name, model in [("rao_kupper", rao_kupper), ("davidson", davidson)]:
        for models, rows in battles():
            low, high, counts = rows[:, 0], rows[:, 1], rows[:, 2:]

            def loss(x):
                beta = np.append(x[:-1], -x[:-1].sum())
                probabilities = model(beta[low] - beta[high], x[-1])
                return -sum((c * np.log(p)).sum() for c, p in zip(counts.T, probabilities))

            x = np.append(np.zeros(models - 1), 0.5)
            x = optimize.minimize(loss, x).x
            x = polished(loss, x)
            beta = np.append(x[:-1], -x[:-1].sum())
            cases.append({"name": name, "models": models, "rows": rows.ravel(),
                          "expected": 1000 + 400 / np.log(10) * beta, "tie": np.exp(x[-1])})
    write("paired_ties", "scipy.optimize.root", cases, 1e-9)


def line():
    rng = np.random.default_rng(23)
    x = rng.normal(5, 2, 20).round(2)
    cases = []
    for name, a, b in [("noisy", x, (2 - 0.7 * x + rng.normal(size=20)).round(2)),
                       ("ties, offset", 1e6 + x.round(), x), ("two", x[:2], x[2:4])]:
        found = stats.linregress(a, b)
        cases.append({"name": name, "x": a, "y": b, "slope": found.slope,
                      "at_mean": found.intercept + found.slope * a.mean()})
    write("line", "scipy.stats.linregress", cases, 1e-9)


def from_table(table):
    (a, b), (c, d) = table
    return [0] * (a + b) + [1] * (c + d), [0] * a + [1] * b + [0] * c + [1] * d


def published():
    """Figures that the papers' own code gives on their data, from the counts alone."""
    cases = []
    for name, table, sight in [("general", [[207, 22], [4, 56]], 0.7538169189437127),
                               ("gratitude", [[247, 1], [4, 34]], 0.9215062026567131),
                               ("setup", [[275, 0], [1, 10]], 0.9505703422053232)]:
        expected = metrics.cohen_kappa_score(*from_table(table))
        assert abs(expected - sight) < 1e-12
        cases.append({"name": "SIGHT, " + name, "table": np.ravel(table), "expected": expected})
    write("category_trust", "sklearn", cases)
    tables = [[[40, 2], [3, 35]], [[10, 10], [9, 11]]]
    kappas = [metrics.cohen_kappa_score(*from_table(t)) for t in tables]
    pooled = metrics.cohen_kappa_score(*from_table(np.sum(tables, axis=0)))
    write("kappa_by_stratum", "sklearn", [{
        "name": "judge right, judge wrong", "right": np.ravel(tables[0]),
        "wrong": np.ravel(tables[1]), "expected": kappas, "pooled": pooled}])

    cases = []
    rng = np.random.default_rng(24)
    drawn = rng.uniform(1, 9, (4, 12)).round(2)
    drawn[rng.random(drawn.shape) < 0.2] = np.inf
    for name, cost in [("three", np.array([[10, 20, 30], [12, 18, np.inf], [40, 60, 33.0]])),
                       ("drawn", drawn)]:
        ratio = cost / cost.min(axis=0)
        largest = 4.0
        grid = np.linspace(1, largest, 100)
        share = (ratio[:, :, None] <= grid).mean(axis=1)
        cases.append({
            "name": name, "systems": len(cost),
            "costs": [["-" if np.isinf(c) else float(c) for c in row] for row in cost],
            "largest": largest,
            "exact": (np.clip(largest - ratio, 0, None) / (largest - 1)).mean(axis=1),
            "trapezoid": np.trapezoid(share, grid) / (largest - 1)})
    write("performance_profile", "numpy", cases, 1e-9)

    cases = []
    for name, y in [("breakthrough", [0.02, 0.03, 0.03, 0.05, 0.45]), ("falling", [0.9, 0.7, 0.8, 0.1]),
                    ("two", [0.1, 0.4])]:
        y = np.array(y)
        rise = np.sign(np.argmax(y) - np.argmin(y)) * (y.max() - y.min())
        squares = np.diff(y) ** 2
        cases.append({"name": name, "score": y, "improvement": rise,
                      "linearity": rise / np.sqrt(squares.mean()),
                      "breakthroughness": rise / np.sqrt(np.median(squares))})
    write("scale_shape", "numpy", cases, 1e-9)


MAKERS = [
    correlations, classification, curves, kappa, errors, calibration, isotonic, temperature,
    wilson, quantiles, bca, bootstrap, order_counts,
]
# Each with a generator of its own.
SEPARATE = [
    chance_corrected, icc, kendall_w, kendall_variants, correlation_interval,
    dependent_correlations, grouped, permutation, tables, rank_tests, corrections, power,
    calibration_by_mass, platt, opinions, metric_report, bradley_terry, sandwich, paired_ties, walks, line,
    evenness, conformal, published,
]

if __name__ == "__main__":
    HERE.mkdir(exist_ok=True)
    # The first ones share a generator, so they run together or not at all.
    chosen = [make for make in SEPARATE if make.__name__ in sys.argv[1:]]
    for make in chosen or MAKERS + SEPARATE:
        make()
