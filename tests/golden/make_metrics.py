"""Writes tests/golden/metrics/*.toml, one file a metric, from the reference tool of each metric.

    pip install sacrebleu rouge-score rapidfuzz torchmetrics textstat py-readability-metrics \
        uniseg bert-score numpy torch nltk jiwer pycocoevalcap lexicalrichness ranx scikit-learn \
        regex
    python tests/golden/make_metrics.py [FUNCTION ...]

Texts and options are written here; expected values are whatever the tools give for them. Files are
language-neutral: `[[case]]` is one segment, `[[corpus]]` several, `expected` holds the score and its
parts, or `undefined` with the reason's code. A value may be off by 1e-12 and by the share `tolerance`
of the expected value.
"""

import importlib
import importlib.metadata
import json
import logging
import math
import re
import sys
from collections import Counter
from itertools import combinations
from pathlib import Path
from unittest import mock

import jiwer
import numpy as np
import torch
from bert_score import utils as bert_score
from nltk.stem.porter import PorterStemmer
from nltk.translate.gleu_score import corpus_gleu
from nltk.translate.meteor_score import meteor_score
from nltk.translate.nist_score import corpus_nist
from pycocoevalcap.cider.cider_scorer import CiderScorer, precook
from rapidfuzz.distance import Jaro, JaroWinkler, Levenshtein
from readability.scorers.coleman_liau import ColemanLiau
from rouge_score import rouge_scorer
from sacrebleu.metrics import BLEU, CHRF, TER
from sacrebleu.metrics.bleu import _get_tokenizer
from textstat.backend import metrics as textstat
from uniseg.wordbreak import words as uniseg_words

logging.getLogger("sacrebleu").setLevel(logging.ERROR)
HERE = Path(__file__).parent / "metrics"
COMMAND = "python tests/golden/make_metrics.py"


def toml(value):
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        text = repr(value)
        return text if re.search("[.en]", text) else text + ".0"
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{k} = {toml(v)}" for k, v in value.items()) + " }"
    return "[" + ", ".join(toml(v) for v in value) + "]"


def write(metric, tool, package, cases, corpora=(), tolerance=1e-9):
    version = importlib.metadata.version(package) if package else "1"
    lines = [
        "[meta]",
        f"tool = {toml(tool)}",
        f"version = {toml(version)}",
        f"command = {toml(COMMAND)}",
        f"tolerance = {tolerance!r}",
    ]
    for kind, rows in (("case", cases), ("corpus", corpora)):
        for row in rows:
            lines += ["", f"[[{kind}]]"] + [f"{k} = {toml(v)}" for k, v in row.items()]
    (HERE / f"{metric}.toml").write_text("\n".join(lines) + "\n", encoding="utf-8")


# name, response, references
SEGMENTS = [
    ("identical", "The cat sat on the mat.", ["The cat sat on the mat."]),
    (
        "near",
        "The quick brown foxes jumped over the lazy dogs, running fast.",
        ["A quick brown fox jumps over the lazy dog and runs quickly."],
    ),
    (
        "several references",
        "He paid $1,250.50 on 3-May, didn't he?",
        ["On 3 May he paid 1250 dollars.", "He paid $1,250.50 on May 3rd, did he not?", "Yes."],
    ),
    ("nothing shared", "alpha beta gamma", ["one two three"]),
    ("one word", "Yes", ["Yes.", "No."]),
    (
        "German",
        "Der Bär frißt 3.500 Äpfel; „Wirklich?“ – Ja, z. B. heute!",
        ["Der Bär isst 3.500 Äpfel: „Wirklich?“ Ja, zum Beispiel heute."],
    ),
    ("Chinese", "我爱北京天安门，你呢？", ["我爱天安门广场，你们呢？"]),
    ("Japanese", "今日は良い天気ですね。「はい」と言った。", ["今日はとても良い天気です。「はい」。"]),
    ("right to left", "שלום עולם, מה שלומך?", ["שלום לכם, מה שלומכם?"]),
    ("emoji", "Great job 🎉🎉 👩‍👩‍👧 thanks", ["Great work 🎉 👩‍👩‍👧 thank you"]),
    ("combining marks", "cafe\u0301 nai\u0308ve", ["café naïve"]),
    ("entities and control characters", "a &amp; b\u0000 c\u00a0d\u3000e", ["a & b c d e"]),
    ("empty response", "", ["something"]),
    ("empty reference", "something", [""]),
    ("both empty", "", [""]),
    ("only white space", " \n\t ", ["word"]),
    (
        "lines",
        "First line about dogs.\nSecond line about cats.\n\nThird one",
        ["Second line about cats!\nThe first line is about dogs"],
    ),
    ("Arabic", "القطة جلست على السجادة، أليس كذلك؟", ["جلست القطة على السجادة الحمراء.", "نعم، كذلك."]),
    ("moved words", "on the mat the cat sat down at last, they say", ["the cat sat down on the mat at last"]),
    ("copied twice", "to be or not to be to be or not to be", ["to be or not to be, that is the question"]),
    (
        "long",
        " ".join(f"Item {i * 7 % 50} costs {i * 13 % 17}.{i % 10} euros, {'yes' if i % 3 else 'no'}." for i in range(60)),
        [" ".join(f"Item {i * 7 % 50} cost {i * 13 % 17}.{i % 9} euro; {'yes' if i % 4 else 'no'}!" for i in range(55))],
    ),
]
# Three of them with one reference each, and all with as many as they have.
CORPORA = [
    ("one reference", [(h, r[:1]) for _, h, r in SEGMENTS[:7]]),
    ("varying references", [(h, r) for _, h, r in SEGMENTS]),
    ("nothing matches", [("alpha", ["one"]), ("", ["two"])]),
]


