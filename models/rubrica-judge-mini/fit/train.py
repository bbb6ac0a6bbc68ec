"""Fits the judge: python3 train.py ENCODER_DIR DATA_DIR OWN_DIR OUT_DIR MINUTES [JUDGE.safetensors | CHECKPOINT.pt]

ENCODER_DIR is MiniLM as transformers reads it, DATA_DIR/train holds the older sources, OWN_DIR is `data` beside this folder.

It starts from a judge, or goes on from a checkpoint. Rates fall with the clock, so that a run ends when it should on any machine. Validation is on own
held-out groups only, each figure beside the same judge with prompt, criterion, reference and context blanked.
"""

import collections
import json
import os
import random
import re
import sys
import time

import torch

from data import *
from network import CrossEncoder, binary
from template import Template

WINDOW, STEP_TOKENS, RATE, HEAD_RATE = 192, 3600, 1.2e-4, 6e-4


def neighbours(model, template, texts, most=12):
    """For each text the nearest others by mean states of the encoder as it comes, nearest first."""
    found = []
    with torch.no_grad():
        for i in range(0, len(texts), 64):
            ids = [template.encode(t)[0][:96] or [template.end] for t in texts[i : i + 64]]
            n = max(map(len, ids)) + 2
            block, mask = torch.full((len(ids), n), template.pad), torch.zeros(len(ids), n, dtype=torch.long)
            for row, one in enumerate(ids):
                block[row, : len(one) + 2] = torch.tensor([template.start, *one, template.end])
                mask[row, : len(one) + 2] = 1
            x = model.bert(input_ids=block, attention_mask=mask).last_hidden_state * mask[..., None]
            found.append(torch.nn.functional.normalize(x.sum(1), dim=1))
    x = torch.cat(found)
    return [[j for j in row.tolist() if j != i][:most] for i, row in enumerate((x @ x.T).topk(most + 1).indices)]


