"""What the judge learns from: sources that yield bundles, each some sequences with a loss over their logits.

A bundle keeps together what is compared: answers to one prompt, one answer under two prompts. Nothing is read from a
`public` or `heldout` folder.
"""

import glob
import hashlib
import json
import random
import re
import subprocess

import torch
from torch.nn import functional as F

from network import binary

KINDS = ["error", "irrelevant", "factual", "incomplete", "incoherent", "redundant", "unhelpful"]
LEVELS = ["Useless: wrong throughout, off topic, gibberish, refusal without cause, harmful, empty talk.",
          "Mostly misses: off the point, wrong in the main thing, or ignores a key constraint.",
          "Part of it, or right but vague, or one real error.",
          "Does what was asked, with one small gap or slip.",
          "Does all that was asked, right, specific; nothing to mend."]
HELPFUL = ["Helpfulness: does the response do what was asked, right and specific?",
           "Does the response meet the need behind the request?",
           "Is the answer right, and does it do all that was asked?",
           "Overall quality of the response.",
           "How well does the response follow the instruction?",
           "Would the person who asked be well served by this answer?"]
SUPPORT = {"supported": [1.0, 0, 0], "partially_supported": [0.2, 0.8, 0], "not_supported": [0, 1.0, 0], "contradicted": [0, 0, 1.0]}
ERRORS = {"halueval_general": {"hallucination": "factual"},
          "haluquestqa": {"incomplete": "incomplete", "irrelevance": "irrelevant", "factuality": "factual", "unhelpful_reference": "unhelpful"},
          "fgrlhf_qa": {"Irrelevant": "irrelevant", "Wrong-Grounding": "factual", "Unverifiable": "factual", "Redundant": "redundant", "Incoherent": "incoherent"},
          "graded": {k: k for k in KINDS[1:]}}


def rows(file):
    """JSON lines of a plain or zstd file."""
    text = subprocess.run(["zstd", "-dc", file], capture_output=True, check=True, text=True).stdout if file.endswith(".zst") else open(file, encoding="utf-8").read()
    return [json.loads(line) for line in text.split("\n") if line]


def held(key, one_in):
    """Whether a group is kept for validation, by a hash of its key."""
    return int(hashlib.sha256(key.encode()).hexdigest(), 16) % one_in == 0


def crossed(files):
    """Crossed groups of text files: prompts, contexts, criteria of both sides; texts and their scores on each."""
    groups = []
    for file in sorted(files):
        group, field, buffer = None, None, []

        def close():
            if group is not None and field is not None:
                text = "\n".join(buffer).strip("\n")
                if field in ("text", "why"):
                    group["responses"][-1][field] = text
                else:
                    group[field] = text

        for line in open(file, encoding="utf-8").read().split("\n"):
            if not line.startswith("@@"):
                buffer.append(line)
                continue
            close()
            buffer, field = [], None
            key, _, rest = line[2:].strip().partition(" ")
            if key == "item":
                group = {"domain": rest, "responses": []}
                groups.append(group)
            elif key == "r":
                group["responses"].append({"scores": tuple(map(float, rest.split()[:2]))})
                field = "text"
            else:
                field = key
                if rest:
                    buffer.append(rest)
        close()
    found = []
    for g in groups:
        sides = [{f: g.get(f + s, g.get(f, "")) for f in ("prompt", "context", "criterion")} for s in ("", "2")]
        if len(g["responses"]) >= 2 and sides[0] != sides[1] and all("text" in r for r in g["responses"]):
            differs = next(f for f in ("criterion", "context", "prompt") if sides[0][f] != sides[1][f])
            found.append({"sides": sides, "responses": g["responses"], "differs": differs, "key": g["prompt"] + g["responses"][0]["text"]})
    return found


def criterion_text(criterion):
    """A criterion's line and its level lines, in the form that `Criterion::full_description` gives."""
    return re.sub(r"\s*\n\s*", " ", criterion.strip())