def cases_of(options_and_score, segments=SEGMENTS):
    """One case a segment with the first options; with each of the others one segment they change."""
    rows = []
    for options, score in options_and_score:
        for name, response, references in segments:
            expected = score(response, references)
            row = {"name": name, "response": response, "references": references}
            if not options:
                rows.append(row | {"expected": expected})
            elif all(expected != r["expected"] for r in rows if r["response"] == response):
                row["name"] += "".join(f", {k}={v}" for k, v in options.items())
                rows.append(row | {"options": options, "expected": expected})
                break
    return rows


def corpora_of(options_and_score):
    return [
        {
            "name": name + "".join(f", {k}={v}" for k, v in options.items()),
            "segments": [{"response": h, "references": r} for h, r in segments],
            **({"options": options} if options else {}),
            "expected": score(segments),
        }
        for options, score in options_and_score
        for name, segments in CORPORA
    ]


def columns(segments):
    """References as sacreBLEU takes them: one list a reference number, None where there is none."""
    most = max(len(r) for _, r in segments)
    return [[r[i] if i < len(r) else None for _, r in segments] for i in range(most)]


def bleu():
    def expected(score):
        parts = {f"precision_{i + 1}": float(p) for i, p in enumerate(score.precisions)}
        return {
            "score": float(score.score),
            "brevity_penalty": float(score.bp),
            "response_length": score.sys_len,
            "reference_length": score.ref_len,
        } | parts

    options = [
        {},
        {"tokenize": "intl"},
        {"tokenize": "char"},
        {"tokenize": "zh"},
        {"tokenize": "none"},
        {"smooth_method": "none"},
        {"smooth_method": "floor"},
        {"smooth_method": "floor", "smooth_value": 0.5},
        {"smooth_method": "add-k"},
        {"lowercase": True},
        {"max_ngram_order": 2},
        {"effective_order": False},
    ]

    def sentence(o):
        metric = BLEU(**({"effective_order": True} | o))
        return lambda h, r: expected(metric.sentence_score(h, r))

    def corpus(o):
        metric = BLEU(**({"effective_order": False} | o))
        return lambda s: expected(metric.corpus_score([h for h, _ in s], columns(s)))

    write(
        "bleu",
        "sacrebleu.metrics.BLEU, effective_order for a case and not for a corpus unless given",
        "sacrebleu",
        cases_of([(o, sentence(o)) for o in options]),
        corpora_of([(o, corpus(o)) for o in ({}, {"tokenize": "intl"}, {"effective_order": True})]),
    )


def chrf():
    options = [
        {},
        {"word_order": 2},
        {"word_order": 1, "lowercase": True},
        {"whitespace": True},
        {"eps_smoothing": True},
        {"char_order": 3, "beta": 1.0},
    ]
    write(
        "chrf",
        "sacrebleu.metrics.CHRF",
        "sacrebleu",
        cases_of(
            [
                (o, lambda h, r, m=CHRF(**o): {"score": float(m.sentence_score(h, r).score)})
                for o in options
            ]
        ),
        corpora_of(
            [
                (
                    o,
                    lambda s, m=CHRF(**o): {
                        "score": float(m.corpus_score([h for h, _ in s], columns(s)).score)
                    },
                )
                for o in options[:2]
            ]
        ),
    )


def rouge():
    def sentence(name, options):
        scorer = rouge_scorer.RougeScorer([name], **options)

        def score(h, r):
            best = scorer.score_multi(r, h)[name]
            return {
                "score": float(best.fmeasure),
                "precision": float(best.precision),
                "recall": float(best.recall),
            }

        return score

    def corpus(name, options):
        score = sentence(name, options)

        def mean(segments):
            scores = [score(h, r) for h, r in segments]
            return {k: float(np.mean([s[k] for s in scores])) for k in scores[0]}

        return mean

    options = [{}, {"use_stemmer": True}]
    for metric, name in (
        ("rouge_1", "rouge1"),
        ("rouge_2", "rouge2"),
        ("rouge_l", "rougeL"),
        ("rouge_lsum", "rougeLsum"),
    ):
        write(
            metric,
            f'rouge_score.rouge_scorer.RougeScorer(["{name}"]).score_multi; a corpus is the mean',
            "rouge-score",
            cases_of([(o, sentence(name, o)) for o in options]),
            corpora_of([(o, corpus(name, o)) for o in options]),
        )


def levenshtein():
    def sentence(prepare):
        def score(h, r):
            pairs = [(prepare(h), prepare(x)) for x in r]
            h, x = max(pairs, key=lambda p: Levenshtein.normalized_similarity(*p))
            return {
                "score": float(Levenshtein.normalized_similarity(h, x)),
                "distance": Levenshtein.distance(h, x),
            }

        return score

    options = [
        ({}, lambda t: t),
        ({"unit": "words"}, str.split),
        ({"ignore_case": True}, str.lower),
    ]
    corpus = lambda s: {"score": float(np.mean([sentence(str)(h, r)["score"] for h, r in s]))}
    write(
        "levenshtein",
        "rapidfuzz.distance.Levenshtein, the most similar reference; a corpus is the mean",
        "rapidfuzz",
        cases_of([(o, sentence(p)) for o, p in options]),
        corpora_of([({}, corpus)]),
    )


