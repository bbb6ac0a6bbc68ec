"""Writes tests/golden/judge/benchbench_catalogue.toml: BenchBench's catalogue as ranks of numbered models, with the
correlations and z-scores that its steps give by pandas and SciPy.

    python tests/golden/make_benchbench.py FOLDER

FOLDER has the tables of src/bat/assets/benchmarks of IBM/benchbench at 1dfd46a (Apache-2.0) as benchbench_*.csv. Only
ranks are kept: neither mean win rates nor Kendall's tau see more of a score.
"""

import sys
from pathlib import Path

import numpy as np
import pandas as pd
import scipy
from scipy import stats

GOLDEN = Path(__file__).parent / "judge" / "benchbench_catalogue.toml"
# The tables of the catalogue say what they measure at the end of their name; lvbench fails its validator.
KINDS = "holistic agent tools emotion safety knowledge linguistics code longcontext tables instructionfollow language math reasoning"
# examples/scenarios_for_aggregate.txt; two of the eight are in no table under that name.
AGGREGATE = ["helm_lite", "hf_open_llm_v2", "opencompass_academic", "arena_elo", "helm_classic", "alphacaeval_v2lc"]
NAMED = 8
# examples/scenarios_of_intereset.txt, in the names of the tables.
INTEREST = """holmes helm_lite arena_elo hf_open_llm_v2 hfv2_bbh hfv2_bbh_raw hfv2_gpqa hfv2_ifeval hfv2_mmlu_pro
hfv2_math_lvl_5 hfv2_musr tablebench_overall_dp opencompass_academic oc_humaneval helm_mmlu helm_classic mmlu_pro mixeval
toolbench alphacaeval_v2lc helm_airbench_air_score opencompass oc_arena enkrypt_ai_safety wb_score decentralized_arena
arena_hard agentbench mt_bench hf_open_llm_v1 bfcl eq_bench biggen""".split()


def replaced(name, pairs):
    for old, new in pairs:
        name = name.replace(old, new)
    return name


BLANKS = [("   ", "-"), ("  ", "-"), (" ", "-"), ("(", ""), (")", "")]


def scenario(name):
    return replaced(name.strip().lower(), BLANKS + [("-", "_")])


def model(name):
    name = replaced(
        name.strip().lower(),
        BLANKS
        + [("β", "beta"), ("command-r+", "command-r-plus"), ("dbrx-inst", "dbrx-instruct"), ("-hf", ""), ("-", "_")]
        + [("llama_3", "llama3"), ("ul2", "flan-ul2")],
    ).split("/")[-1]
    return replaced(name, [("meta_", ""), (".", "_"), ("v01", "v0_1"), ("v02", "v0_2"), ("v03", "v0_3")])


def catalogue(folder):
    tables = []
    for path in sorted(Path(folder).glob("benchbench_*.csv")):
        if path.stem.rsplit("_", 1)[-1] not in KINDS.split() or "lvbench" in path.stem:
            continue
        table = pd.read_csv(path)
        if "scenario" not in table.columns:
            table = pd.melt(table, id_vars=["model"], var_name="scenario", value_name="score")
        table["score"] = pd.to_numeric(table["score"].replace("-", np.nan), errors="coerce")
        table["model"], table["scenario"] = table["model"].map(model), table["scenario"].map(scenario)
        tables.append(table.groupby(["model", "scenario"], as_index=False)["score"].max().dropna().assign(source=path.stem))
    every = pd.concat(tables)
    # Of a scenario that is in several tables, the larger one stays.
    size = every.groupby(["scenario", "source"])["model"].transform("count")
    best = every.assign(size=size).sort_values("size", ascending=False).drop_duplicates(["scenario", "model", "source"])
    first = best.drop_duplicates("scenario").set_index("scenario")["source"]
    return best[best["source"] == best["scenario"].map(first)]


def main(folder):
    rows = catalogue(folder)
    part = rows[rows["scenario"].isin(AGGREGATE)].copy()
    count = part.groupby("model")["scenario"].count()
    part = part[part["model"].isin(count[count >= max(1, NAMED // 3)].index)].copy()
    part["wins"] = part.groupby("scenario")["score"].transform(lambda s: s.map(lambda x: (s < x).sum() / (len(s) - 1)))
    aggregate = part.groupby("model")["wins"].mean()
    number = {name: i for i, name in enumerate(sorted(aggregate.index))}
    found, lines = {}, []
    for name in sorted(set(INTEREST)):
        table = rows[(rows["scenario"] == name) & rows["model"].isin(number)].set_index("model")["score"]
        if len(table) < 5:
            continue
        found[name] = stats.kendalltau(table, aggregate[table.index])[0]
        ranks = stats.rankdata(table, method="dense").astype(int)
        cells = ", ".join(f"[{number[m]}, {r}]" for m, r in sorted(zip(table.index, ranks), key=lambda c: number[c[0]]))
        lines.append((name, cells))
    values = pd.Series(found)
    z = (values - values.mean()) / values.std()
    out = [
        "# Ranks, from 1 for the worst, of numbered models on the scenarios of BenchBench's catalogue, with how each",
        "# scenario agrees with the aggregate: [model, rank].",
        'tool = "pandas and scipy.stats.kendalltau, by the steps of BenchBench"',
        f'version = "{pd.__version__}, {scipy.__version__}; tables of IBM/benchbench at 1dfd46a"',
        'command = "python tests/golden/make_benchbench.py FOLDER"',
        "tolerance = 1e-12",
        f"aggregate = [{', '.join(repr(s).replace(chr(39), chr(34)) for s in AGGREGATE)}]",
        f"min_scenarios = {max(1, NAMED // 3)}",
    ]
    for name, cells in lines:
        out += ["", "[[case]]", f'scenario = "{name}"', f"kendall = {found[name]!r}", f"z_score = {z[name]!r}", f"cells = [{cells}]"]
    GOLDEN.write_text("\n".join(out).replace("np.float64(", "").replace(")\n", "\n") + "\n")
    print(values.round(6).to_dict(), z.round(6).to_dict(), len(number), GOLDEN.stat().st_size)


main(sys.argv[1])