def general(rng):
    """A criterion of helpfulness in general, with or without levels."""
    text = rng.choice(HELPFUL)
    if rng.random() < 0.5:
        text += "".join(f" {i + 1}: {level}" for i, level in enumerate(LEVELS))
    return text


def roughen(text, rng):
    """Another punctuation, as style must not say how good an answer is."""
    if rng.random() < 0.7:
        return text
    swaps = {";": ",", ":": rng.choice([",", ":", " -"]), "!": ".", "(": ",", ")": ",", "—": ",", "–": "-", "*": "", "#": "", "**": "", '"': ""}
    return re.sub(r"[;:!()—–*#\"]", lambda m: swaps[m.group()] if rng.random() < 0.7 else m.group(), text)


def ordered(scores, truth, weight=None):
    """Pairs of one prompt: softplus of the wrong order, weighted by the distance."""
    gap = truth[:, None] - truth[None, :]
    w = gap.clamp(0, 2) / 2
    if weight is not None:
        w = w * weight
    return (F.softplus(scores[None, :] - scores[:, None]) * w).sum() / w.sum().clamp(min=0.5)


def levels(model, scores, truth):
    """Cumulative link loss; `truth` is the share of the way from worst to best."""
    targets = (truth[:, None] * 4 - torch.arange(4)).clamp(0, 1)
    return binary(scores[:, None] - model.heads.thresholds(), targets).sum(1).mean()


class Bundle:
    """Sequences with the spans asked about, and `loss(model, logits)` over all rows in order."""

    def __init__(self, task, sequences, spans, loss, truth=None):
        self.task, self.sequences, self.spans, self.loss, self.truth = task, sequences, spans, loss, truth
        self.tokens = sum(len(s.ids) for s in sequences)
        self.rows = sum(map(len, spans))