def mt_tokens(text, tokenize="13a", lowercase=False):
    """Tokens as sacreBLEU hands them to its metrics."""
    text = text.lower() if lowercase else text
    return _get_tokenizer(tokenize)()(text.rstrip()).split()


def gleu():
    def corpus(o):
        o = dict(o)
        lengths = {k: o.pop(k) for k in ("min_len", "max_len") if k in o}

        def score(segments):
            refs = [[mt_tokens(r, **o) for r in rs] for _, rs in segments]
            return {"score": float(corpus_gleu(refs, [mt_tokens(h, **o) for h, _ in segments], **lengths))}

        return score

    options = [{}, {"tokenize": "char"}, {"lowercase": True}, {"max_len": 2}, {"min_len": 2, "max_len": 3}]
    write(
        "gleu",
        "nltk.translate.gleu_score.corpus_gleu on tokens of sacrebleu",
        "nltk",
        cases_of([(o, lambda h, r, c=corpus(o): c([(h, r)])) for o in options]),
        corpora_of([(o, corpus(o)) for o in options[:2]]),
    )


def nist():
    def corpus(o):
        o = dict(o)
        n = o.pop("n", 5)

        def score(segments):
            refs = [[mt_tokens(r, **o) for r in rs] for _, rs in segments]
            found = [mt_tokens(h, **o) for h, _ in segments]
            if not any(found) or not any(r for rs in refs for r in rs):
                return {"score": 0.0}
            # NLTK divides by zero for orders longer than all responses.
            return {"score": float(corpus_nist(refs, found, min(n, max(map(len, found)))))}

        return score

    # With several references the longest one would count for the orders left out.
    plain = [s for s in SEGMENTS if len(s[2]) == 1 or len(mt_tokens(s[1])) >= 5]
    options = [{}, {"n": 2}, {"tokenize": "zh"}, {"lowercase": True}]
    write(
        "nist",
        "nltk.translate.nist_score.corpus_nist on tokens of sacrebleu, orders longer than all responses left out",
        "nltk",
        cases_of([(o, lambda h, r, c=corpus(o): c([(h, r)])) for o in options], plain),
        corpora_of([(o, corpus(o)) for o in options[:2]]),
    )


class Thesaurus:
    """What NLTK wants of WordNet, with synonyms by word."""

    def __init__(self, table):
        self.table = table

    def synsets(self, word):
        lemmas = [mock.Mock(**{"name.return_value": other}) for other in self.table.get(word, [])]
        return [mock.Mock(**{"lemmas.return_value": lemmas})]


def meteor():
    def sentence(o):
        o = dict(o)
        words = {k: o.pop(k) for k in ("tokenize",) if k in o}
        table = Thesaurus(o.pop("synonyms", {}))
        stemmer = PorterStemmer() if o.pop("stem", True) else mock.Mock(**{"stem.side_effect": lambda w: w})

        def score(h, r):
            texts = [mt_tokens(x, lowercase=True, **words) for x in r]
            value = meteor_score(texts, mt_tokens(h, lowercase=True, **words), stemmer=stemmer, wordnet=table, **o)
            return {"score": float(value)}

        return score

    table = {"quick": ["fast", "quickly"], "running": ["runs", "jogging"], "job": ["work"], "dogs": ["dog"]}
    options = [
        {},
        {"stem": False},
        {"stem": False, "synonyms": table},
        {"tokenize": "char"},
        {"alpha": 0.5, "beta": 1.0, "gamma": 0.3},
    ]
    mean = lambda o: lambda s: {"score": float(np.mean([sentence(o)(h, r)["score"] for h, r in s]))}
    extra = [
        ("synonyms", "A quick job", ["Fast work"]),
        ("stems", "running dogs barked loudly", ["the dog runs and barks", "loud barking of dogs"]),
        ("which of several", "the the the cat", ["the cat the"]),
    ]
    write(
        "meteor",
        "nltk.translate.meteor_score on tokens of sacrebleu; a table of synonyms in place of WordNet; a corpus is the mean",
        "nltk",
        cases_of([(o, sentence(o)) for o in options], SEGMENTS + extra),
        corpora_of([(o, mean(o)) for o in options[:2]]),
    )


def ter():
    def expected(score):
        return {"score": float(score.score), "edits": float(score.num_edits), "reference_length": float(score.ref_length)}

    options = [
        {},
        {"normalized": True},
        {"no_punct": True},
        {"normalized": True, "asian_support": True},
        {"normalized": True, "no_punct": True, "asian_support": True},
        {"case_sensitive": True},
    ]
    extra = [
        ("a shift", "c d a b e f g h", ["a b c d e f g h"]),
        ("shifts", "f g h a b c i j k d e l m n", ["a b c d e f g h i j k l m n"]),
        ("repeated words", "a b a b c a b a b d a b", ["b a b a d b a a b c b a a"]),
        ("very unlike lengths", "x", [" ".join("abcdefghij" * 12)]),
        ("unlike lengths", " ".join("abcdefghij" * 9), ["j i h g f e d c b a"]),
        ("many candidates", " ".join(str(i * 7 % 11) for i in range(90)), [" ".join(str(i * 5 % 11) for i in range(80))]),
        ("far away", " ".join([*map(str, range(70)), "a b c"]), [" ".join(["a b c", *map(str, range(70))])]),
        ("full width", "今日は、「はい」（本当！）。カナ", ["今日は「はい」と（本当）！"]),
        ("possessive", "Tom's dog's 3.5-ish, &quot;no&quot;", ["the dog of Tom is 3 . 5 \"no\""]),
    ]
    segments = SEGMENTS + extra
    rows = []
    for o in options:
        metric = TER(**o)
        for name, h, r in segments:
            value = expected(metric.sentence_score(h, r))
            row = {"name": name + "".join(f", {k}={v}" for k, v in o.items()), "response": h, "references": r}
            if not o or any(c["response"] == h and not c.get("options") and c["expected"] != value for c in rows):
                rows.append(row | ({"options": o} if o else {}) | {"expected": value})
    write(
        "ter",
        "sacrebleu.metrics.TER",
        "sacrebleu",
        rows,
        corpora_of([(o, lambda s, m=TER(**o): expected(m.corpus_score([h for h, _ in s], columns(s)))) for o in options[:2]]),
    )