class Sources:
    """Draws bundles."""

    def __init__(self, model, template, data, own, rng):
        self.make, self.rng, self.own = Maker(template, rng), rng, own
        self.items = graded_items(f"{own}/graded/train")
        near = neighbours(model, template, [i["prompt"] for i in self.items])
        self.near = {item["id"]: [self.items[j] for j in row if self.items[j]["prompt"].lower() != item["prompt"].lower()] for item, row in zip(self.items, near)}
        self.held_items = [i for i in self.items if held(i["id"], 12)]
        self.items = [i for i in self.items if not held(i["id"], 12)]
        out = {i["id"] for i in self.held_items}
        segments = [r for r in rows(f"{own}/graded/train/segments.jsonl.zst") if r["response"]]
        doc = lambda r: r["id"].split(":")[1].split("-")[0]
        self.held_segments = [r for r in segments if doc(r) in out]
        self.graded_errors = [r for r in segments if doc(r) not in out]
        self.marked_errors = [r for r in self.graded_errors if any(s["labels"] for s in r["segments"])]
        support = {r["id"]: r for r in rows(f"{own}/graded/train/grounding.jsonl.zst")}
        joined = []
        for r in segments:
            g = support.get(r["id"])
            if g and r.get("context"):
                parts = [(s["start"], s["end"], next((k for k in s["labels"] if k in ("contradicted",)), None) or ("not_supported" if "unsupported" in s["labels"] else "supported")) for s in r["segments"] if not set(s["labels"]) - {"unsupported", "contradicted"}]
                joined.append((doc(r), r["question"], r["context"], r["response"], parts))
        self.graded_support = [x for x in joined if x[0] not in out]
        self.held_support = [x for x in joined if x[0] in out]
        free = rows(f"{data}/train/grounding.jsonl.zst")
        keep = ("rank19", "begin_dev_wow", "begin_test_wow", "wice_claim_dev", "wice_tokens_dev", "wice_tokens_train", "fgrlhf_qa")
        self.free_support = [r for r in free if r["source"] in keep and r["label"] in SUPPORT]
        self.contexts = [r for r in free if r["source"].startswith("wice") and r.get("supporting") is not None]
        segments = rows(f"{data}/train/segments.jsonl.zst")
        self.free_errors = [r for r in segments if r["source"] in ERRORS]
        self.contexts += [r for r in segments if r["source"] == "fgrlhf_qa" and r.get("missing") and r.get("context")]
        ratings = rows(f"{data}/train/rubric.jsonl.zst")
        students = collections.defaultdict(list)
        for r in ratings:
            if r["source"].startswith("semeval13"):
                students[r["instruction"] + (r.get("reference") or "")].append(r)
        self.students = [v for v in students.values() if len(v) >= 4]
        texts = collections.defaultdict(list)
        for r in ratings:
            if r["source"] in ("newsroom_human", "realsumm", "d2t_sfres", "d2t_sfhot", "d2t_bagel"):
                texts[r["source"], r["criteria"], r["instruction"] + (r.get("reference") or "")].append(r)
        self.texts = [v for v in texts.values() if len(v) >= 2]
        pairs = [r for r in rows(f"{data}/train/pairwise.jsonl.zst") if r["source"] in ("alpaca_eval_bon", "arena_bench_v1", "hh_harmless", "ukp_convarg1_strict", "fgrlhf_qa", "haluquestqa") and r["label"] != "tie"]
        self.pairs = collections.defaultdict(lambda: ([], []))
        prompts = {}
        for r in pairs:
            good, bad = (r["a"], r["b"]) if r["label"] == "a" else (r["b"], r["a"])
            self.pairs[r["source"]][len(good) > len(bad)].append((r["prompt"], good, bad))
            if r["source"] in ("alpaca_eval_bon", "arena_bench_v1", "haluquestqa", "fgrlhf_qa") and 20 < len(good) < 900 and len(r["prompt"]) < 400:
                prompts.setdefault(r["prompt"], good)
        known = list(prompts.items())
        near = neighbours(model, template, [p for p, _ in known])
        self.movable = [(p, known[rng.choice(row)][0], good) for (p, good), row in zip(known, near) for _ in range(2)]
        self.reload()
        print(f"{len(self.items)} items, {len(self.crossed)} crossed groups, {len(self.free_support)} support, {len(self.students)} questions, {len(self.movable)} moved", flush=True)

    def reload(self):
        """Crossed groups, of which more may have been written."""
        groups = crossed(group_files(f"{self.own}/crossed"))
        self.held_crossed = [g for g in groups if held(g["key"], 10)]
        self.crossed = [g for g in groups if not held(g["key"], 10)]
        self.crossed_context = [g for g in self.crossed if g["differs"] == "context"]
        self.queues = collections.defaultdict(list)

    def take(self, name, pool):
        """The next of a pool, which is shuffled once it is used up."""
        queue = self.queues[name]
        if not queue:
            queue += pool
            self.rng.shuffle(queue)
        return queue.pop()

    def draw(self):
        shares = {"graded": 0.40, "crossed": 0.16, "students": 0.08, "moved": 0.06, "graded_errors": 0.10, "graded_support": 0.06, "cross_support": 0.03,
                  "free_support": 0.03, "free_errors": 0.01, "context": 0.02, "pairs": 0.04, "texts": 0.03}
        kind = self.rng.choices(list(shares), list(shares.values()))[0]
        return kind, getattr(self, f"draw_{kind}")()

    def draw_crossed(self):
        return self.make.cross(self.take("crossed", self.crossed))

    def draw_graded(self):
        item = self.take("graded", self.items)
        near = self.near[item["id"]][:6]
        return self.make.graded(item, self.rng.choice(near) if near else None)

    def draw_students(self):
        some = self.take("students", self.students)
        return self.make.ratings(self.rng.sample(some, min(5, len(some))))

    def draw_texts(self):
        some = self.take("texts", self.texts)
        return self.make.ratings(self.rng.sample(some, min(3, len(some))), 0.5)

    def draw_moved(self):
        return self.make.moved(*self.take("moved", self.movable))

    def draw_free_support(self):
        r = self.take("free_support", self.free_support)
        parts = [(s["start"], s["end"], "not_supported") for s in r.get("spans") or [] if s["start"] < s["end"]]
        return self.make.support(r.get("question") or "", r["context"], r["response"], r["label"], parts)

    def draw_graded_support(self):
        _, question, context, response, parts = self.take("graded_support", self.graded_support)
        label = None if not parts else "supported" if all(p[2] == "supported" for p in parts) else None
        return self.make.support(question, context, response, label, parts)

    def draw_cross_support(self):
        return self.make.cross_support(self.take("cross_support", self.crossed_context)) if self.crossed_context else None

    def draw_graded_errors(self):
        pool = self.graded_errors if self.rng.random() < 0.4 else self.marked_errors
        return self.make.errors("graded", self.take(f"errors{len(pool)}", pool))

    def draw_free_errors(self):
        r = self.take("free_errors", self.free_errors)
        return self.make.errors(r["source"], r, 0.7)

    def draw_context(self):
        return self.make.context_use(self.take("context", self.contexts))

    def draw_pairs(self):
        source = self.rng.choices(["alpaca_eval_bon", "arena_bench_v1", "hh_harmless", "ukp_convarg1_strict", "fgrlhf_qa", "haluquestqa"], [3, 4, 2, 1, 2, 1])[0]
        sides = self.pairs[source]
        side = self.rng.random() < 0.5 if all(sides) else bool(sides[1])
        return self.make.pair(*self.take(f"{source}{side}", sides[side]))