class Maker:
    def __init__(self, template, rng):
        self.template, self.rng = template, rng

    def sequence(self, task, criterion, instruction, reference, response):
        texts = [self.template.encode(t or "")[0] for t in (criterion, instruction, reference, response)]
        return self.template.compose(task, *texts)

    def whole(self, task, asks):
        """First windows of `(criterion, instruction, reference, response)`."""
        found = [self.sequence(task, *ask)[0] for ask in asks]
        return found, [[s.response()] for s in found]

    def ask(self, task, prompt, context, reference, criterion, response):
        """The fields of a question, context or model answer in its own field or behind the prompt."""
        source = reference or context
        if task == "reward":
            criterion = ""
            if reference and self.rng.random() < 0.7:
                source = ""
        if context and source == context and self.rng.random() < 0.5:
            prompt, source = f"{prompt}\n\n{context}", ""
        return (criterion, prompt, source, response)

    def cross(self, g, task=None, blank=False):
        rng = self.rng
        task = task or ("rubric" if g["differs"] == "criterion" or rng.random() < 0.55 else "reward")
        shared, asks = general(rng), []
        texts = [roughen(r["text"], rng) for r in g["responses"]]
        where = rng.random()
        for side in g["sides"]:
            criterion = criterion_text(side["criterion"]) or shared
            for text in texts:
                state = rng.getstate()
                rng.seed(where)
                asks.append(self.ask(task, side["prompt"], side["context"], "", criterion, text))
                rng.setstate(state)
        truth = torch.tensor([[r["scores"][k] for r in g["responses"]] for k in (0, 1)])
        sequences, spans = self.whole(task, asks)

        def loss(model, logits):
            s = logits[:, 0].view(2, -1)
            inside = (ordered(s[0], truth[0]) + ordered(s[1], truth[1])) / 2
            gap = truth[0] - truth[1]
            w = gap.abs().clamp(max=2) / 2
            across = (F.softplus(-(s[0] - s[1]) * gap.sign()) * w).sum() / w.sum().clamp(min=0.5)
            total = inside + across
            if task == "rubric":
                total = total + 0.3 * levels(model, s.flatten(), (truth.flatten() - 1) / 4)
            return total

        return Bundle(task, sequences, spans, loss)

    def cross_support(self, g):
        """Does the context support the answer? Only groups whose context differs say so."""
        asks, truth = [], []
        for k, side in enumerate(g["sides"]):
            for r in g["responses"]:
                score = r["scores"][k]
                if score >= 4 or score <= 2.5:
                    asks.append(("", side["prompt"], side["context"], r["text"]))
                    truth.append([1.0, 0, 0] if score >= 4 else [0, 0.4, 0.6])
        sequences, spans = self.whole("grounding", asks)
        truth = torch.tensor(truth)
        return Bundle("grounding", sequences, spans, lambda model, x: -(x.log_softmax(1) * truth).sum(1).mean(), truth)

    def graded(self, item, other, task=None):
        """An item's answers, the best answer to the `other` prompt under this one, and this one's best under the other."""
        rng = self.rng
        own = item.get("criterion")
        task = task or ("rubric" if own or rng.random() < 0.7 else "reward")
        criterion = criterion_text(own) if own else general(rng)
        context = "\n".join(item.get("context", []))
        reference = item.get("reference", "") if rng.random() < 0.5 else ""
        texts = [r["text"] for r in item["responses"]]
        truth = [r["score"] for r in item["responses"]]
        best = max(range(len(texts)), key=lambda i: truth[i])
        asks = [self.ask(task, item["prompt"], context, reference, criterion, roughen(t, rng)) for t in texts]
        strange = other is not None and not own and rng.random() < 0.4
        if strange:
            foreign = max(other["responses"], key=lambda r: r["score"])["text"]
            asks.append(self.ask(task, item["prompt"], context, reference, criterion, roughen(foreign, rng)))
            asks.append(self.ask(task, other["prompt"], "\n".join(other.get("context", [])), "", criterion, texts[best]))
            truth = [*truth, 1.0]
        y = torch.tensor(truth)
        surface = torch.ones(len(truth), len(truth))
        for (i, j), p in item.get("surface", {}).items():
            surface[i, j] = surface[j, i] = 1.4 - 0.8 * p
        sequences, spans = self.whole(task, asks)

        def loss(model, logits):
            s = logits[:, 0]
            total = ordered(s[: len(y)], y, surface)
            if strange:
                total = total + F.softplus(s[len(y)] - s[best])
            if task == "rubric":
                total = total + levels(model, s[: len(y)], (y - 1) / 4)
            return total

        return Bundle(task, sequences, spans, loss)

    def ratings(self, some, weight=1.0, swap=None):
        """Rows of one question, each with a share of the way from worst to best."""
        asks = [(criterion_text(r["criteria"] + ((" " + " ".join(f"{i + int(r['min'])}: {d}" for i, d in enumerate(r["score_descriptions"]))) if r.get("score_descriptions") else "")),
                 r["instruction"], r.get("reference") or "", r["response"]) for r in some]
        y = torch.tensor([(r["score"] - r["min"]) / (r["max"] - r["min"]) for r in some])
        sequences, spans = self.whole("rubric", asks)
        return Bundle("rubric", sequences, spans, lambda model, x: weight * (levels(model, x[:, 0], y) + ordered(x[:, 0], y * 4)))

    def pair(self, prompt, good, bad, target=1.0, weight=1.0):
        sequences, spans = self.whole("reward", [("", prompt, "", good), ("", prompt, "", bad)])
        return Bundle("reward", sequences, spans, lambda model, x: weight * binary(x[0, 0] - x[1, 0], torch.tensor(target)))

    def moved(self, prompt, other, response):
        """One answer under its own prompt and under a neighbouring one."""
        task = self.rng.choice(["reward", "rubric"])
        criterion = general(self.rng) if task == "rubric" else ""
        sequences, spans = self.whole(task, [(criterion, prompt, "", response), (criterion, other, "", response)])
        return Bundle(task, sequences, spans, lambda model, x: F.softplus(x[1, 0] - x[0, 0]))

    def support(self, question, context, response, label, parts, weight=1.0):
        """The whole response and parts `(start, end, label)` in characters."""
        sequence = self.sequence("grounding", "", question, context, response)[0]
        offsets = self.template.encode(response)[1]
        spans, truth = [], []
        if label is not None:
            spans.append(sequence.response())
            truth.append(SUPPORT[label])
        for start, end, name in parts:
            at = touched(offsets, start, end)
            at = at and sequence.positions(*at)
            if at and at not in spans:
                spans.append(at)
                truth.append(SUPPORT[name])
        if not spans:
            return None
        y = torch.tensor(truth)
        return Bundle("grounding", [sequence], [spans], lambda model, x: weight * -(x.log_softmax(1) * y).sum(1).mean(), y)

    def errors(self, source, row, weight=1.0):
        labels = ERRORS[source]
        known = torch.tensor([1.0] + [float(k in labels.values()) for k in KINDS[1:]])
        windows = self.sequence("errors", "", row["question"], row.get("context") or "", row["response"])
        sequence = self.rng.choice(windows[:3])
        offsets = self.template.encode(row["response"])[1]
        spans, truth = [], []
        for segment in row["segments"]:
            at = segment["start"] < segment["end"] and touched(offsets, segment["start"], segment["end"])
            at = at and sequence.positions(*at)
            if at and at not in spans:
                kinds = {labels.get(label) for label in segment["labels"]}
                spans.append(at)
                truth.append([float(bool(segment["labels"]))] + [float(k in kinds) for k in KINDS[1:]])
        if not spans:
            return None
        y = torch.tensor(truth)

        def loss(model, x):
            each = binary(x, y) * known
            return weight * (each[:, 0].mean() + 0.5 * each[:, 1:].sum(1).mean() / known[1:].sum().clamp(min=1))

        return Bundle("errors", [sequence], [spans], loss, y)

    def context_use(self, row, weight=1.0):
        """Which sentences of a context help, and which the response used."""
        context, used = row["context"], row.get("supporting")
        missed = [span for m in row.get("missing") or [] for span in m.get("context_spans", [])]
        offsets = self.template.encode(context)[1]
        said = set(self.template.encode(row["response"])[0])
        ids = self.template.encode(context)[0]
        windows = self.sequence("context", "", row.get("question") or "", row["response"], context)
        self.rng.shuffle(windows)
        for sequence in windows:
            spans, truth = [], []
            for m in re.finditer(r"[^.!?\n]+[.!?]*", context):
                at = m.group().strip() and touched(offsets, *m.span())
                place = at and sequence.positions(*at)
                if not place or place in spans:
                    continue
                own = set(ids[at[0] : at[1]])
                within = lambda places: float(any(a < m.end() and m.start() < b for a, b in places))
                helps = max(within(missed), float(len(own) >= 5 and len(own & said) >= 0.7 * len(own)))
                spans.append(place)
                truth.append([helps, within(used or [])])
            if spans and (sum(map(sum, truth)) or len(windows) == 1):
                y = torch.tensor(truth)
                known = torch.tensor([float(bool(row.get("missing"))), float(used is not None)])
                return Bundle("context", [sequence], [spans], lambda model, x: weight * (binary(x, y) * known).sum(1).mean() / known.sum().clamp(min=1), y)
        return None


def touched(offsets, start, end):
    """The tokens that the characters `start..end` touch."""
    found = [i for i, (a, b) in enumerate(offsets) if a < end and b > start]
    return (found[0], found[-1] + 1) if found else None


def graded_items(folder):
    """Items with `surface`: how likely the better of two responses gives itself away by its style."""
    items = rows(f"{folder}/items.jsonl.zst")
    by = {item["id"]: item for item in items}
    for row in rows(f"{folder}/pairwise.jsonl.zst"):
        item = by.get(row["id"].split(":")[1].split("-")[0])
        if item is None or "surface" not in row:
            continue
        at = {r["text"]: i for i, r in enumerate(item["responses"])}
        if row["a"] in at and row["b"] in at:
            item.setdefault("surface", {})[(at[row["a"]], at[row["b"]])] = row["surface"]
    return items


def group_files(folder):
    return glob.glob(f"{folder}/*.txt")