def error_rates():
    # jiwer parts words at single spaces only, and takes one reference.
    spaced = lambda text: " ".join(text.split())
    tools = {
        "wer": lambda rs, hs: jiwer.process_words([spaced(r) for r in rs], [spaced(h) for h in hs]),
        "cer": lambda rs, hs: jiwer.process_characters(rs, hs),
    }
    for metric, tool in tools.items():

        def expected(output, metric=metric):
            edits = output.substitutions + output.deletions + output.insertions
            length = output.hits + output.substitutions + output.deletions
            return {"score": float(getattr(output, metric)), "edits": edits, "reference_length": length}

        def sentence(h, r, tool=tool, expected=expected):
            return min((expected(tool([x], [h])) for x in r), key=lambda e: e["score"])

        def corpus(s, tool=tool, expected=expected):
            nearest = [min(r, key=lambda x: expected(tool([x], [h]))["score"]) for h, r in s]
            return expected(tool(nearest, [h for h, _ in s]))

        names = [("names", "MARTHA JONES", ["MARHTA JOHNSON"]), ("one letter", "a", ["b", "a"])]
        extra = [(f"digits {i}", " ".join(str(i * j % 7) for j in range(12)), [" ".join(str(i * j % 5) for j in range(10))]) for i in range(2, 9)]
        write(
            metric,
            "jiwer, the reference with the lowest rate",
            "jiwer",
            cases_of([({}, sentence)], SEGMENTS + names + extra),
            corpora_of([({}, corpus)]),
        )


def jaro():
    names = [
        ("MARTHA", "MARTHA", ["MARHTA"]),
        ("DIXON", "DIXON", ["DICKSONX"]),
        ("a long prefix", "prefix_ab", ["prefix_ba", "prefux"]),
        ("one letter", "a", ["a", "b"]),
        ("two letters", "ab", ["ba"]),
        ("three letters", "abc", ["cab"]),
        ("one and many", "a", ["bcda"]),
        ("case", "Jellyfish", ["jellyFISH smell"]),
        ("repeated", "aaaaaaabaa", ["baaaaaabbb"]),
    ]
    for metric, tool, weights in (
        ("jaro", Jaro, [{}, {"ignore_case": True}]),
        ("jaro_winkler", JaroWinkler, [{}, {"ignore_case": True}, {"prefix_weight": 0.2}]),
    ):

        def sentence(o, tool=tool):
            o = dict(o)
            fold = str.lower if o.pop("ignore_case", False) else str
            return lambda h, r: {"score": max(float(tool.similarity(fold(h), fold(x), **o)) for x in r)}

        mean = lambda s, f=sentence({}): {"score": float(np.mean([f(h, r)["score"] for h, r in s]))}
        write(
            metric,
            f"rapidfuzz.distance.{tool.__name__}, the most similar reference; a corpus is the mean",
            "rapidfuzz",
            cases_of([(o, sentence(o)) for o in weights], SEGMENTS + names),
            corpora_of([({}, mean)]),
        )


def rouge_tokens(text, stem=False):
    return rouge_scorer.RougeScorer(["rouge1"], use_stemmer=stem)._tokenizer.tokenize(text)


def f_score(p, r):
    return {"score": 2 * p * r / (p + r) if p + r else 0.0, "precision": p, "recall": r}


def rouge_weighted():
    def wlcs(a, b, f):
        c = [[0.0] * (len(b) + 1) for _ in range(len(a) + 1)]
        w = [[0] * (len(b) + 1) for _ in range(len(a) + 1)]
        for i in range(1, len(a) + 1):
            for j in range(1, len(b) + 1):
                if a[i - 1] == b[j - 1]:
                    k = w[i - 1][j - 1]
                    c[i][j] = c[i - 1][j - 1] + f(k + 1) - f(k)
                    w[i][j] = k + 1
                else:
                    c[i][j] = max(c[i - 1][j], c[i][j - 1])
        return c[-1][-1]

    def sentence(o):
        power = o.get("weight", 1.2)

        def one(h, r):
            h, r = (rouge_tokens(x, o.get("use_stemmer", False)) for x in (h, r))
            if not h or not r:
                return f_score(0.0, 0.0)
            shared = wlcs(r, h, lambda k: k**power)
            return f_score(*((shared / len(x) ** power) ** (1 / power) for x in (h, r)))

        return lambda h, r: max((one(h, x) for x in r), key=lambda e: e["score"])

    options = [{}, {"use_stemmer": True}, {"weight": 2.0}]
    mean = lambda s: {"score": float(np.mean([sentence({})(h, r)["score"] for h, r in s]))}
    write(
        "rouge_w",
        "the table of Lin 2004, section 4, in Python on tokens of rouge_score; a corpus is the mean",
        "rouge-score",
        cases_of([(o, sentence(o)) for o in options]),
        corpora_of([({}, mean)]),
    )


