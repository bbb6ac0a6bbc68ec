"""Figures on a public part: python3 measure.py JUDGE_DIR GRADED_DIR SPLIT [PAIRWISE.jsonl.zst]

GRADED_DIR/SPLIT holds `items.jsonl.zst` (graded answers) and their `pairwise`, `segments` and `grounding`; crossed groups lie in
GRADED_DIR/crossed/SPLIT. Each figure stands beside the same judge with prompt, criterion, reference and context blanked, with a 95 %
percentile bootstrap interval over items or groups. Of preference sets of others, 60 pairs each are drawn by seed 0. `rubrica eval judge --blind` gives the same without Python, more slowly.
"""

import json
import os
import random
import sys

import torch

from data import *
from network import CrossEncoder
from template import Template
from train import auroc, blanked, fixed, score


def interval(units, statistic, rounds=500):
    """`statistic` of all units, with the interval of resampled ones."""
    rng, found = random.Random(0), []
    for _ in range(rounds):
        found.append(statistic([units[rng.randrange(len(units))] for _ in units]))
    found.sort()
    return f"{statistic(units):.3f} [{found[int(0.025 * rounds)]:.3f}, {found[int(0.975 * rounds)]:.3f}]"


def share(units):
    """Share of the pairs in the right order; a unit is a list of (right, weight)."""
    total = sum(len(u) for u in units)
    return sum(sum(u) for u in units) / max(total, 1)


def pearson_of(units):
    a, b = [x for u in units for x in u[0]], [x for u in units for x in u[1]]
    n, ma, mb = len(a), sum(a) / len(a), sum(b) / len(b)
    cov = sum((x - ma) * (y - mb) for x, y in zip(a, b))
    return cov / ((sum((x - ma) ** 2 for x in a) * sum((y - mb) ** 2 for y in b)) ** 0.5 + 1e-12)


def auroc_of(units):
    return auroc([x for u in units for x in u[0]], [x for u in units for x in u[1]])


def ordered_pairs(scores, truth, keep=lambda i, j: True):
    return [float((scores[i] - scores[j]) * (truth[i] - truth[j]) > 0) for i in range(len(truth)) for j in range(i) if truth[i] != truth[j] and keep(i, j)]


def main():
    folder, graded, split = sys.argv[1:4]
    head = json.load(open(f"{folder}/head.json"))
    template = Template(f"{folder}/tokenizer.json", head["window"])
    model = CrossEncoder(f"{folder}/config.json").eval()
    assert not model.load(f"{folder}/model.int8.safetensors")
    make = Maker(template, random.Random(0))
    cuts, t = model.heads.thresholds().detach(), head["temperature"]["rubric"]
    level = lambda latent: 1 + torch.sigmoid((torch.tensor(latent)[:, None] - cuts) / t).sum(1)
    line = lambda name, a, b="–": print(f"| {name} | {a} | {b} |", flush=True)

    def both(name, task, asks, cut, statistic, turn=lambda s: s):
        """`cut` makes units of the scores of `asks`."""
        found = []
        for some in (asks, blanked(asks)):
            found.append(interval(cut(turn(score(model, make, task, some))), statistic))
        line(name, *found)

    items = graded_items(f"{graded}/{split}")
    plain = [i for i in items if not i.get("criterion")]
    behind = lambda i: "\n\n".join([i["prompt"], *i.get("context", [])])
    print("| graded answers | judge | blind |\n|---|---|---|")
    asks = [("", behind(i), "", r["text"]) for i in plain for r in i["responses"]]

    def by_item(some, keep):
        def cut(s):
            units, at = [], 0
            for i in some:
                n = len(i["responses"])
                units.append(ordered_pairs(s[at : at + n], [r["score"] for r in i["responses"]], lambda a, b, i=i: keep(i, a, b)))
                at += n
            return units

        return cut

    against = lambda i, a, b: i.get("surface", {}).get((a, b), i.get("surface", {}).get((b, a), 1)) < 0.5
    both("pairs of one prompt (reward)", "reward", asks, by_item(plain, lambda i, a, b: True), share)
    both("pairs against the surface (reward)", "reward", asks, by_item(plain, against), share)
    asks = [(fixed(i), behind(i), i.get("reference") or "", r["text"]) for i in items for r in i["responses"]]
    both("pairs of one item under its criterion (rubric)", "rubric", asks, by_item(items, lambda i, a, b: True), share)

    def rated(s):
        units, at, s = [], 0, level(s).tolist()
        for i in items:
            n = len(i["responses"])
            units.append((s[at : at + n], [r["score"] for r in i["responses"]]))
            at += n
        return units

    both("Pearson of scores", "rubric", asks, rated, pearson_of)
    units = []
    for r in rows(f"{graded}/{split}/segments.jsonl.zst"):
        b = r["response"] and make.errors("graded", {**r, "segments": [s for s in r["segments"] if s["start"] < s["end"]]})
        if b:
            with torch.no_grad():
                x = model.logits("errors", model(template, b.sequences, b.spans))[:, 0].tolist()
            units.append((x, [int(v) for v in b.truth[:, 0].tolist()]))
    line("faulty sentence, AUROC", interval(units, auroc_of))

    crossed_file = f"{graded}/crossed/{split}/items.jsonl.zst"
    if os.path.exists(crossed_file):
        groups = {}
        for i in rows(crossed_file):
            groups.setdefault(i["group"], []).append(i)
        groups = list(groups.values())
        for task in ("reward", "rubric"):
            some = groups if task == "rubric" else [g for g in groups if not g[0].get("criterion")]
            asks = [(fixed(i) if task == "rubric" else "", behind(i), "", r["text"]) for g in some for i in g for r in i["responses"]]

            def cut(s):
                units, at = [], 0
                for g in some:
                    units.append([])
                    for i in g:
                        n = len(i["responses"])
                        units[-1] += ordered_pairs(s[at : at + n], [r["score"] for r in i["responses"]])
                        at += n
                return units

            line(f"crossed groups, pairs ({task})", interval(cut(score(model, make, task, asks)), share), "0.500")
    if len(sys.argv) > 4:
        preferences(model, make, sys.argv[4], line)


def preferences(model, make, file, line, most=60):
    """Accuracy on out-of-domain preference sets, the mean over the sets."""
    sets = {}
    for r in rows(file):
        if r["label"] != "tie" and not r.get("in_domain"):
            sets.setdefault(r["source"], []).append(r)
    rng, right = random.Random(0), {}
    for name, pairs in sorted(sets.items()):
        right[name] = []
        for r in rng.sample(pairs, min(most, len(pairs))):
            side = []
            for text in (r["a"], r["b"]):
                windows = make.sequence("reward", "", r["prompt"], "", text)
                with torch.no_grad():
                    x = model.logits("reward", model(make.template, windows, [[w.response()] for w in windows]))[:, 0]
                tokens = torch.tensor([float(max(1, len(w.tokens))) for w in windows])
                side.append(((x * tokens).sum() / tokens.sum()).item())
            right[name].append(float((side[0] > side[1]) == (r["label"] == "a")))
        line(f"preferences, {name}, {len(right[name])} pairs", f"{sum(right[name]) / len(right[name]):.3f}")
    rounds = sorted(sum(sum(rng.choices(v, k=len(v))) / len(v) for v in right.values()) / len(right) for _ in range(1000))
    mean = sum(sum(v) / len(v) for v in right.values()) / len(right)
    line(f"preferences, mean over {len(right)} sets", f"{mean:.3f} [{rounds[25]:.3f}, {rounds[975]:.3f}]")


if __name__ == "__main__":
    main()