@torch.no_grad()
def score(model, make, task, asks):
    found = []
    for i in range(0, len(asks), 64):
        sequences, spans = make.whole(task, asks[i : i + 64])
        found += model.logits(task, model(make.template, sequences, spans))[:, 0].tolist()
    return found


def blanked(asks):
    return [("", "", "", a[3]) for a in asks]


def right(scores, truth):
    """Pairs in the right order, and all pairs."""
    ok = n = 0
    for i in range(len(truth)):
        for j in range(i):
            if truth[i] != truth[j]:
                ok += (scores[i] > scores[j]) == (truth[i] > truth[j])
                n += 1
    return ok, n


def pearson(a, b):
    return torch.corrcoef(torch.tensor([a, b]))[0, 1].item()


def auroc(scores, truth):
    order = sorted(range(len(scores)), key=lambda i: scores[i])
    ranks, up, down = 0, sum(truth), len(truth) - sum(truth)
    for rank, i in enumerate(order):
        ranks += (rank + 1) * truth[i]
    return (ranks - up * (up + 1) / 2) / max(up * down, 1)


def fixed(item):
    return criterion_text(item["criterion"]) if item.get("criterion") else criterion_text(HELPFUL[0] + "".join(f" {i + 1}: {l}" for i, l in enumerate(LEVELS)))