def rouge_skip():
    def sentence(o):
        gap = o.get("max_gap", 4)

        def pairs(text):
            tokens = list(enumerate(rouge_tokens(text, o.get("use_stemmer", False))))
            found = [(x, y) for (i, x), (j, y) in combinations(tokens, 2) if j - i - 1 <= gap]
            return Counter(found + ([(x,) for _, x in tokens] if o.get("unigrams") else []))

        def one(h, r):
            h, r = pairs(h), pairs(r)
            shared = sum((h & r).values())
            return f_score(shared / max(1, sum(h.values())), shared / max(1, sum(r.values())))

        return lambda h, r: max((one(h, x) for x in r), key=lambda e: e["score"])

    options = [{}, {"use_stemmer": True}, {"max_gap": 0}, {"max_gap": 100}, {"unigrams": True}]
    mean = lambda s: {"score": float(np.mean([sentence({})(h, r)["score"] for h, r in s]))}
    write(
        "rouge_s",
        "itertools.combinations on tokens of rouge_score; a corpus is the mean",
        "rouge-score",
        cases_of([(o, sentence(o)) for o in options]),
        corpora_of([({}, mean)]),
    )


def cider_d():
    def corpus(o):
        def score(segments):
            scorer = CiderScorer(**o)
            # It hands its n-gram order on to half of its own functions.
            cook = lambda text, n, out=False: precook(text, o.get("n", 4))
            with mock.patch("pycocoevalcap.cider.cider_scorer.precook", cook):
                for h, r in segments:
                    scorer += (" ".join(words(h)), [" ".join(words(x)) for x in r])
            return {"score": float(scorer.compute_score()[0])}

        return score

    captions = [
        ("a man riding a horse on the beach", ["a man rides a horse along a beach", "a person on a horse by the sea"]),
        ("a dog runs", ["two dogs run through the snow", "a dog is running in snow", "dogs play outside"]),
        ("a plate of food on a table", ["a plate of pasta on a wooden table"]),
        ("a man a man a man a man", ["a man holding a phone"]),
        ("", ["an empty street at night"]),
    ]
    options = [{}, {"n": 2}, {"sigma": 2.0}]
    rows = corpora_of([(o, corpus(o)) for o in options])
    for o in options:
        row = {"name": "captions" + "".join(f", {k}={v}" for k, v in o.items())}
        row["segments"] = [{"response": h, "references": r} for h, r in captions]
        rows.append(row | ({"options": o} if o else {}) | {"expected": corpus(o)(captions)})
    # Two at a time shows every segment's own score.
    for (name, h, r), (_, h2, r2) in zip(SEGMENTS, SEGMENTS[1:]):
        pair = [(h, r), (h2, r2)]
        if not any(words(x) for x in r + r2):
            continue  # The tool takes the maximum of nothing.
        segments = [{"response": h, "references": r} for h, r in pair]
        rows.append({"name": f"{name} and the next", "segments": segments, "expected": corpus({})(pair)})
    write(
        "cider_d",
        "pycocoevalcap.cider.cider_scorer.CiderScorer on uniseg.wordbreak words in small letters",
        "pycocoevalcap",
        [
            {"name": n, "response": h, "references": r, "expected": {"undefined": "needs_corpus"}}
            for n, h, r in SEGMENTS[:6]
        ],
        rows,
    )


SQUAD = [
    ("articles and punctuation", "The U.S.A., an ally!", ["a usa ally", "ally of the USA"]),
    ("repeated words", "cat cat dog", ["cat dog dog bird"]),
    ("only articles", "the", ["a", "an apple"]),
    ("articles inside words", "theory of a banana_the", ["theory of banana the"]),
    ("a mark after an article", "a\u0301b the\u0301", ["\u0301b \u0301"]),
    ("Greek case", "ΣΊΣΥΦΟΣ Σ", ["σίσυφος σ"]),
] + SEGMENTS


def squad():
    # The package hides the module behind a function of the same name.
    tool = importlib.import_module("torchmetrics.functional.text.squad")

    def exact(h, r):
        equal = any(tool._normalize_text(h) == tool._normalize_text(x) for x in r)
        return {"score": float(equal)}

    def f1(h, r):
        return {"score": max(float(tool._compute_f1_score(h, x)) for x in r)}

    mean = lambda score: lambda s: {"score": float(np.mean([score(h, r)["score"] for h, r in s]))}
    plain = lambda h, r: {"score": float(h in r)}
    write(
        "exact_match",
        'torchmetrics.functional.text.squad with option squad, else == of Python',
        "torchmetrics",
        cases_of([({}, plain), ({"squad": True}, exact)], SQUAD),
        corpora_of([({}, mean(plain)), ({"squad": True}, mean(exact))]),
    )
    # torchmetrics computes F1 in single precision.
    write(
        "token_f1",
        "torchmetrics.functional.text.squad, the best reference; a corpus is the mean",
        "torchmetrics",
        cases_of([({}, f1)], SQUAD),
        corpora_of([({}, mean(f1))]),
        tolerance=1e-6,
    )


