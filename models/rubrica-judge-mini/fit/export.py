"""Calibrates fitted weights and writes what ships: python3 export.py FINAL.pt ENCODER_DIR DATA_DIR OWN_DIR OUT_DIR

Everything is fitted on own held-out groups and items, with the 8-bit weights that ship, as
`crates/rubrica-train/src/cross/calibration.rs` does it after training in burn.
"""

import json
import random
import sys

import torch

from check import logits_of
from data import *
from network import CrossEncoder, binary, write_int8
from template import Template
from train import WINDOW, Sources, auroc, fixed, pearson

COVERAGE, FAULTLESS = 0.9, 0.9


def temperature(loss):
    """The temperature in [0.2, 5] with the least loss, by golden section on its logarithm."""
    low, high, ratio = -1.61, 1.61, 0.618034
    f = lambda x: float(loss(2.718281828**x))
    a, b = high - ratio * (high - low), low + ratio * (high - low)
    fa, fb = f(a), f(b)
    for _ in range(40):
        if fa < fb:
            high, b, fb = b, a, fa
            a = high - ratio * (high - low)
            fa = f(a)
        else:
            low, a, fa = a, b, fb
            b = low + ratio * (high - low)
            fb = f(b)
    return 2.718281828 ** ((low + high) / 2)


def threshold(said, truth):
    """The middle of the best thresholds by balanced accuracy."""
    found = []
    for i in range(1, 100):
        hit = [s >= i / 100 for s in said]
        up, down = sum(truth), len(truth) - sum(truth)
        found.append((sum(h for h, t in zip(hit, truth) if t) / max(up, 1) + sum(not h for h, t in zip(hit, truth) if not t) / max(down, 1), i / 100))
    best = max(found)[0]
    top = [t for value, t in found if value == best]
    return round((top[0] + top[-1]) / 2, 3)


@torch.no_grad()
def logits(model, template, task, sequences, spans, chunk=48):
    parts = [model.logits(task, model(template, sequences[i : i + chunk], spans[i : i + chunk])) for i in range(0, len(sequences), chunk)]
    return torch.cat(parts)


def expected(latent, cuts):
    """The mean level, as a share of the scale, of a cumulative link model."""
    return torch.sigmoid(latent[:, None] - cuts).sum(1) / 4


