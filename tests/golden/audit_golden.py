"""What the scripts make_audit_*.py share: random numbers, resamples, intervals, and how a golden is written.

The generator is xoshiro256++ seeded by SplitMix64, from the reference code of Blackman and Vigna (2021), with
Lemire's whole numbers (2019), so that intervals of a seed can be held too.
"""

import json
from importlib.metadata import version
from pathlib import Path

import numpy as np
from scipy import stats

HERE = Path(__file__).parent / "audit"
MASK = (1 << 64) - 1
BOOT = {"replicates": 40, "level": 0.9, "seed": 7}


class Undefined(Exception):
    """A figure that is not defined, by the code of its reason."""


class Rng:
    def __init__(self, seed):
        self.state, z = [], seed & MASK
        for _ in range(4):
            z = (z + 0x9E3779B97F4A7C15) & MASK
            x = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
            x = ((x ^ (x >> 27)) * 0x94D049BB133111EB) & MASK
            self.state.append(x ^ (x >> 31))

    def bits(self):
        s = self.state
        total = (s[0] + s[3]) & MASK
        found = ((((total << 23) | (total >> 41)) & MASK) + s[0]) & MASK
        t = (s[1] << 17) & MASK
        s[2] ^= s[0]
        s[3] ^= s[1]
        s[1] ^= s[2]
        s[0] ^= s[3]
        s[2] ^= t
        s[3] = ((s[3] << 45) | (s[3] >> 19)) & MASK
        return found

    def below(self, n):
        product = self.bits() * n
        if product & MASK < n:
            threshold = (-n & MASK) % n
            while product & MASK < threshold:
                product = self.bits() * n
        return product >> 64

    def unit(self):
        return (self.bits() >> 11) / (1 << 53)

    def normal(self):
        u, v = 1 - self.unit(), self.unit()
        return np.sqrt(-2 * np.log(u)) * np.cos(2 * np.pi * v)

    def shuffled(self, n):
        order = list(range(n))
        for i in range(n - 1, 0, -1):
            j = self.below(i + 1)
            order[i], order[j] = order[j], order[i]
        return order


def undefined(code):
    return {"value": None, "error": {"code": code}}


def estimate(value, lower, upper, n, method, level=BOOT["level"], **more):
    return {"value": value, "lower": lower, "upper": upper, "level": level, "n": n, "method": method} | more


def bootstrap(n, statistic, units=None, clusters=None, boot=BOOT):
    """The statistic of item indices with its percentile interval. `units` are lists of items within strata."""
    if n == 0:
        return undefined("too_few_values")
    strata = units or [[[i] for i in range(n)]]
    try:
        value = statistic(np.arange(n))
    except Undefined as error:
        return undefined(str(error))
    rng, values = Rng(boot["seed"]), []
    for _ in range(boot["replicates"]):
        drawn = []
        for stratum in strata:
            for _ in stratum:
                drawn += stratum[rng.below(len(stratum))]
        try:
            values.append(statistic(np.array(drawn)))
        except Undefined:
            pass
    left_out = boot["replicates"] - len(values)
    if len(values) < left_out:
        return undefined("unstable_statistic")
    tail = (1 - boot["level"]) / 2
    lower, upper = np.quantile(values, [tail, 1 - tail])
    more = {"clusters": clusters} if clusters else {}
    if left_out:
        more["left_out"] = left_out
    return estimate(value, lower, upper, n, "percentile", boot["level"], **more)


def mean_figure(values, boot=BOOT):
    values = np.asarray(values, float)
    return bootstrap(len(values), lambda at: values[at].mean(), boot=boot)


def wilson(successes, n, level=BOOT["level"]):
    if n == 0:
        return undefined("too_few_values")
    found = stats.binomtest(successes, n).proportion_ci(level, method="wilson")
    return estimate(successes / n, found.low, found.high, n, "wilson", level)


def correlation(of):
    """A correlation of SciPy that is undefined for what does not vary."""

    def found(x, y):
        if len(x) < 2:
            raise Undefined("too_few_values")
        if np.ptp(x) == 0 or np.ptp(y) == 0:
            raise Undefined("constant_input")
        return of(x, y)[0]

    return found


pearson, spearman, tau_b = map(correlation, [stats.pearsonr, stats.spearmanr, stats.kendalltau])


def kappa(a, b):
    """Cohen's kappa."""
    a, b = np.asarray(a), np.asarray(b)
    if len(a) == 0:
        raise Undefined("too_few_values")
    classes = set(a) | set(b)
    by_chance = sum((a == c).mean() * (b == c).mean() for c in classes)
    if len(classes) == 1:
        raise Undefined("constant_input")
    return ((a == b).mean() - by_chance) / (1 - by_chance)


def logistic(design, targets, weights=None, ridge=0.0, tied=0):
    """Maximum-likelihood coefficients with the sandwich covariance; the first `tied` ones have the sum 0."""
    x, y = np.asarray(design, float), np.asarray(targets, float)
    w = np.ones(len(y)) if weights is None else np.asarray(weights, float)
    at = np.zeros(x.shape[1])
    for _ in range(60):
        p = 1 / (1 + np.exp(-x @ at))
        hessian = (x * (w * p * (1 - p))[:, None]).T @ x + ridge * np.eye(len(at))
        at = at + np.linalg.pinv(hessian, rcond=1e-12) @ (x.T @ (w * (y - p)) - ridge * at)
    at[:tied] -= at[:tied].mean() if tied else 0
    p = 1 / (1 + np.exp(-x @ at))
    bread = np.linalg.pinv((x * (w * p * (1 - p))[:, None]).T @ x + ridge * np.eye(len(at)), rcond=1e-12)
    pulls = x * (w * (y - p))[:, None]
    return at, bread @ pulls.T @ pulls @ bread


def flat(tree, path=""):
    """Leaves by their paths; null, [] and {} as words."""
    if isinstance(tree, dict) and tree:
        for key, value in tree.items():
            yield from flat(value, f"{path}.{key}" if path else key)
    elif isinstance(tree, (list, tuple, np.ndarray)) and len(tree):
        for index, value in enumerate(tree):
            yield from flat(value, f"{path}[{index}]")
    elif isinstance(tree, (dict, list, tuple)):
        yield path, "{}" if isinstance(tree, dict) else "[]"
    else:
        yield path, "null" if tree is None else tree


def toml(value):
    if isinstance(value, (bool, np.bool_)):
        return "true" if value else "false"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, (int, np.integer)):
        return str(int(value))
    return repr(float(value))


def write(script, name, cases, tolerance=1e-9):
    """`cases`: name, options, rows and what the report has to say of them."""
    lines = [
        'tool = "numpy, scipy, scikit-learn"',
        f'version = "{version("numpy")}, {version("scipy")}, {version("scikit-learn")}"',
        f'command = "python tests/golden/{script}"',
        f"tolerance = {tolerance}",
    ]
    for title, options, rows, expected in cases:
        lines += ["", "[[case]]", f"name = {toml(title)}", f"options = '{json.dumps(options)}'", "rows = '''"]
        lines += [json.dumps(row, ensure_ascii=False) for row in rows] + ["'''", "[case.expected]"]
        lines += [f"{toml(path)} = {toml(value)}" for path, value in flat(expected)]
    HERE.mkdir(exist_ok=True)
    (HERE / f"{name}.toml").write_text("\n".join(lines) + "\n")