# Word and sentence counts by eye, next to what the tools say about words.
TEXTS = [
    ("prose", "The cat sat on the mat. It purred, and the cat slept!", 12, 2, 1),
    ("repeated", "Go on and on and on. Go on and on and on.", 12, 2, 1),
    ("abbreviations", "Dr. Smith paid 3.50 dollars to Mr. Jones, e.g. today.", 10, 1, 1),
    ("list", "# Plan\n\n1. Mix it. Bake it.\n2. Eat.\n\n- done", 9, 5, 3),
    ("Chinese", "你好。你好吗？", 5, 2, 1),
    ("right to left", "שלום עולם. מה שלומך?", 4, 2, 1),
    ("emoji between words", "Great 🎉 job 🎉 Great 🎉 job", 4, 1, 1),
    ("apostrophes and hyphens", "Don't stop the well-known don't-stop song.", 8, 1, 1),
    ("one word", "word", 1, 1, 1),
    ("only emoji", "🎉🎉", 0, 1, 1),
    ("empty", "", 0, 0, 0),
    ("only white space", " \n\n\t", 0, 0, 0),
]


def plain_case(name, text, expected, **options):
    row = {"name": name, "response": text, "references": []}
    return row | ({"options": options} if options else {}) | {"expected": expected}


def plain_corpus(texts, expected, name="all texts"):
    segments = [{"response": text, "references": []} for text in texts]
    return {"name": name, "segments": segments, "expected": expected}


def counts():
    by_eye = {"words": 2, "sentences": 3, "paragraphs": 4}
    for metric, column in by_eye.items():
        values = [float(row[column]) for row in TEXTS]
        if metric == "words":
            assert values == [float(len(words(row[1]))) for row in TEXTS], "by eye and by uniseg"
        write(
            metric,
            "counted by eye" + (", as uniseg.wordbreak" if metric == "words" else ""),
            "uniseg" if metric == "words" else None,
            [plain_case(t[0], t[1], {"score": v}) for t, v in zip(TEXTS, values)],
            [plain_corpus([t[1] for t in TEXTS], {"score": float(np.mean(values))})],
        )
    lengths = [float(len(t[1])) for t in TEXTS]
    write(
        "characters",
        "len of Python",
        None,
        [plain_case(t[0], t[1], {"score": v}) for t, v in zip(TEXTS, lengths)],
        [plain_corpus([t[1] for t in TEXTS], {"score": float(np.mean(lengths))})],
    )
    spoken = [t for t in TEXTS if t[2]]
    write(
        "words_per_sentence",
        "counted by eye",
        None,
        [
            plain_case(t[0], t[1], {"score": t[2] / t[3]} if t[2] else {"undefined": "no_words"})
            for t in TEXTS
        ],
        [
            plain_corpus(
                [t[1] for t in TEXTS],
                {"score": sum(t[2] for t in spoken) / sum(t[3] for t in spoken)},
            )
        ],
    )


def words(text):
    return [w for w in uniseg_words(text.lower()) if any(c.isalnum() for c in w)]


def lexical():
    tokenizers = {"words": words, "whitespace": str.split}

    def ngrams(tokens, n):
        return [tuple(tokens[i : i + n]) for i in range(len(tokens) - n + 1)]

    for n in (1, 2, 3):
        for_all = []
        cases = []
        for tokenizer, split in tokenizers.items():
            for name, text, *_ in TEXTS:
                all_ngrams = ngrams(split(text), n)
                expected = {"undefined": "too_few_words"}
                if all_ngrams:
                    expected = {"score": len(set(all_ngrams)) / len(all_ngrams)}
                if tokenizer == "words":
                    for_all.append(expected)
                    cases.append(plain_case(name, text, expected))
                else:
                    label = f"{name}, tokenizer={tokenizer}"
                    cases.append(plain_case(label, text, expected, tokenizer=tokenizer))
        defined = [e["score"] for e in for_all if "score" in e]
        mean = {"score": float(np.mean(defined)), "undefined_segments": len(TEXTS) - len(defined)}
        write(
            f"distinct_{n}",
            "uniseg.wordbreak words in small letters; set and len of Python",
            "uniseg",
            cases,
            [plain_corpus([t[1] for t in TEXTS], mean)],
        )

    cases = []
    for name, text, *_ in TEXTS:
        tokens = words(text)
        expected = {"undefined": "no_words"}
        if tokens:
            types = set(tokens)
            expected = {
                "score": len(types) / len(tokens),
                "types": len(types),
                "tokens": len(tokens),
                "hapaxes": sum(tokens.count(t) == 1 for t in types),
            }
        cases.append(plain_case(name, text, expected))
    defined = [c["expected"]["score"] for c in cases if "score" in c["expected"]]
    mean = {"score": float(np.mean(defined)), "undefined_segments": len(TEXTS) - len(defined)}
    write(
        "type_token_ratio",
        "uniseg.wordbreak words in small letters; set and len of Python",
        "uniseg",
        cases,
        [plain_corpus([t[1] for t in TEXTS], mean)],
    )

    def longest_block(tokens):
        longest = 0
        for i in range(len(tokens)):
            for j in range(i + 1, len(tokens)):
                k = 0
                while i + k < j and j + k < len(tokens) and tokens[i + k] == tokens[j + k]:
                    k += 1
                longest = max(longest, k)
        return longest

    # The second number is the share of repeated sentences, by eye.
    texts = [(t[0], t[1], {"repeated": 0.5, "Chinese": 0.0}.get(t[0], 0.0)) for t in TEXTS]
    texts += [
        ("said again", "Wait here. Do not go. wait here. Wait here.", 0.5),
        ("a loop", "the end of the " * 6, 0.0),
    ]
    cases = []
    for n in (4, 2):
        for name, text, repeated in texts:
            tokens = words(text)
            grams = ngrams(tokens, n)
            expected = {"undefined": "too_few_words"}
            if grams:
                expected = {
                    "score": 1 - len(set(grams)) / len(grams),
                    "longest_block": longest_block(tokens),
                    "repeated_sentences": repeated,
                }
            options = {} if n == 4 else {"n": n}
            cases.append(plain_case(name + (f", n={n}" if n != 4 else ""), text, expected, **options))
    write(
        "repetition",
        "uniseg.wordbreak words in small letters; all pairs of places in Python; sentences by eye",
        "uniseg",
        cases,
    )