def main():
    final, encoder, data, own, out = sys.argv[1:6]
    template = Template(f"{encoder}/tokenizer.json", WINDOW)
    model = CrossEncoder(f"{encoder}/config.json").eval()
    kept = torch.load(final)
    base = CrossEncoder(f"{encoder}/config.json").eval()
    base.load(f"{encoder}/model.safetensors")
    sources = Sources(base, template, data, own, random.Random(0))
    model.load_state_dict(kept["model"])
    write_int8(model, f"{out}/model.int8.safetensors")
    assert not model.load(f"{out}/model.int8.safetensors")
    make = Maker(template, random.Random(1))
    temperatures = {}

    asks, truth = [], []
    for item in sources.held_items:
        for r in item["responses"]:
            source = item.get("reference") or ""
            prompt = "\n\n".join([item["prompt"], *item.get("context", [])])
            asks.append((fixed(item), prompt, source, r["text"]))
            truth.append((r["score"] - 1) / 4)
    # Crossed groups are left out: their answers are no sample of what people judge.
    sequences, spans = make.whole("rubric", asks)
    latent = logits(model, template, "rubric", sequences, spans)[:, 0]
    y, cuts = torch.tensor(truth), model.heads.thresholds().detach()
    happened = ((y[:, None] * 4 - torch.arange(4)) >= 0.5).float()
    temperatures["rubric"] = t = temperature(lambda t: binary((latent[:, None] - cuts) / t, happened).mean())
    mean = expected(latent / t, cuts / t)
    errors = (mean - y).abs().sort().values
    interval = errors[min(len(errors) - 1, int(-(-(len(errors) + 1) * COVERAGE // 1)) - 1)].item()
    slope = pearson(mean.tolist(), truth) * mean.std().item() / y.std().item()
    print(f"levels: Pearson {pearson(mean.tolist(), truth):.3f}, slope {slope:.3f}, mean error {4 * errors.mean():.3f}")

    sides, labels = [], []
    for item in sources.held_items:
        if not item.get("criterion"):
            some = [("", "\n\n".join([item["prompt"], *item.get("context", [])]), "", r["text"]) for r in item["responses"]]
            sides.append((some, [r["score"] for r in item["responses"]]))
    for g in sources.held_crossed:
        if g["differs"] != "criterion":
            for k, side in enumerate(g["sides"]):
                sides.append(([("", "\n\n".join(filter(None, [side["prompt"], side["context"]])), "", r["text"]) for r in g["responses"]], [r["scores"][k] for r in g["responses"]]))
    sequences, spans = make.whole("reward", [a for some, _ in sides for a in some])
    x, at, margins, signs = logits(model, template, "reward", sequences, spans)[:, 0], 0, [], []
    for some, scores in sides:
        for i in range(len(scores)):
            for j in range(i):
                margins.append((x[at + i] - x[at + j]).item())
                signs.append((scores[i] > scores[j]) - (scores[i] < scores[j]))
        at += len(scores)
    m, s = torch.tensor(margins), torch.tensor(signs)
    temperatures["reward"] = t = temperature(lambda t: binary(m[s != 0] / t, (s[s != 0] > 0).float()).mean())
    tie_margin = m.abs().sort().values[max(0, int((s == 0).sum()) - 1)].item() / t
    print(f"pairs: {(m.sign() == s)[s != 0].float().mean():.3f} of {int((s != 0).sum())}, ties {int((s == 0).sum())}")

    asked = [b for b in (make.errors("graded", r) for r in sources.held_segments) if b]
    x = logits(model, template, "errors", [b.sequences[0] for b in asked], [b.spans[0] for b in asked])
    y = torch.cat([b.truth for b in asked])
    temperatures["errors"] = t = temperature(lambda t: binary(x / t, y).mean())
    said = torch.sigmoid(x[:, 0] / t)
    error_threshold = threshold(said.tolist(), [int(v) for v in y[:, 0].tolist()])
    print(f"faulty sentences: AUROC {auroc(said.tolist(), [int(v) for v in y[:, 0].tolist()]):.3f}")
    # A faultless response is told faultless in most cases: the critique asks for more than the measure does.
    at, tops = 0, []
    for b in asked:
        n = len(b.spans[0])
        if not b.truth[:, 0].any():
            tops.append(said[at : at + n].max().item())
        at += n
    tops.sort()
    finding = max(0.5, tops[min(len(tops) - 1, int(FAULTLESS * len(tops)))])

    asked = [b for b in (make.support(*r[1:4], None, r[4]) for r in sources.held_support) if b]
    asked += [b for b in (sources.make.cross_support(g) for g in sources.held_crossed if g["differs"] == "context")]
    x = logits(model, template, "grounding", [s for b in asked for s in b.sequences], [p for b in asked for p in b.spans])
    y = torch.cat([b.truth for b in asked])
    temperatures["grounding"] = t = temperature(lambda t: -((x / t).log_softmax(1) * y).sum(1).mean())
    said = (x / t).softmax(1)[:, 0]
    support_threshold = threshold(said.tolist(), [int(v > 0.5) for v in y[:, 0].tolist()])
    print(f"support: AUROC {auroc(said.tolist(), [int(v > 0.5) for v in y[:, 0].tolist()]):.3f}")

    asked = [b for b in (make.context_use(r) for r in sources.contexts[::5]) if b]
    x = logits(model, template, "context", [b.sequences[0] for b in asked], [b.spans[0] for b in asked])
    y = torch.cat([b.truth for b in asked])
    temperatures["context"] = t = temperature(lambda t: binary(x / t, y).mean())
    context_threshold = threshold(torch.sigmoid(x[:, 1] / t).tolist(), [int(v) for v in y[:, 1].tolist()])

    head = {"template": "cross/3", "window": WINDOW, "temperature": {k: round(v, 6) for k, v in temperatures.items()}, "interval": round(interval, 6), "tie_margin": round(tie_margin, 6),
            "support_threshold": support_threshold, "error_threshold": error_threshold, "finding_threshold": round(finding, 3), "context_threshold": context_threshold}
    json.dump(head, open(f"{out}/head.json", "w"), indent=2)
    old = json.load(open(f"{out}/golden.json"))
    golden = {**old, "tool": f"PyTorch {torch.__version__.split('+')[0]}, fit/export.py", "logits": logits_of(model, template, old)}
    json.dump(golden, open(f"{out}/golden.json", "w"), indent=2)
    print(json.dumps(head, indent=1))


if __name__ == "__main__":
    main()