def validate(model, sources, most=70):
    """Figures on at most `most` held-out groups or items of a kind."""
    model.eval()
    held_crossed, held_items = sources.held_crossed[:: max(1, len(sources.held_crossed) // most)], sources.held_items[:most]
    make, figures = Maker(sources.make.template, random.Random(1)), {}
    for task in ("rubric", "reward"):
        asks, where = [], []
        for g in held_crossed:
            if task == "reward" and g["differs"] == "criterion":
                continue
            for k, side in enumerate(g["sides"]):
                for r in g["responses"]:
                    prompt = side["prompt"] + ("\n\n" + side["context"] if task == "reward" and side["context"] else "")
                    asks.append((fixed(side) if task == "rubric" else "", prompt, side["context"] if task == "rubric" else "", r["text"]))
                where.append((g["differs"], [r["scores"][k] for r in g["responses"]]))
        s, at, by = score(model, make, task, asks), 0, collections.defaultdict(lambda: [0, 0])
        for differs, truth in where:
            ok, n = right(s[at : at + len(truth)], truth)
            at += len(truth)
            for key in (differs, "all"):
                by[key][0] += ok
                by[key][1] += n
        figures[f"crossed {task}"] = {k: f"{a / n:.3f} of {n}" for k, (a, n) in by.items()}
    for name, task in (("rubric", "rubric"), ("reward", "reward")):
        items = [i for i in held_items if task == "rubric" or not i.get("criterion")]
        asks = [(fixed(i) if task == "rubric" else "", i["prompt"] + ("\n\n" + "\n".join(i["context"]) if task == "reward" and i.get("context") else ""), (i.get("reference") or "\n".join(i.get("context", []))) if task == "rubric" else "", r["text"]) for i in items for r in i["responses"]]
        for blind in (False, True):
            s, at, ok, n = score(model, make, task, blanked(asks) if blind else asks), 0, 0, 0
            for i in items:
                a, b = right(s[at : at + len(i["responses"])], [r["score"] for r in i["responses"]])
                at, ok, n = at + len(i["responses"]), ok + a, n + b
            figures[f"graded {name}{' blind' if blind else ''}"] = f"{ok / n:.3f} of {n}"
            if task == "rubric":
                figures[f"graded Pearson{' blind' if blind else ''}"] = round(pearson(s, [r["score"] for i in items for r in i["responses"]]), 3)
    asks, wins = [], []
    for item in held_items:
        if not item.get("criterion"):
            own = max(item["responses"], key=lambda r: r["score"])["text"]
            for other in sources.near[item["id"]][:1]:
                foreign = max(other["responses"], key=lambda r: r["score"])["text"]
                asks += [(fixed(item), item["prompt"], "", own), (fixed(item), item["prompt"], "", foreign)]
    s = score(model, make, "rubric", asks)
    figures["moved"] = round(sum(a > b for a, b in zip(s[::2], s[1::2])) / max(1, len(s) // 2), 3)
    with torch.no_grad():
        asked = [b for b in (make.errors("graded", r) for r in sources.held_segments[: 2 * most]) if b]
        said = model.logits("errors", model(make.template, [b.sequences[0] for b in asked], [b.spans[0] for b in asked]))[:, 0].tolist()
        figures["errors AUROC"] = round(auroc(said, [int(y) for b in asked for y in b.truth[:, 0].tolist()]), 3)
        asked = [b for b in (make.support(*r[1:4], None, r[4]) for r in sources.held_support[: 2 * most]) if b]
        said = -model.logits("grounding", model(make.template, [b.sequences[0] for b in asked], [b.spans[0] for b in asked])).log_softmax(1)[:, 0]
        figures["support AUROC"] = round(auroc(said.tolist(), [int(y < 0.5) for b in asked for y in b.truth[:, 0].tolist()]), 3)
    model.train()
    return figures


def main():
    encoder, data, own, out, minutes = *sys.argv[1:5], float(sys.argv[5])
    os.makedirs(out, exist_ok=True)
    rng = random.Random(0)
    torch.manual_seed(0)
    template = Template(f"{encoder}/tokenizer.json", WINDOW)
    model = CrossEncoder(f"{encoder}/config.json", dropout=0.1)
    model.load(f"{encoder}/model.safetensors")
    model.eval()
    sources = Sources(model, template, data, own, rng)
    if len(sys.argv) > 6 and sys.argv[6].endswith(".safetensors"):
        model.load(sys.argv[6])
    for name, parameter in model.named_parameters():
        if "embeddings" in name or re.search(r"encoder\.layer\.[01]\.", name):
            parameter.requires_grad = False
    body = [p for p in model.bert.parameters() if p.requires_grad]
    optimiser = torch.optim.AdamW([{"params": body, "rate": RATE}, {"params": model.heads.parameters(), "rate": HEAD_RATE}], lr=1e-4, weight_decay=0.01)
    mean = {k: v.clone() for k, v in model.state_dict().items() if v.dtype == torch.float32 and "embeddings" not in k}
    start, step, tokens, spent = time.time(), 0, 0, 0.0
    if len(sys.argv) > 6 and sys.argv[6].endswith(".pt"):
        kept = torch.load(sys.argv[6])
        model.load_state_dict(kept["model"])
        if kept["optimiser"]["param_groups"][0]["params"] == optimiser.state_dict()["param_groups"][0]["params"]:
            optimiser.load_state_dict(kept["optimiser"])
        mean, step, tokens, spent = kept["mean"], kept["step"], kept["tokens"], kept["spent"]
    log, last = collections.defaultdict(lambda: [0.0, 0]), spent
    model.train()
    while True:
        elapsed = spent + (time.time() - start) / 60
        p = elapsed / minutes
        if p >= 1:
            break
        rate = min(1, (step + 1) / 30) * (1 - p)
        for g in optimiser.param_groups:
            g["lr"] = g["rate"] * max(rate, 0.02)
        bundles, count = [], 0
        while count < STEP_TOKENS:
            kind, bundle = sources.draw()
            if bundle is not None:
                bundles.append((kind, bundle))
                count += bundle.tokens
        sequences = [s for _, b in bundles for s in b.sequences]
        pooled = model(template, sequences, [x for _, b in bundles for x in b.spans])
        at, total = 0, 0.0
        for kind, b in bundles:
            loss = b.loss(model, model.logits(b.task, pooled[at : at + b.rows]))
            at += b.rows
            total = total + loss
            log[kind][0] += loss.item()
            log[kind][1] += 1
        (total / len(bundles)).backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
        optimiser.zero_grad()
        step, tokens = step + 1, tokens + count
        if step % 10 == 0:
            keep = min(0.97, step / (step + 100))
            for k, v in model.state_dict().items():
                if k in mean:
                    mean[k].lerp_(v, 1 - keep)
        if step % 20 == 0:
            print(f"step {step} {elapsed:.1f} min, {tokens} tokens:", {k: round(a / n, 3) for k, (a, n) in sorted(log.items())}, flush=True)
            log.clear()
        if elapsed - last > 22:
            last = elapsed
            save = {"model": model.state_dict(), "optimiser": optimiser.state_dict(), "mean": mean, "step": step, "tokens": tokens, "spent": elapsed}
            torch.save(save, f"{out}/checkpoint.tmp")
            os.replace(f"{out}/checkpoint.tmp", f"{out}/checkpoint.pt")
            sources.reload()
            print(f"validation at {elapsed:.1f} min:", json.dumps(validate(model, sources)), flush=True)
    model.load_state_dict(mean, strict=False)
    torch.save({"model": model.state_dict(), "step": step, "tokens": tokens, "minutes": minutes}, f"{out}/final.pt")
    print("validation, mean of the last weights:", json.dumps(validate(model, sources)), flush=True)


if __name__ == "__main__":
    main()