# text, then counted by eye: words, sentences, syllables, words of three and more syllables
COUNTED = [
    ("short words", "The cat sat on the mat. It was a fat cat.", 11, 2, 11, 0),
    (
        "long words",
        "Computational linguistics investigates natural language. "
        "Contemporary applications demonstrate considerable possibilities.",
        10, 2, 39, 9,
    ),
    ("numbers", "In 1990 she ran 3 miles. That is far.", 9, 2, 9, 0),
    ("list items", "Shopping list\n- red apples\n- green beans\n- milk", 7, 4, 9, 0),
    ("abbreviation", "Dr. Brown can't see the well-known star.", 8, 1, 9, 0),
    ("shouting", "STOP! Go back NOW!", 4, 2, 4, 0),
    ("one word", "Banana", 1, 1, 3, 1),
]
# Letters, and letters and digits, need no eye.
COUNTED = [(*row, sum(map(str.isalpha, row[1])), sum(map(str.isalnum, row[1]))) for row in COUNTED]


def readability():
    def by_textstat(module, needs):
        def score(w, s, syl, poly, letters, chars):
            ratios = {
                "words_per_sentence": w / s,
                "syllables_per_word": syl / w,
                "chars_per_word": chars / w,
                "count_difficult_words": poly,
                "count_polysyllable_words": poly,
                "count_words": w,
                "count_sentences": s,
            }
            where = f"textstat.backend.metrics._{module}."
            patches = [mock.patch(where + n, lambda *a, v=ratios[n], **k: v) for n in needs]
            for patch in patches:
                patch.start()
            # Its functions remember their results by text: give each its own.
            unique = f"{w} {s} {syl} {poly} {letters} {chars}"
            function = getattr(textstat, module)
            value = function(unique, *([] if module == "automated_readability_index" else ["en"]))
            for patch in patches:
                patch.stop()
            return float(value)

        return score

    def by_readability(w, s, syl, poly, letters, chars):
        stats = mock.Mock(num_words=1000 * w, num_letters=1000 * letters, num_sentences=1000 * s)
        return float(ColemanLiau(stats).score().score)

    spw = ["words_per_sentence", "syllables_per_word"]
    formulas = [
        ("flesch_reading_ease", by_textstat("flesch_reading_ease", spw)),
        ("flesch_kincaid_grade", by_textstat("flesch_kincaid_grade", spw)),
        (
            "gunning_fog",
            by_textstat("gunning_fog", ["words_per_sentence", "count_difficult_words", "count_words"]),
        ),
        ("smog", by_textstat("smog_index", ["count_polysyllable_words", "count_sentences"])),
        (
            "ari",
            by_textstat("automated_readability_index", ["chars_per_word", "words_per_sentence"]),
        ),
        ("coleman_liau", by_readability),
    ]
    names = ["words", "sentences", "syllables", "polysyllables", "letters", "characters"]
    for metric, score in formulas:
        cases = [
            plain_case(name, text, {"score": score(*numbers)} | dict(zip(names, numbers)))
            for name, text, *numbers in COUNTED
        ]
        cases += [
            plain_case("empty", "", {"undefined": "no_words"}),
            plain_case("only emoji", "🎉 🎉", {"undefined": "no_words"}),
            plain_case("Cyrillic", "Это очень простой текст.", {"undefined": "other_script"}),
            plain_case("Chinese", "这是一个简单的文本。", {"undefined": "other_script"}),
        ]
        sums = [int(n) for n in np.sum([numbers for _, _, *numbers in COUNTED], axis=0)]
        texts = [t for _, t, *_ in COUNTED] + ["", "Это очень простой текст."]
        expected = {"score": score(*sums), "undefined_segments": 1} | dict(zip(names, sums))
        write(
            metric,
            ("readability.scorers.coleman_liau" if metric == "coleman_liau" else "textstat")
            + " on counts by eye; a corpus is the formula on the sums",
            "py-readability-metrics" if metric == "coleman_liau" else "textstat",
            cases,
            [plain_corpus(texts, expected)],
        )


def embedded(rng, tokens, special, vocabulary=8, dim=5):
    """Random token vectors; the first and last token stand for no text where `special` is set."""
    vectors = np.round(rng.normal(size=(tokens, dim)), 3)
    ids = [int(i) for i in rng.integers(2, vocabulary, tokens)]
    marks = [False] * tokens
    if special:
        ids[0], ids[-1], marks[0], marks[-1] = 0, 1, True, True
    return {"ids": ids, "special": marks, "vectors": [[float(x) for x in v] for v in vectors]}


def bertscore():
    def pair(response, reference, idf):
        def tensors(text):
            weights = [
                0.0 if s else (idf[i] if idf else 1.0)
                for i, s in zip(text["ids"], text["special"])
            ]
            vectors = torch.tensor([text["vectors"]], dtype=torch.float32)
            return vectors, torch.ones(1, len(weights)), torch.tensor([weights])

        if response is None or reference is None:
            return (0.0, 0.0, 0.0)
        (h, hm, hw), (r, rm, rw) = tensors(response), tensors(reference)
        # Masks of exactly two tokens mean an empty text to the package.
        p, r, f = bert_score.greedy_cos_idf(r, rm, rw, h, hm, hw)
        return tuple(float(x) for x in (p, r, f))

    def score(segments, idf=False, baseline=(0, 0, 0)):
        texts = [x for s in segments for x in s["references"]]
        weights = bert_score.get_idf_dict([t["ids"] for t in texts], None, 0) if idf else None
        rows = []
        for s in segments:
            pairs = [pair(s["response"], r, weights) for r in s["references"]]
            rows.append(np.max(pairs, axis=0))
        p, r, f = (np.mean(rows, axis=0) - baseline) / (1 - np.array(baseline))
        return {"score": float(f), "precision": float(p), "recall": float(r)}

    rng = np.random.default_rng(7)
    segments = []
    for name, lengths, special in [
        ("as many tokens", (4, [4]), False),
        ("fewer tokens", (3, [6]), False),
        ("special tokens may be matched", (5, [7]), True),
        ("several references", (5, [4, 6, 5]), True),
        ("many tokens", (12, [9]), True),
        ("one token", (3, [3]), True),
    ]:
        response = embedded(rng, lengths[0], special)
        references = [embedded(rng, n, special) for n in lengths[1]]
        segments.append({"name": name, "response": response, "references": references})
    same = embedded(rng, 6, True)
    segments.append({"name": "identical", "response": same, "references": [same]})
    cases = [s | {"expected": score([s])} for s in segments]
    baseline = [0.3, 0.25, 0.28]
    # The package keeps its baselines in the order precision, recall, F1.
    cases.append(
        segments[1]
        | {"name": "baseline", "options": {"baseline": baseline}}
        | {"expected": score(segments[1:2], baseline=baseline)}
    )
    blank = {"ids": [0, 1], "special": [True, True], "vectors": same["vectors"][:2]}
    nothing = {"score": 0.0, "precision": 0.0, "recall": 0.0}
    cases.append(
        {"name": "blank response", "response": blank, "references": [same], "expected": nothing}
    )
    idf = {"idf": True}
    cases.append(
        segments[0]
        | {"name": "idf of one reference", "options": idf, "expected": {"undefined": "no_weight"}}
    )
    bare = [{k: s[k] for k in ("response", "references")} for s in segments]
    write(
        "bertscore",
        "bert_score.utils.greedy_cos_idf and get_idf_dict on given vectors",
        "bert-score",
        cases,
        [
            {"name": "mean", "segments": bare, "expected": score(bare)},
            {"name": "idf", "options": idf, "segments": bare, "expected": score(bare, idf=True)},
        ],
        tolerance=1e-6,
    )


def embedding_cosine():
    rng = np.random.default_rng(11)

    def vector(n=6):
        return [float(x) for x in np.round(rng.normal(size=n), 3)]

    def score(response, references):
        a = torch.tensor([response], dtype=torch.float64)
        cosines = [torch.cosine_similarity(a, torch.tensor([r], dtype=torch.float64)) for r in references]
        return {"score": float(max(cosines))}

    same = vector()
    pairs = [
        ("random", vector(), [vector()]),
        ("several references", vector(), [vector(), vector(), vector()]),
        ("identical", same, [same]),
        ("opposite", same, [[-x for x in same]]),
        ("another length", same, [[3.5 * x for x in same]]),
        ("orthogonal", [1.0, 0.0], [[0.0, 2.0]]),
        ("one dimension", [2.0], [[5.0]]),
    ]
    cases = [
        {
            "name": name,
            "response": {"embedding": a},
            "references": [{"embedding": b} for b in bs],
            "expected": score(a, bs),
        }
        for name, a, bs in pairs
    ]
    segments = [{k: c[k] for k in ("response", "references")} for c in cases]
    mean = float(np.mean([c["expected"]["score"] for c in cases]))
    corpus = {"name": "mean", "segments": segments, "expected": {"score": mean}}
    write("embedding_cosine", "torch.cosine_similarity", "torch", cases, [corpus], tolerance=1e-6)


FUNCTIONS = [
    bleu,
    chrf,
    rouge,
    rouge_weighted,
    rouge_skip,
    gleu,
    nist,
    meteor,
    ter,
    error_rates,
    jaro,
    cider_d,
    levenshtein,
    squad,
    counts,
    lexical,
    readability,
    bertscore,
    embedding_cosine,
]

if __name__ == "__main__":
    HERE.mkdir(parents=True, exist_ok=True)
    wanted = sys.argv[1:] or [function.__name__ for function in FUNCTIONS]
    for function in FUNCTIONS:
        if function.__name__ in wanted:
            function()
