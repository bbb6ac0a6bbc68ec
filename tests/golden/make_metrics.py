"""Writes tests/golden/metrics/*.toml, one file a metric, from the reference tool of each metric.

    pip install -r tests/golden/requirements.txt
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
from nltk.corpus.reader.wordnet import WordNetCorpusReader
from nltk.stem.porter import PorterStemmer
from nltk.translate.gleu_score import corpus_gleu
from nltk.translate.meteor_score import meteor_score
from nltk.translate.nist_score import corpus_nist
from pycocoevalcap.cider.cider_scorer import CiderScorer, precook
from rapidfuzz.distance import Jaro, JaroWinkler, Levenshtein
from readability.scorers.coleman_liau import ColemanLiau
from rouge_score import rouge_scorer
from scipy import optimize
from scipy.spatial import distance
from sklearn.metrics.pairwise import cosine_similarity
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
        key = lambda k: k if re.fullmatch("[A-Za-z0-9_-]+", k) else json.dumps(k, ensure_ascii=False)
        return "{ " + ", ".join(f"{key(k)} = {toml(v)}" for k, v in value.items()) + " }"
    return "[" + ", ".join(toml(v) for v in value) + "]"


def write(metric, tool, package, cases, corpora=(), tolerance=1e-9, remarks=()):
    version = importlib.metadata.version(package) if package else "1"
    lines = [
        *remarks,
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
    ("Korean", "고양이가 매트 위에 앉았다. 정말?", ["고양이는 매트 위에 앉아 있었다."]),
    ("Hindi", "बिल्ली चटाई पर बैठी थी।", ["बिल्ली चटाई पर बैठी है।", "बिल्ली सो गई।"]),
    ("Thai", "แมวนั่งบนเสื่อ", ["แมวนอนบนเสื่อสีแดง"]),
    ("Russian", "Кошка сидела на коврике, не так ли?", ["На коврике сидела кошка."]),
    ("Chinese and English", "我用 GPT-4 写 code，很快！", ["我用 GPT-4 写代码很快。"]),
    ("only punctuation", "?! ... --", ["... ?!"]),
    ("only emoji", "🎉🎉🎊", ["🎉🎊🎊"]),
    ("capitals", "THE CAT SAT ON THE MAT", ["the cat sat on the mat"]),
    ("numbers and signs", "3.14 ≈ π, 1/2 = 50%, $5 < €6 & a_b @c #d", ["π ≈ 3.14; 1/2 = 50 %; €6 > $5 & a_b"]),
    ("one letter", "a", ["a", "b"]),
    ("a reference many times as long", "cat", ["the cat sat on the mat " * 12]),
    ("a response many times as long", "the cat sat on the mat " * 12, ["the cat"]),
    ("one word repeated", "no " * 30, ["no no yes no"]),
    ("identical and long", "All of this stands in both, word for word. " * 8, ["All of this stands in both, word for word. " * 8]),
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


# Characters of the longest text that is told again for options other than the first.
SHORT = 400


def cases_of(options_and_score, segments=SEGMENTS):
    """One case a segment with the first options, and with each of the others for the short segments
    whose score they change."""
    rows = []
    for options, score in options_and_score:
        for name, response, references in segments:
            expected = score(response, references)
            row = {"name": name, "response": response, "references": references}
            if not options:
                rows.append(row | {"expected": expected})
            elif max(map(len, [response, *references])) <= SHORT and all(
                expected != r["expected"] for r in rows if r["response"] == response
            ):
                row["name"] += "".join(f", {k}={v}" for k, v in options.items())
                rows.append(row | {"options": options, "expected": expected})
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
    inflected = [
        ("plurals", "The dogs chased cats and mice", ["A dog chases a cat and a mouse"]),
        ("suffixes", "relational conditioning hopefulness", ["relate condition hopeful", "relations conditions hopes"]),
        ("short words stay", "his was does as", ["hi wa doe a"]),
        ("doubled letters", "hopping falling sized filing", ["hop fall size file"]),
        ("a y", "happily happy cries cry sky skies", ["happi happiness cried crying ski"]),
        ("adjectives", "usefulness adjustable replacement activities", ["use adjust replace active"]),
    ]
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
            cases_of([(o, sentence(name, o)) for o in options], SEGMENTS + inflected),
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


# response, references: words that WordNet knows as synonyms, many of them inflected
PARAPHRASES = [
    ("The car crashed on the street", ["The automobile collided on the road"]),
    ("A fast dog runs home", ["A quick hound is running house"]),
    ("He purchased a big house", ["He bought a large home"]),
    ("The children were glad and started to laugh", ["The kids were happy and began to laugh"]),
    ("The doctor helped the sick woman", ["The physician aided an ill woman"]),
    ("She answered the difficult question", ["She replied to the hard query"]),
    ("They demolished old buildings", ["They destroyed ancient edifices"]),
    ("The policies failed quickly", ["The insurance neglected rapidly"]),
    ("Mice ate the cheese", ["A mouse consumed the cheese"]),
    ("The geese flew across the sea", ["The goose flew over the ocean"]),
    ("It is hot in the desert", ["It is warm in the dessert"]),
    ("Men worked harder", ["The man labored hard"]),
    ("Studies show that smoking kills", ["Research shows that smoke kills"]),
    ("I am happier than you", ["I am glad"]),
    ("The movie was awful", ["The film was terrible"]),
    ("The boat sank in the lake", ["The ship sank in the lake"]),
    ("He says the truth", ["He states the truth and tells it"]),
    ("She wept all night", ["She cried all night"]),
    ("The wolves and the leaves", ["A wolf and a leaf"]),
    ("He shut the window and the door", ["He closed the window and the door"]),
    ("The journey took long", ["The trip took a long time"]),
    ("Begin at once", ["Start immediately"]),
    ("The bench boxes and the churches", ["A bench box and a church"]),
    ("We need assistance", ["We need help", "We want aid"]),
    ("The lawyer's argument was strong", ["The attorney's argument was powerful"]),
    ("Paris is beautiful", ["The city of light is beautiful"]),
    ("Stop the noise", ["Cease the racket"]),
    ("The pupils listened to the teacher", ["Students listened to the instructor"]),
    ("He got a present for christmas", ["He received a gift at Xmas"]),
    ("The film ends badly", ["The picture finishes poorly"]),
]


class WordNetExcerpt:
    """What NLTK wants of WordNet, from a file of synonyms; forms by NLTK's own rules."""

    PARTS = "nvar"

    def __init__(self, path):
        lines = path.read_text(encoding="utf-8").splitlines()
        self.licence = [line for line in lines if line.startswith("#")]
        self.sets, self.known = {}, {}
        self.irregular = {part: {} for part in self.PARTS}
        for line in lines[len(self.licence) :]:
            part, *words = line.lstrip("=").split()
            if line.startswith("="):
                self.irregular[part][words[0]] = words[1:]
                continue
            for word in words:
                self.known.setdefault(word.lower(), {})[part] = True
                self.sets.setdefault((part, word.lower()), []).append(words)
        self.reader = mock.Mock(
            _exception_map=self.irregular,
            MORPHOLOGICAL_SUBSTITUTIONS=WordNetCorpusReader.MORPHOLOGICAL_SUBSTITUTIONS,
            _lemma_pos_offset_map=self.known,
        )

    def found(self, word, part):
        bases = WordNetCorpusReader._morphy(self.reader, word.lower(), part)
        return [words for base in bases for words in self.sets[part, base]]

    def synsets(self, word):
        lemma = lambda word: mock.Mock(**{"name.return_value": word})
        found = [words for part in self.PARTS for words in self.found(word, part)]
        return [mock.Mock(**{"lemmas.return_value": [lemma(w) for w in words]}) for words in found]

    def lines_for(self, words):
        """The lines that these words lead to."""
        lines = {}
        for word in words:
            for part in self.PARTS:
                lines |= {" ".join([part, *found]): None for found in self.found(word, part)}
                if word in self.irregular[part]:
                    lines[" ".join(["=" + part, word, *self.irregular[part][word]])] = None
        return "\n".join(lines)


class Thesaurus:
    """What NLTK wants of WordNet, with synonyms by word."""

    def __init__(self, table):
        self.table = table

    def synsets(self, word):
        lemmas = [mock.Mock(**{"name.return_value": other}) for other in self.table.get(word, [])]
        return [mock.Mock(**{"lemmas.return_value": lemmas})]


def meteor():
    excerpt = WordNetExcerpt(Path(__file__).parent / "wordnet_excerpt.txt")

    def sentence(o):
        o = dict(o)
        words = {k: o.pop(k) for k in ("tokenize",) if k in o}
        # NLTK looks up stems where it has a stemmer.
        o.pop("look_up", None)
        table = excerpt if o.pop("synonym_file", "") else Thesaurus(o.pop("synonyms", {}))
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
    cases = cases_of([(o, sentence(o)) for o in options], SEGMENTS + extra)
    for o in ({"look_up": "stem"}, {"stem": False}):
        for h, r in PARAPHRASES:
            asked = mt_tokens(h, lowercase=True)
            asked = asked if "stem" in o else [PorterStemmer().stem(word) for word in asked]
            known = o | {"synonym_file": excerpt.lines_for(asked)}
            name = f"WordNet, {h}" + "".join(f", {k}={v}" for k, v in o.items())
            row = {"name": name, "response": h, "references": r, "options": known}
            cases.append(row | {"expected": sentence(known)(h, r)})
    write(
        "meteor",
        "nltk.translate.meteor_score on tokens of sacrebleu; tables and an excerpt of WordNet 3.0 in place of WordNet; a corpus is the mean",
        "nltk",
        cases,
        corpora_of([(o, mean(o)) for o in options[:2]]),
        remarks=["# Lines of WordNet in `synonym_file` are under this licence.", *excerpt.licence, ""],
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
            "jiwer, the reference with the lowest rate" + "; words part at any white space, in jiwer at spaces alone" * (metric == "wer"),
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
            f"{tool.__name__}, the most similar reference; a corpus is the mean",
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
    ("one letter", "a", 1, 1, 1),
    ("only marks", "?! ...", 0, 1, 1),
    ("question and answer", "Really? Yes! Go.", 3, 3, 1),
    ("decimals", "Pi is 3.14159. It is not 3.", 7, 2, 1),
    ("initials", "J. R. Smith met Mrs. Jones at 5 p.m. on Monday.", 11, 1, 1),
    ("dots", "Well... I think so. Maybe.", 5, 3, 1),
    ("quotation", 'She said "Stop!" and left. He stayed.', 7, 2, 1),
    ("two paragraphs", "One here.\n\nTwo here. Three.", 5, 3, 2),
    ("Arabic", "هذه جملة. وهذه أخرى؟ نعم.", 5, 3, 1),
    ("Russian", "Это кот. Он спит!", 4, 2, 1),
    ("German", "Das ist groß, oder? Ja, sehr.", 6, 2, 1),
    ("accents", "Où est le café? Là-bas.", 6, 2, 1),
    ("combining marks", "cafe\u0301 nai\u0308ve", 2, 1, 1),
    ("numbers", "1,000 2.5 30", 3, 1, 1),
    ("tabs", "a\tb\tc", 3, 1, 1),
    ("full width", "ＡＢＣ。ＤＥＦ。", 2, 2, 1),
    ("long", "This is a sentence of seven words. " * 60, 420, 60, 1),
    ("many paragraphs", "\n\n".join(["A line."] * 20), 40, 20, 20),
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
    texts = [(t[0], t[1], {"repeated": 0.5, "long": 59 / 60, "many paragraphs": 19 / 20}.get(t[0], 0.0)) for t in TEXTS]
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
# Words whose syllables anyone hears the same way, put together.
SPOKEN = ["cat sat dog ran big red sun tree".split(), "water garden happy paper river doctor".split(), "banana elephant computer important".split()]


def made_up(i):
    kinds = [(i * 7 + j * j + j // 3) % (3 if i % 2 else 2) for j in range(3 + i * 2)]
    text = [SPOKEN[kind][(i + j) % len(SPOKEN[kind])] for j, kind in enumerate(kinds)]
    length = 3 + i % 5
    sentences = [text[j : j + length] for j in range(0, len(text), length)]
    joined = " ".join(" ".join(s).capitalize() + ".!?"[j % 3] for j, s in enumerate(sentences))
    return f"made up {i}", joined, len(text), len(sentences), sum(kinds) + len(text), kinds.count(2)


COUNTED += [made_up(i) for i in [*range(20), 250]]
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
            plain_case("Arabic", "هذا نص بسيط جدا.", {"undefined": "other_script"}),
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
    vectors = np.round(rng.normal(size=(tokens, dim)) * 8) / 8
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
        *((f"random {i}", (3 + i % 7, [4 + i % 5] * (1 + i % 3)), i % 2 == 0) for i in range(30)),
    ]:
        response = embedded(rng, lengths[0], special)
        references = [embedded(rng, n, special) for n in lengths[1]]
        segments.append({"name": name, "response": response, "references": references})
    # Where precision and recall all but cancel, F1 is all rounding error.
    steady = lambda s: all(abs(p + r) > 0.2 for p, r, _ in (pair(s["response"], x, None) for x in s["references"]))
    segments = [s for s in segments if steady(s)]
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


def closeness():
    """Vectors of 16ths, which 32-bit floats hold exactly."""
    rng = np.random.default_rng(11)

    def vector(n=6):
        return [float(x) for x in rng.integers(-32, 33, n) / 16]

    same = vector()
    pairs = [
        ("random", vector(), [vector()]),
        ("several references", vector(), [vector(), vector(), vector()]),
        ("identical", same, [same]),
        ("identical to the second", same, [vector(), same]),
        ("opposite", same, [[-x for x in same]]),
        ("another length", same, [[3.5 * x for x in same]]),
        ("orthogonal", [1.0, 0.0], [[0.0, 2.0]]),
        ("one dimension", [2.0], [[5.0]]),
        ("zeros in both", [0.0, 1.0, 0.0], [[0.0, -0.5, 2.0]]),
        ("many dimensions", vector(64), [vector(64), vector(64)]),
    ]
    pairs += [(f"random {i}", vector(n), [vector(n) for _ in range(1 + i % 3)]) for i, n in enumerate([2, 3, 4, 8, 16, 32] * 4)]
    cosine_of = lambda a, b: float(torch.cosine_similarity(*(torch.tensor([x], dtype=torch.float64) for x in (a, b))))
    tools = {
        "embedding_cosine": ("torch.cosine_similarity", "torch", max, cosine_of),
        "answer_relevance": ("torch.cosine_similarity", "torch", max, cosine_of),
        "embedding_dot": ("numpy.dot", "numpy", max, lambda a, b: float(np.dot(a, b))),
        "embedding_euclidean": ("scipy.spatial.distance.euclidean", "scipy", min, distance.euclidean),
        "embedding_canberra": ("scipy.spatial.distance.canberra", "scipy", min, distance.canberra),
    }
    for metric, (tool, package, best, value) in tools.items():
        cases = []
        for name, a, bs in pairs:
            if metric == "answer_relevance":
                bs = bs[:1]  # The instruction.
            values = [float(value(a, b)) for b in bs]
            expected = {"score": best(values)}
            if metric != "answer_relevance":
                expected["nearest"] = values.index(best(values))
            references = [{"embedding": b} for b in bs]
            cases.append({"name": name, "response": {"embedding": a}, "references": references, "expected": expected})
        write(metric, tool, package, cases, [mean_corpus(cases)])


def semantic_coverage():
    rng = np.random.default_rng(12)

    def text(n, dim=4):
        return rng.integers(-64, 65, (n, dim)) / 64

    def near(rows, keep, noise):
        """Some of the rows, a little off."""
        return rows[:keep] + rng.integers(-noise, noise + 1, (keep, rows.shape[1])) / 64

    def score(h, rs, o):
        found = []
        for r in rs:
            closest = cosine_similarity(r, h).max(axis=1)
            found.append((float(np.mean(closest >= o.get("threshold", 0.85) - 1e-6)), float(np.mean(closest))))
        coverage, similarity = max(found)
        return {"score": coverage, "similarity": similarity}

    texts = [("one sentence each", text(1), [text(1)]), ("identical", (same := text(5)), [same]), ("one of several", same[2:3], [same])]
    texts += [("all of it and more", np.vstack([text(3), same]), [same]), ("nothing", np.eye(4)[:2], [np.eye(4)[2:]])]
    texts += [("opposite", -same[:1], [same[:1]]), ("long", (long := text(60, 16)), [near(long, 50, 8), text(20, 16)])]
    for i in range(26):
        reference = text(2 + i % 6)
        response = np.vstack([near(reference, 1 + i % 2, 4 + i), text(1 + i % 3)])
        texts.append((f"random {i}", response, [reference] + [text(2) for _ in range(i % 3)]))
    cases = []
    for o in ({}, {"threshold": 0.5}):
        for name, h, rs in texts if not o else texts[-6:]:
            row = {"name": name + "".join(f", {k}={v}" for k, v in o.items())}
            row |= {"response": {"vectors": h.tolist()}, "references": [{"vectors": r.tolist()} for r in rs]}
            cases.append(row | ({"options": o} if o else {}) | {"expected": score(h, rs, o)})
    write("semantic_coverage", "sklearn.metrics.pairwise.cosine_similarity", "scikit-learn", cases, [mean_corpus(cases)])


def wmd():
    rng = np.random.default_rng(13)

    def distance_of(h, r, o, idf):
        def weighed(text):
            keep = [i for i, s in enumerate(text["special"]) if not s]
            if not keep:
                return np.zeros(0), None
            weights = np.array([idf(text["ids"][i]) if o.get("idf") else 1.0 for i in keep])
            rows = np.array([text["vectors"][i] for i in keep])
            return weights, rows / np.linalg.norm(rows, axis=1, keepdims=True)

        (a, x), (b, y) = weighed(h), weighed(r)
        if a.sum() == 0 or b.sum() == 0:
            return None
        a, b, costs = a / a.sum(), b / b.sum(), distance.cdist(x, y)
        if o.get("relaxed"):
            return max(float(a @ costs.min(axis=1)), float(b @ costs.min(axis=0)))
        n, m = costs.shape
        sums = np.vstack([np.kron(np.eye(n), np.ones(m)), np.kron(np.ones(n), np.eye(m))])
        return float(optimize.linprog(costs.ravel(), A_eq=sums, b_eq=np.concatenate([a, b]), method="highs").fun)

    def score(segments, o):
        texts = [r for s in segments for r in s["references"]]
        idf = lambda i: math.log((len(texts) + 1) / (sum(i in t["ids"] for t in texts) + 1))
        rows = []
        for s in segments:
            found = [distance_of(s["response"], r, o, idf) for r in s["references"]]
            rows.append(min((d for d in found if d is not None), default=None))
        defined = [d for d in rows if d is not None]
        if not defined:
            return {"undefined": "no_weight"}
        mean = float(np.mean(defined))
        left_out = {"undefined_segments": len(rows) - len(defined)} if len(defined) < len(rows) else {}
        return {"score": mean, "mover_score": 1 - mean} | left_out

    segments = []
    for i in range(28):
        lengths = [1 + int(x) for x in rng.integers(2, 9, 1 + 1 + i % 3)]
        texts = [embedded(rng, n, i % 2 == 0, vocabulary=30) for n in lengths]
        segments.append({"name": f"random {i}", "response": texts[0], "references": texts[1:]})
    same = embedded(rng, 6, True)
    again = {k: v[::-1] for k, v in same.items()}
    segments += [
        {"name": "identical", "response": same, "references": [same]},
        {"name": "another order", "response": again, "references": [same]},
        {"name": "one token each", "response": embedded(rng, 1, False), "references": [embedded(rng, 1, False)]},
        {"name": "many tokens", "response": embedded(rng, 30, False), "references": [embedded(rng, 40, False)]},
    ]
    blank = {"ids": [0, 1], "special": [True, True], "vectors": same["vectors"][:2]}
    segments.append({"name": "blank response", "response": blank, "references": [same]})
    cases = []
    for o in ({}, {"relaxed": True}):
        for s in segments if not o else segments[:12]:
            name = s["name"] + "".join(f", {k}={str(v).lower()}" for k, v in o.items())
            cases.append(s | {"name": name} | ({"options": o} if o else {}) | {"expected": score([s], o)})
    bare = [{k: s[k] for k in ("response", "references")} for s in segments]
    corpora = [
        {"name": name, **({"options": o} if o else {}), "segments": bare, "expected": score(bare, o)}
        for name, o in (("mean", {}), ("idf", {"idf": True}), ("idf relaxed", {"idf": True, "relaxed": True}))
    ]
    write("wmd", "scipy.optimize.linprog; relaxed: minima of numpy", "scipy", cases, corpora)


def likelihood():
    """From log-probabilities that a model might give; lengths are those of str.split, str and UTF-8."""
    rng = np.random.default_rng(17)
    length = {"words": lambda t: len(t.split()), "characters": len, "bytes": lambda t: len(t.encode())}
    log = lambda text: -round(float(rng.gamma(2.0, 1.5)) * max(1, len(text.split())), 3)
    spoken = lambda *texts: all(t.strip() for t in texts)

    def row(name, h, references, answers, expected, **more):
        o = more.pop("options", {})
        label = name + "".join(f", {k}={v}" for k, v in o.items() if k != "dimensions")
        found = {"name": label, "response": h, "references": references, "log_probabilities": answers} | more
        return found | ({"options": o} if o else {}) | {"expected": expected}

    def segment(case):
        return {k: case[k] for k in ("response", "references", "context", "instruction", "log_probabilities") if k in case}

    def perplexity(rows, per="words"):
        rows = [(h, p) for h, p in rows if spoken(h)]
        if not rows:
            return {"undefined": "empty_text"}
        total = sum(p for _, p in rows)
        # word_perplexity and bits_per_byte of lm-eval, over the sums.
        return {
            "score": math.exp(-total / sum(length[per](h) for h, _ in rows)),
            "log_probability": total,
            "bits_per_byte": -total / sum(len(h.encode()) for h, _ in rows) / math.log(2),
        }

    cases = []
    for per in ("words", "bytes", "characters"):
        for name, h, _ in SEGMENTS:
            p = log(h)
            o = {} if per == "words" else {"options": {"per": per}}
            answers = [[p]] if spoken(h) else []
            cases.append(row(name, h, [], answers, perplexity([(h, p)], per), instruction="Say it", **o))
    plain = [c for c in cases if "options" not in c]
    pooled = perplexity([(c["response"], c["log_probabilities"][0][0]) for c in plain if c["log_probabilities"]])
    pooled["undefined_segments"] = sum(not c["log_probabilities"] for c in plain)
    corpus = {"name": "pooled", "segments": [segment(c) for c in plain], "expected": pooled}
    write("perplexity", "the formulas of lm-eval's word_perplexity and bits_per_byte, in Python", None, cases, [corpus])

    cases = []
    for o in ({}, {"per": "bytes"}, {"given": "context"}, {"given": "instruction", "per": "characters"}):
        count = length[o.get("per", "words")]
        for name, h, rs in SEGMENTS:
            given = o.get("given", "reference")
            others = {"reference": rs, "context": ["\n\n".join(rs)], "instruction": rs[:1]}[given]
            answers, found = [], []
            for r in others if spoken(h) else []:
                if spoken(r):
                    answers.append([log(h)])
                    precision = recall = answers[-1][0] / count(h)
                    if given == "reference":
                        answers.append([log(r)])
                        recall = answers[-1][0] / count(r)
                    found.append(((precision + recall) / 2, precision, recall))
            expected = {"undefined": "empty_text"}
            if found:
                best = max(found)
                expected = dict(zip(("score", "precision", "recall"), best if given == "reference" else best[:1]))
            more = {"context": rs} if given == "context" else {"instruction": rs[0]}
            cases.append(row(name, h, rs, answers, expected, **more, **({"options": o} if o else {})))
    corpus = mean_corpus(cases)
    corpus["segments"] = [segment(c) for c in cases if "options" not in c]
    write("conditional_likelihood", "the means of BARTScore over words, in Python", None, cases, [corpus])

    own = {"kind": {"positive": ["Thank you so much!"], "negative": ["How rude.", "You are unkind, stop it"]}, "aware": {"positive": ["Right", "Indeed, quite so"], "negative": ["错了"]}}
    cases = []
    for o in ({"dimensions": own}, {"dimensions": own, "calibrate": True}, {"dimensions": own, "per": "bytes"}):
        count = length[o.get("per", "words")]
        for name, h, _ in SEGMENTS:
            answers, by_dimension = [[], []], {}
            # In the order of their names, as options are read.
            for dimension in sorted(own):
                means = []
                for kind in ("positive", "negative"):
                    values = []
                    for text in own[dimension][kind]:
                        answers[0].append(log(text))
                        answers[1].append(log(text))
                        values.append((answers[0][-1] - (answers[1][-1] if o.get("calibrate") else 0)) / count(text))
                    means.append(float(np.mean(values)))
                by_dimension[dimension] = means[0] - means[1]
            expected = {"score": float(np.mean(list(by_dimension.values())))} | by_dimension
            answers = answers if o.get("calibrate") else answers[:1]
            if not spoken(h):
                expected, answers = {"undefined": "empty_text"}, []
            cases.append(row(name, h, [], answers, expected, instruction="Why?", options=o))
    plain = cases[: len(SEGMENTS)]
    defined = [c["expected"] for c in plain if "score" in c["expected"]]
    mean = {k: float(np.mean([e[k] for e in defined])) for k in defined[0]} | {"undefined_segments": len(plain) - len(defined)}
    corpus = {"name": "mean", "options": {"dimensions": own}, "segments": [segment(c) for c in plain], "expected": mean}
    write("follow_up_likelihood", "means in Python, of the paper's reward", None, cases, [corpus])


def json_case(name, response, references, expected, **options):
    row = {"name": name, "response": response if isinstance(response, str) else json.dumps(response)}
    row["references"] = [r if isinstance(r, str) else json.dumps(r) for r in references]
    return row | ({"options": options} if options else {}) | {"expected": expected}


def mean_corpus(cases, name="mean"):
    """A corpus of the cases without options, whose score is their mean."""
    plain = [c for c in cases if "options" not in c]
    scores = [c["expected"]["score"] for c in plain if "score" in c["expected"]]
    expected = {"score": float(np.mean(scores))}
    if len(scores) < len(plain):
        expected["undefined_segments"] = len(plain) - len(scores)
    segments = [{k: c[k] for k in ("response", "references")} for c in plain]
    return {"name": name, "segments": segments, "expected": expected}


def rankings():
    from ranx import Qrels, Run, evaluate

    rng = np.random.default_rng(5)
    queries = []
    for i in range(24):
        ids = [f"d{j}" for j in rng.permutation(30)[: rng.integers(1, 25)]]
        grades = {f"d{j}": int(rng.integers(0, 4)) for j in rng.permutation(30)[: rng.integers(1, 12)]}
        if any(grades.values()):
            queries.append((f"random {i}", ids, grades))
    queries += [
        ("best order", ["a", "b", "c"], {"a": 3, "b": 2, "c": 1}),
        ("worst order", ["c", "b", "a"], {"a": 3, "b": 2}),
        ("nothing found", ["x", "y"], {"a": 1}),
        ("one of one", ["a"], {"a": 1}),
    ]

    def tool(name):
        def score(ids, grades):
            run = Run({"q": {d: float(len(ids) - i) for i, d in enumerate(ids)}})
            kept = {d: g for d, g in grades.items() if g > 0}
            return {"score": float(evaluate(Qrels({"q": kept}), run, name))}

        return score

    metrics = {
        "ndcg": [({}, "ndcg"), ({"k": 5}, "ndcg@5"), ({"k": 3, "gain": "exponential"}, "ndcg_burges@3")],
        "map": [({}, "map"), ({"k": 5}, "map@5"), ({"relevant_from": 2.0}, "map-l2")],
        "mrr": [({}, "mrr"), ({"k": 3}, "mrr@3")],
        "recall_at_k": [({}, "recall@10"), ({"k": 3}, "recall@3")],
        "hit_at_k": [({}, "hit_rate@10"), ({"k": 1}, "hit_rate@1")],
        "precision_at_k": [({}, "precision@10"), ({"k": 3}, "precision@3"), ({"k": 4, "relevant_from": 3.0}, "precision@4-l3")],
    }
    for metric, rows in metrics.items():
        cases = []
        for options, name in rows:
            label = "".join(f", {k}={v}" for k, v in options.items())
            for query, ids, grades in queries:
                if max(grades.values()) >= options.get("relevant_from", 1):
                    cases.append(json_case(query + label, ids, [grades], tool(name)(ids, grades), **options))
        name, ids, grades = queries[0]
        listed = [grades.get(d, 0) for d in ids]
        cases.append(json_case("grades", listed, [list(grades.values())], tool(rows[0][1])(ids, grades)))
        none = {"undefined": "nothing_relevant"}
        cases.append(json_case("nothing relevant", ["a"], [{"b": 0}], none))
        cases.append(json_case("no grades", [0, 0], [], none))
        write(metric, f"ranx, {rows[0][1]} and others by option; undefined where nothing is relevant", "ranx", cases, [mean_corpus(cases)])


def scored():
    from sklearn.metrics import log_loss, roc_auc_score

    rng = np.random.default_rng(6)
    groups = []
    for i in range(24):
        n = int(rng.integers(2, 30))
        scores = [round(float(x), 1 if i % 2 else 4) for x in rng.random(n)]
        labels = [int(x) for x in rng.random(n) < 0.4]
        groups.append((f"random {i}", scores, labels))
    groups += [
        ("right order", [0.1, 0.2, 0.9], [0, 0, 1]),
        ("wrong order", [0.9, 0.2, 0.1], [0, 0, 1]),
        ("all tied", [0.5, 0.5, 0.5], [0, 1, 1]),
        ("only positives", [0.5, 0.6], [1, 1]),
        ("only negatives", [0.5, 0.6], [0, 0]),
        ("sure and wrong", [0.0, 1.0], [1, 0]),
    ]
    both = [g for g in groups if len(set(g[2])) == 2]
    none = {"undefined": "one_class"}
    value = lambda s, l: float(roc_auc_score(l, s))
    cases = [json_case(n, s, [l], {"score": value(s, l)} if len(set(l)) == 2 else none) for n, s, l in groups]
    write("auc", "sklearn.metrics.roc_auc_score; a corpus is the mean", "scikit-learn", cases, [mean_corpus(cases)])

    def weighted(weight):
        expected = {"score": float(np.average([value(s, l) for _, s, l in both], weights=[weight(l) for _, _, l in both]))}
        return expected | {"undefined_segments": len(groups) - len(both)}

    corpora = []
    for options, weight in (({}, len), ({"weight": "positives"}, sum)):
        row = mean_corpus(cases, "weighted" + "".join(f", {k}={v}" for k, v in options.items()))
        row |= ({"options": options} if options else {}) | {"expected": weighted(weight)}
        corpora.append(row)
    write("gauc", "sklearn.metrics.roc_auc_score with numpy.average", "scikit-learn", cases, corpora)

    loss = lambda s, l: float(log_loss(l, s, labels=[0, 1]))
    cases = [json_case(n, s, [l], {"score": loss(s, l), "items": len(s)}) for n, s, l in groups]
    cases.append(json_case("no items", [], [[]], {"undefined": "no_items"}))
    pooled = mean_corpus(cases, "pooled")
    pooled["expected"] = {"score": loss(sum((s for _, s, _ in groups), []), sum((l for _, _, l in groups), []))}
    write("log_loss", "sklearn.metrics.log_loss", "scikit-learn", cases, [pooled])


def yes(value):
    return float(bool(value))


def answers():
    def bbh(text):
        found = re.search(r"the answer is (.*)", text)
        if not found:
            return None
        answer = found[1].strip()
        return answer[:-1] if answer.endswith(".") else answer

    texts = [
        ("bracketed", "So the answer is (B).", "(B)"),
        ("more on the line", "the answer is 24. Also, no.", "24"),
        ("the first counts", "the answer is 5.\nThen the answer is 6.", "6"),
        ("no mark", "It is (B).", "(B)"),
        ("two stops", "the answer is 3..", "3."),
        ("Chinese", "the answer is 是。", "是。"),
        ("emoji", "Well, the answer is 🎉.", "🎉"),
        ("Arabic", "the answer is نعم.", "نعم"),
        ("empty", "", "x"),
        ("only the mark", "the answer is ", ""),
        ("capitals", "The Answer Is B.", "B"),
        ("long", "word " * 500 + "the answer is 7.", "7"),
    ]
    cases = [
        json_case(f"bbh, {n}", t, [r], {"score": yes(bbh(t) == r), "extracted": yes(bbh(t) is not None)}, extract="bbh")
        for n, t, r in texts
    ]
    # Text, reference, and by eye whether the answer is found and right.
    for name, text, reference, right, found, options in [
        ("solution before box", "<solution>4</solution> \\boxed{5}", "4", 1, 1, {}),
        ("last solution", "<solution>4</solution><solution>5</solution>", "5", 1, 1, {}),
        ("box before words", "the answer is 3, that is \\boxed{4}", "4", 1, 1, {}),
        ("nested box", "\\boxed{\\frac{1}{2}}", "\\frac{1}{2}", 1, 1, {}),
        ("fbox", "\\fbox{no}", "no", 1, 1, {}),
        ("last words", "The answer is 3. No, the answer is 4.", "4", 1, 1, {}),
        ("bold words", "**Answer:** 12", "12", 1, 1, {}),
        ("hashes", "3 + 4 = 7\n#### 7", "7", 1, 1, {}),
        ("whole text", " plain ", "plain", 1, 1, {}),
        ("another", "plain", "other", 0, 1, {}),
        ("case counts", "Plain", "plain", 0, 1, {}),
        ("folded", "The answer is **Plain Text**!", "plain  text", 1, 1, {"likeness": "folded"}),
        ("squad", "The cat!", "a cat", 1, 1, {"likeness": "squad"}),
        ("contains", "It is a cat here", "a cat", 1, 1, {"likeness": "contains"}),
        ("only solution", "4", "4", 0, 0, {"extract": "solution"}),
        ("only box", "x", "x", 0, 0, {"extract": "boxed"}),
        ("only words", "x", "x", 0, 0, {"extract": "answer_is"}),
        ("last line", "first\n\nlast\n", "last", 1, 1, {"extract": "last_line"}),
        ("no line", " \n", "", 0, 0, {"extract": "last_line"}),
        ("pattern", "x=1, x=22", "22", 1, 1, {"extract": {"regex": "x=([0-9]+)"}}),
        ("pattern without group", "a1 b2", "2", 1, 1, {"extract": {"regex": "[0-9]"}}),
        ("pattern that fails", "none", "none", 0, 0, {"extract": {"regex": "[0-9]"}}),
        ("whole", "the answer is 4", "4", 0, 1, {"extract": "whole"}),
        ("next line", "Answer:\n17\n\nExplanation: three steps.", "17", 1, 1, {}),
        ("next line in bold", "**Final Answer**\n\n**Rome**\n", "Rome", 1, 1, {}),
        ("pointer to the next line", "The answer is as follows:\n\n`x + 1`", "x + 1", 1, 1, {}),
        ("heading behind it", "The answer is Rome.\n#### Notes\nnone", "Rome", 1, 1, {}),
        ("heading with a number", "The answer is 8.\n\n#### 2. Check\n4 + 4 = 8", "8", 1, 1, {}),
        ("Minerva", "Final Answer: The final answer is $17$. I hope it is correct.", "17", 1, 1, {}),
        ("formula", "So the answer is \\(x^2\\), as shown.", "x^2", 1, 1, {}),
        ("equals sign", "Answer = 17", "17", 1, 1, {}),
        ("sentence behind it", "The answer is Rome. It lies in Italy.", "Rome", 1, 1, {}),
        ("answer of two sentences", "The answer is He left. She stayed.", "He left. She stayed.", 1, 1, {}),
        ("JSON", "{\"answer\": \"Rome\"}", "Rome", 1, 1, {}),
        ("answer to something", "The answer to your question is Rome.", "Rome", 1, 1, {}),
        ("denied", "The answer isn't Rome. The answer is Pisa.", "Pisa", 1, 1, {}),
        ("choice", "The correct option is D. A is close, but wrong.", "D", 1, 1, {}),
        ("unclosed last box", "So \\boxed{17}. That is \\boxed{1", "17", 1, 1, {}),
        ("only an unclosed box", "The answer is \\boxed{17", "17", 1, 1, {}),
        ("space before the brace", "The answer is \\boxed {17} by step 2", "17", 1, 1, {}),
        ("box without braces", "$\\boxed 7$", "7", 1, 1, {}),
        ("text in a box", "\\boxed{\\text{Friday}}", "Friday", 1, 1, {}),
        ("roman text in a box", "\\boxed{\\mathrm{Friday}}", "Friday", 1, 1, {}),
        ("bold in a box", "\\boxed{\\textbf{(B)}}", "B", 1, 1, {"likeness": "folded"}),
        ("display fraction", "\\boxed{\\dfrac{2}{3}}", "\\frac{2}{3}", 1, 1, {}),
        ("reasoning", "<think>Perhaps the answer is 5.</think>\nSo it is 7.", "So it is 7.", 1, 1, {}),
        ("reasoning with a box", "<think>Try \\boxed{5}</think>\n7", "7", 1, 1, {}),
        ("reasoning without its start", "the answer is 5?\n</think>\n\n7", "7", 1, 1, {}),
        ("reasoning without an end", "<think>the answer is 7, wait", "7", 0, 0, {}),
        ("reasoning in other tags", "<reasoning>the answer is 5</reasoning>\nThe answer is 7.", "7", 1, 1, {}),
        ("yes and why", "Yes, it is faster.", "yes", 1, 1, {}),
        ("nope", "Nope", "no", 1, 1, {}),
        ("no and why", "No, it is slower.", "yes", 0, 1, {}),
        ("a letter for yes or no", "(B)", "yes", 0, 0, {}),
        ("the statement is false", "The statement is false, since 2 is prime.", "False", 1, 1, {}),
    ]:
        cases.append(json_case(name, text, [reference], {"score": float(right), "extracted": float(found)}, **options))
    cases.append(json_case("several references", "b", ["a", "b"], {"score": 1.0}))
    write("answer_match", "re of Python for bbh; others by eye", None, cases, [mean_corpus(cases)])

    letters = [
        ("B", "B", 1, 1), ("(c)", "C", 1, 1), ("d.", "(D)", 1, 1), ("**A**", "A", 1, 1), ("A", "B", 0, 1),
        ("The answer is (E).", "E", 1, 1), ("the answer is (E) not (F)", "E", 1, 1), ("\\boxed{C}", "C", 1, 1),
        ("<solution>J</solution>", "J", 1, 1), ("I think that B is right", "B", 1, 1),
        ("A dog came by; so it is (B).", "B", 1, 1), ("But why", "B", 0, 0), ("", "A", 0, 0), ("K", "A", 0, 0),
        ("either way", "A", 0, 0), ("🎉 B", "B", 1, 1), ("答案是 C。", "C", 1, 1), ("答案：（C）", "C", 1, 1),
        ("Option D", "D", 1, 1), ("Answer: b", "B", 1, 1), ("A: since it is", "A", 1, 1), ("I'd pick C or D", "D", 1, 1),
        ("الجواب هو B", "B", 1, 1), ("word " * 300 + "(A)", "A", 1, 1),
        ("答えはDです", "D", 0, 0), ("[C] it is", "C", 1, 1), ("**Answer:** (H)", "H", 1, 1), ("#### F", "F", 1, 1), ("🎉🎉", "A", 0, 0),
        ("\\boxed{A} or \\boxed{B}", "B", 1, 1), ("b", "B", 1, 1),
        ("The answer is A because C is too big.", "A", 1, 1), ("A is right.", "A", 1, 1), ("Option A is correct; D is not.", "A", 1, 1),
        ("A – Rome", "A", 1, 1), ("A = 4", "A", 1, 1), ("Answer: I because J is too big.", "I", 1, 1), ("Choice A is the best one.", "A", 1, 1),
        ("I believe A is the answer.", "A", 1, 1), ("Answer: A Rome", "A", 1, 1), ("It must be A since B fails.", "A", 1, 1), ("**A** is the correct one", "A", 1, 1),
        ("I would say so", "I", 0, 0), ("A man said so", "A", 0, 0), ("A", "A", 1, 1), ("I", "I", 1, 1),
        ("Answer:\nD\n\nExplanation: option B is wrong.", "D", 1, 1), ("**Answer: D**\n\n#### Explanation\nOption B is wrong.", "D", 1, 1),
        ("The answer is D. Let me check my answer: yes, it holds.", "D", 1, 1), ("The right option is D. B is close, but wrong.", "D", 1, 1),
        ("I choose D, not B.", "D", 1, 1), ("I'd go with (D).", "D", 1, 1), ("Answer = D", "D", 1, 1), ("The answer is not B. It is D.", "D", 1, 1),
        ("B is wrong, so D", "D", 1, 1), ("Answer: D, not B", "D", 1, 1), ("## Answer\n\n(D) Rome", "D", 1, 1), ("The best choice would be **D**.", "D", 1, 1),
        ("\\boxed{\\text{D}}", "D", 1, 1), ("\\boxed{\\textbf{(D) }}", "D", 1, 1), ("<think>Perhaps the answer is B.</think>\nD", "D", 1, 1),
        ("<think>(B) looks wrong, (C) too.</think>\n\nD) Rome", "D", 1, 1), ("Not B?\n</think>\nD", "D", 1, 1), ("<think>The answer is D", "D", 0, 0),
        ("Ｄ", "D", 1, 1),
    ]
    cases = [json_case(t[:30] or "empty", t, [r], {"score": float(right), "chosen": float(c)}) for t, r, right, c in letters]
    cases.append(json_case("few choices", "E", ["A"], {"score": 0.0, "chosen": 0.0}, choices=4))
    cases.append(json_case("many choices", "Z", ["Z"], {"score": 1.0, "chosen": 1.0}, choices=26))
    cases.append(json_case("several right", "C", ["B", "C"], {"score": 1.0, "chosen": 1.0}))
    write("multiple_choice", "by eye", None, cases, [mean_corpus(cases)])


def group_answers():
    groups = [
        ("all right", "true, false, true", [1, 0, 1], 3, 3), ("one wrong", "true, true, true", [1, 0, 1], 2, 3),
        ("words", "yes; no; Y; n; T; F", [1, 0, 1, 0, 1, 0], 6, 6), ("lines", "1. True\n2. **False**\n- no.", [1, 0, 0], 3, 3),
        ("JSON", "[true, false]", [1, 0], 2, 2), ("a solution", "well <solution>no, no</solution>", [0, 1], 1, 2),
        ("missing", "true", [1, 1], 1, 2), ("too many", "true, true, false", [1, 1], 2, 3), ("nonsense", "maybe, true", [1, 1], 1, 2),
        ("empty", "", [1], 0, 0), ("zebra", "true, true, true, false", [1, 1, 1, 1], 3, 4), ("emoji", "🎉, no", [1, 0], 1, 2),
        ("Chinese", "是, 否", [1, 0], 0, 2), ("one", "TRUE", [1], 1, 1),
        ("digits", "1, 0, 1", [1, 0, 1], 3, 3), ("Arabic", "نعم, no", [1, 0], 1, 2), ("identical", "true, false", [1, 0], 2, 2),
        ("very long", ", ".join(["true", "false"] * 200), [1, 0] * 200, 400, 400), ("long and one wrong", ", ".join(["yes"] * 199 + ["no"]), [1] * 200, 199, 200),
        ("all wrong", "no, yes, no", [1, 0, 1], 0, 3), ("a box", "So \\boxed{true, true}", [1, 1], 2, 2), ("only white space", " \n", [0], 0, 0),
        ("mixed words", "T, no, 1, FALSE", [1, 0, 1, 0], 4, 4), ("yes and why", "Yes, it is faster, by far.", [1], 1, 1), ("nope", "Nope", [0], 1, 1),
        ("no and why", "No, it is not.", [1], 0, 1), ("a letter", "(B)", [1], 0, 1), ("lines with reasons", "1. Yes, it is.\n2. Nope, never.", [1, 0], 2, 2),
        ("reasoning", "<think>no?</think>Yes.", [1], 1, 1), ("after a cue", "The answer is: no, it is slower", [0], 1, 1), ("that is not true", "That is not true.", [0], 1, 1), ("semicolons", "yes; yes; no", [1, 1, 0], 3, 3), ("half", "true, true", [1, 0], 1, 2),
        ("one of three", "false, true, true", [0, 0, 0], 1, 3), ("no answer", "I cannot tell", [1], 0, 1), ("bullets", "- yes\n- no\n- yes", [1, 0, 0], 2, 3),
        ("Japanese", "はい, no", [0, 0], 1, 2), ("bold", "**true**, **false**", [1, 0], 2, 2),
    ]
    cases = []
    for name, text, truth, right, given in groups:
        share = right / len(truth)
        whole = yes(share == 1 and given == len(truth))
        expected = {"score": whole, "statements": share, "half_credit": (whole + share) / 2}
        cases.append(json_case(name, text, [truth], expected))
    write("true_false", "counted by eye", None, cases, [mean_corpus(cases)])

    from scipy.stats import kendalltau

    def order(found, wanted):
        places = [wanted.index(x) if x in wanted else -1 for x in found]
        score = 1 - Levenshtein.distance(places, list(range(len(wanted)))) / len(wanted)
        known = list(dict.fromkeys(p for p in places if p >= 0))
        tau = float(kendalltau(range(len(known)), known)[0]) if len(known) > 1 else 0.0
        return {"score": max(0.0, score), "exact": yes(places == list(range(len(wanted)))), "tau": tau}

    rng = np.random.default_rng(8)
    orders = [([f"item {j}" for j in rng.permutation(n)], [f"item {j}" for j in range(n)]) for n in (2, 3, 4, 5, 6, 8, 10, 15, 20)]
    orders += [([f"w{j}" for j in rng.permutation(9)[:5]], [f"w{j}" for j in range(9)]) for _ in range(14)]
    orders += [(["a", "x", "b"], ["a", "b"]), (["b", "b", "a"], ["a", "b"]), (["我", "爱", "你"], ["我", "你", "爱"]), (["🎉", "b"], ["b", "🎉a"]), (["مرحبا", "نعم"], ["نعم", "مرحبا"]), (["same"], ["same"])]
    cases = [json_case(f"order {i}", found, [wanted], order(found, wanted), closest=False) for i, (found, wanted) in enumerate(orders)]
    lines = "The cat sleeps all day.\nIt wakes at night.\nThen it hunts."
    for name, text, expected in [
        ("closest lines", "Cat sleeps all day\nThen it hunts mice\nIt wakes", {"score": 1 - 2 / 3, "exact": 0.0}),
        ("in a solution", f"So: <solution>{lines}</solution>", {"score": 1.0, "exact": 1.0, "tau": 1.0}),
        ("empty", "", {"score": 0.0, "exact": 0.0, "tau": 0.0}),
    ]:
        cases.append(json_case(name, text, [lines], expected))
    write("ordering", "rapidfuzz.distance.Levenshtein on places, scipy.stats.kendalltau; closest lines by eye", "rapidfuzz", cases, [mean_corpus(cases)])

    def join(found, wanted):
        right = len(set(found.items()) & set(wanted.items()))
        wrong, missed = len(found) - right, len(wanted) - right
        total = 2 * right + wrong + missed
        return {"score": 2 * right / total, "tp": right, "fp": wrong, "fn": missed} if total else {"undefined": "no_pairs"}

    pairs = [
        ({"a": "1", "b": "9", "d": "4"}, {"a": "1", "b": "2", "c": "3"}), ({"a": "1"}, {"a": "1"}), ({}, {"a": "1"}),
        ({"a": "1"}, {}), ({}, {}), ({"名": "name"}, {"名": "name", "年": "year"}), ({"🎉": "x", "y": "z"}, {"y": "z"}),
    ]
    for _ in range(24):
        keys = [f"c{j}" for j in range(8)]
        pairs.append(tuple({k: str(rng.integers(0, 3)) for k in rng.permutation(keys)[: rng.integers(1, 8)]} for _ in range(2)))
    cases = [json_case(f"pair {i}", f, [w], join(f, w)) for i, (f, w) in enumerate(pairs)]
    cases.append(json_case("fenced", "Here:\n```json\n{\"a\": \"1\"}\n```", [{"a": "1"}], {"score": 1.0}))
    cases.append(json_case("no JSON", "{a: 1", [{"a": "1"}], {"score": 0.0, "fn": 1}))
    pooled = mean_corpus(cases, "pooled")
    counts = [c["expected"] for c in cases if "tp" in c["expected"]]
    right = sum(c["tp"] for c in counts) + 1
    wrong, missed = sum(c["fp"] for c in counts), sum(c["fn"] for c in counts) + 1
    pooled["expected"] = {"score": 2 * right / (2 * right + wrong + missed)}
    write("table_join_f1", "sets of Python", None, cases, [pooled])

    def jaccard(found, wanted):
        found, wanted = set(found), set(wanted)
        share = lambda n: len(found & wanted) / n if n else 1.0
        return {"score": share(len(found | wanted)), "precision": share(len(found)), "recall": share(len(wanted))}

    sets = [([f"e{j}" for j in rng.integers(0, 9, rng.integers(0, 9))], [f"e{j}" for j in rng.integers(0, 9, rng.integers(0, 9))]) for _ in range(26)]
    sets += [([], []), (["猫", "狗"], ["狗"]), (["🎉"], ["🎊"]), (["نعم"], ["نعم", "لا"])]
    cases = [json_case(f"set {i}", a, [b], jaccard(a, b)) for i, (a, b) in enumerate(sets)]
    cases.append(json_case("forms", "- Red apple\n- GREEN  apple.\n- red apple", ["red apple; green apple"], jaccard("ab", "ab")))
    cases.append(json_case("commas", "a, b, c", ["c, d"], jaccard("abc", "cd")))
    write("set_jaccard", "sets of Python", None, cases, [mean_corpus(cases)])


def quantities():
    numbers = [
        ("42", "42", {}), ("about 41.99999", "42", {}), ("41.9", "42", {}), ("41.9", "42", {"absolute": 0.2}), ("41.9", "42", {"relative": 0.01}),
        ("-3", "3", {}), ("1,250.50 dollars", "$1250.5", {}), ("1e3", "1000", {}), ("3/4", "0.75", {}), ("\\boxed{\\frac{3}{4}}", "0.75", {}),
        ("The answer is 12 apples.", "12", {}), ("from 3 to 4", "4", {}), ("from 3 to 4", "3", {}), ("no number", "1", {}), ("", "0", {}),
        ("0", "0", {}), ("1e-12", "0", {}), ("1e-12", "0", {"absolute": 1e-9}), ("约 7 个", "7", {}), ("٧", "7", {}), ("🎉 5 🎉", "5", {}),
        ("word " * 300 + "9", "9", {}), ("100000001", "100000000", {}), ("−2.5", "-2.5", {}),
    ]
    # Text and the number in it, by eye.
    forms = [
        ("\\boxed{6{,}000}", 6000), ("$21\\,345$", 21345), ("\\boxed{7{,}654{,}321}", 7654321), ("It is 7\u202f654\u202f321.", 7654321),
        ("It is 7\u2009654.", 7654), ("7'654'321", 7654321), ("7’654 m", 7654), ("7\u00a0654\u00a0321", 7654321), ("1,00,000", 100000),
        ("10,\\!000", 10000), ("７，６５４", 7654), ("١٬٢٣٤", 1234), ("1.234.567", 1234567), ("1_000_000", 1000000),
        ("It fell by -$2.50.", -2.5), ("−€1,300", -1300), ("-£6", -6), ("-\\$6", -6), ("−US$7", -7), ("$-6", -6), ("from $10-$20", 20), ("-₹1,500", -1500),
        ("\\boxed{\\dfrac{1}{4}}", 0.25), ("\\tfrac{1}{4}", 0.25), ("\\frac{ 1 }{ 4 }", 0.25), ("\\frac14", 0.25), ("3\\frac{1}{4}", 3.25), ("It is 3 1/4.", 3.25),
        ("-\\frac{1}{4}", -0.25), ("3¼", 3.25), ("½", 0.5), ("1⁄4", 0.25), ("\\cfrac{3}{8}", 0.375), ("-3 1/4", -3.25),
        ("4 \\times 10^{5}", 400000), ("2.5×10⁸", 250000000), ("10^5", 100000), ("10⁻²", 0.01), ("4·10^5", 400000), ("2^{10}", 1024), ("10**3", 1000), ("4 \\cdot 10^{-2}", 0.04),
        ("٤٣", 43), ("答えは４３です", 43), ("४३", 43), ("४३.५", 43.5), ("It is 43, as of version 3.14.15", 43), ("It is 43; the host is 10.0.0.1", 43), ("43 (see 192.168.0.1)", 43),
        ("The answer is 43 by step 2.", 43), ("The answer is 43.\n#### Notes\nsee page 7", 43), ("Answer:\n43\n\nIt took 3 steps.", 43), ("The answer is 40 + 3 = 43.", 43),
        ("Final Answer: The final answer is $43$. I hope it is correct.", 43), ("So \\boxed{43}. That is \\boxed{4", 43), ("<think>the answer is 5</think>43", 43),
        ("It is 5?\n</think>\n\n43", 43), ("<think>the answer is 43", None), ("\\boxed{43\\text{ km}}", 43), ("The answer is $43\\%$.", 43), ("3,4", 4),
    ]
    by_eye = [42, 41.99999, 41.9, 41.9, 41.9, -3, 1250.5, 1000, 0.75, 0.75, 12, 4, 4, None, None, 0, 1e-12, 1e-12, 7, 7, 5, 9, 100000001, -2.5]
    wanted = [42, 42, 42, 42, 42, 3, 1250.5, 1000, 0.75, 0.75, 12, 4, 3, 1, 0, 0, 0, 0, 7, 7, 5, 9, 100000000, -2.5]
    cases = []
    for (text, reference, options), found, target in zip(numbers, by_eye, wanted):
        tolerance = {"rel_tol": options.get("relative", 1e-6), "abs_tol": options.get("absolute", 0.0)}
        right = found is not None and math.isclose(found, target, **tolerance)
        label = (text[-24:] or "empty") + f" for {reference}" + "".join(f", {k}={v}" for k, v in options.items())
        cases.append(json_case(label, text, [reference], {"score": yes(right), "found": yes(found is not None)}, **options))
    for text, found in forms:
        wanted = 43 if found is None else found
        cases.append(json_case(f"form {text[:40]}", text, [repr(wanted)], {"score": yes(found is not None), "found": yes(found is not None)}))
        if found is not None:
            cases.append(json_case(f"form {text[:40]}, another", text, [repr(-wanted)], {"score": 0.0, "found": 1.0}))
    for text, reference, rule, right in [
        ("5 miles", "5 km", "ignore", 1), ("5 miles", "5 km", "same", 0), ("5 KM", "5 km", "same", 1), ("5 km", "5", "same", 1),
        ("2500 m", "2.5 km", "convert", 1), ("2500 g", "2.5 km", "convert", 0), ("50%", "0.5", "convert", 1), ("0.5", "50 %", "convert", 1),
        ("90 min", "1.5 h", "convert", 1), ("7 apples", "7", "convert", 1), ("12 inches", "1 ft", "convert", 1), ("3 l", "3 kg", "convert", 0),
    ]:
        cases.append(json_case(f"{text} for {reference}, {rule}", text, [reference], {"score": float(right)}, units=rule))
    write("numeric_match", "numbers by eye, math.isclose of Python; units by eye", None, cases, [mean_corpus(cases)])


def abstention():
    texts = [
        ("right", "The answer is B.", 1, 1), ("wrong", "C", 0, 1), ("bracketed", "(B)", 1, 1), ("abstains", "I don't know.", 0, 0),
        ("abstains at length", "Insufficient information to say", 0, 0), ("unsure", "<solution>unsure</solution>", 0, 0), ("empty", "", 0, 0),
        ("only space", " \n", 0, 0), ("Chinese", "我不知道", 0, 1), ("emoji", "🎉", 0, 1), ("Arabic", "لا أعلم", 0, 1), ("case", "b", 1, 1),
        ("boxed", "\\boxed{B}", 1, 1), ("bold", "**Answer:** B", 1, 1), ("a solution", "<solution>B</solution>", 1, 1), ("another solution", "<solution>D</solution>", 0, 1),
        ("changes its mind", "The answer is A. No, the answer is B.", 1, 1), ("hashes", "So\n#### B", 1, 1), ("capitals abstain", "NOT SURE", 0, 0),
        ("unsure and why", "Unsure, as nothing says so", 0, 0), ("two letters", "BB", 0, 1), ("very long", "word " * 300 + "the answer is B.", 1, 1),
        ("very long and wrong", "word " * 300 + "the answer is C.", 0, 1), ("does not know", "I do not know", 0, 0), ("knows not, boxed", "\\boxed{not sure}", 0, 0),
        ("Japanese", "わかりません", 0, 1), ("identical", "B", 1, 1), ("white space around", "  B\n", 1, 1), ("a sentence", "It is surely B", 0, 1),
        ("empty box", "\\boxed{}", 0, 0), ("emoji beside", "🎉 B", 0, 1),
    ]
    cases = []
    for name, text, right, answered in texts:
        expected = {"score": float(right), "coverage": float(answered)} | ({"precision": float(right)} if answered else {})
        cases.append(json_case(name, text, ["B"], expected))
    cases.append(json_case("own words", "pass", ["B"], {"score": 0.0, "coverage": 0.0}, abstain=["pass"]))
    row = mean_corpus(cases, "pooled")
    right, answered = (sum(t[i] for t in texts) for i in (2, 3))
    row["expected"] = {"score": right / len(texts), "precision": right / answered, "coverage": answered / len(texts)}
    lab = {"name": "six of ten", "segments": [{"response": t, "references": ["B"]} for t in ["B"] * 6 + ["A"] * 2 + ["not sure"] * 2]}
    write("selective", "counted by eye", None, cases, [row, lab | {"expected": {"score": 0.6, "precision": 0.75, "coverage": 0.8}}])


def tries():
    episodes = [[1, 1, 1], [1, 1, 0], [1, 0, 1], [0, 1, 1], [1], [0], [1, 1, 1, 1, 1], [1, 1, 1, 1, 0], [0, 0], [True, False]]
    rng = np.random.default_rng(9)
    episodes += [[int(x) for x in rng.random(rng.integers(1, 9)) < 0.7] for _ in range(20)]

    def staged(rows):
        passed = [next((i for i, ok in enumerate(row) if not ok), len(row)) for row in rows]
        expected = {
            "score": float(np.mean([p == len(row) for p, row in zip(passed, rows)])),
            "progress": float(np.mean([p / len(row) for p, row in zip(passed, rows)])),
        }
        product = 1.0
        for stage in range(max(map(len, rows))):
            came = [p > stage for p, row in zip(passed, rows) if len(row) > stage and p >= stage]
            if came:
                expected[f"stage_{stage + 1}"] = float(np.mean(came))
                product *= np.mean(came)
        return expected | {"product": float(product)}

    cases = [json_case(f"episode {i}", e, [], staged([e])) for i, e in enumerate(episodes)]
    row = mean_corpus(cases, "all episodes") | {"expected": staged(episodes)}
    fmb = [[1, 1, 1]] * 6 + [[1, 1, 0]] * 2 + [[1, 0, 0], [0, 0, 0]]
    table = {"name": "ten episodes", "segments": [{"response": json.dumps(e), "references": []} for e in fmb], "expected": staged(fmb)}
    write("staged_success", "means of Python", None, cases, [row, table])

    cases = []
    for k in (1, 2, 5):
        for i, row in enumerate(episodes):
            n, right = len(row), int(sum(row))
            expected = {"undefined": "too_few_tries"}
            if n >= k:
                miss = lambda wrong: math.comb(wrong, k) / math.comb(n, k)
                expected = {"score": 1 - miss(n - right), "all_at_k": miss(right), "mean": right / n}
            cases.append(json_case(f"tries {i}, k={k}", row, [], expected, **({} if k == 1 else {"k": k})))
    many = [1] * 300 + [0] * 1700
    cases.append(json_case("many tries", many, [], {"score": 1 - math.comb(1700, 100) / math.comb(2000, 100)}, k=100))
    write("pass_at_k", "math.comb of Python", None, cases, [mean_corpus(cases)])

    votes = [
        (["4", "3", "3", "4", "3"], "4"), (["5", "3", "3", "3", "3"], "3"), (["b", "a"], "b"), (["b", "a"], "a"), (["x"], "x"),
        (["The answer is 7.", "\\boxed{7}", "8"], "7"), (["Yes", "yes!", "no"], "Yes"), (["猫", "狗", "猫"], "猫"), (["🎉", "🎊", "🎊"], "🎉"), (["نعم", "لا"], "لا"),
    ]
    kinds = lambda answers: [re.sub(r"^.*the answer is |.*boxed", "", a.lower()).strip(".!{} ") for a in answers]
    votes += [([str(x) for x in rng.integers(0, 4, rng.integers(1, 12))], str(rng.integers(0, 4))) for _ in range(16)]
    cases = []
    for k in (None, 3):
        for i, (answers, reference) in enumerate(votes):
            counted = kinds(answers[:k])
            shares = np.array(list(Counter(counted).values())) / len(counted)
            winner = Counter(counted).most_common(1)[0]
            expected = {
                "score": yes(winner[0] == reference.lower()),
                "share": winner[1] / len(counted),
                "entropy": float(-(shares * np.log(shares)).sum()),
                "any": yes(reference.lower() in counted),
            }
            if k and len(answers) < k:
                expected = {"undefined": "too_few_answers"}
            options = {"k": k} if k else {}
            cases.append(json_case(f"votes {i}" + (f", k={k}" if k else ""), answers, [reference], expected, **options))
    cases.append(json_case("no votes", [], ["x"], {"undefined": "too_few_answers"}))
    write("maj_at_k", "collections.Counter of Python", None, cases, [mean_corpus(cases)])


def diversity():
    from lexicalrichness import LexicalRichness

    rng = np.random.default_rng(4)
    texts = [(name, text) for name, text, *_ in TEXTS] + [(f"segment {name}", h) for name, h, _ in SEGMENTS]
    texts += [(f"random {n}", " ".join(f"w{int(x)}" for x in rng.zipf(1.6, n) % 97)) for n in (20, 50, 120, 300)]
    cases = []
    for options in ({}, {"threshold": 0.5}):
        for name, text in texts:
            expected = {"undefined": "no_words"}
            if words(text):
                tool = LexicalRichness(text, preprocessor=None, tokenizer=words)
                expected = {"score": float(tool.mtld(options.get("threshold", 0.72)))}
            cases.append(plain_case(name + "".join(f", {k}={v}" for k, v in options.items()), text, expected, **options))
    write("mtld", "lexicalrichness on uniseg.wordbreak words in small letters", "lexicalrichness", cases, [mean_corpus(cases)])

    def self_bleu(responses, o):
        metric = BLEU(effective_order=True, **o)
        scores = [metric.sentence_score(h, responses[:i] + responses[i + 1 :]).score for i, h in enumerate(responses)]
        return {"score": float(np.mean(scores))}

    alone = [plain_case(f"alone, {n}", h, {"undefined": "needs_corpus"}) for n, h, _ in SEGMENTS[:6]]
    responses = [h for _, h, _ in SEGMENTS]
    sets = [responses, responses[:2], responses[5:9], ["same words here"] * 3, ["", "a"], ["a b c d e", "a b c d", "a b c d e f g"]]
    sets += [[" ".join(str(int(x)) for x in rng.integers(0, 5, rng.integers(3, 15))) for _ in range(6)] for _ in range(12)]
    sets += [["猫が好き。", "猫が嫌い。", "犬が好き。"], ["القطة هنا", "القطة هناك"], ["🎉 🎊", "🎉"], ["word", "word"], ["", ""], [responses[-1]] * 2]
    corpora = []
    for o in ({}, {"tokenize": "char"}, {"max_ngram_order": 2}, {"lowercase": True}):
        for i, texts in enumerate(sets if not o else sets[:6]):
            row = plain_corpus(texts, self_bleu(texts, o), f"set {i}" + "".join(f", {k}={v}" for k, v in o.items()))
            corpora.append(({"options": o} if o else {}) | row)
    write("self_bleu", "sacrebleu.metrics.BLEU of each text against all others", "sacrebleu", alone, corpora)


# response, passages
SOURCED = [
    ("copied whole", "The cat sat on the mat and purred all day.", ["Yesterday the cat sat on the mat and purred all day long."]),
    ("nothing shared", "alpha beta", ["one two three"]),
    ("two passages", "A dog ran far. The cat sat still.", ["the cat sat still", "a dog ran far away"]),
    ("not across passages", "one two three four", ["one two", "three four"]),
    ("repeated", "the the the cat the cat", ["the cat and the the dog"]),
    ("case and marks", "THE CAT, sat!", ["the cat sat"]),
    ("apostrophes", "It’s Tom's", ["it's Toms, Tom's"]),
    ("Chinese", "我爱天安门。", ["我爱北京天安门。"]),
    ("Arabic", "القطة جلست هنا", ["جلست القطة هنا"]),
    ("emoji", "Great 🎉 job", ["great job"]),
    ("one word", "word", ["a word"]),
    ("empty", "", ["source"]),
    ("only emoji", "🎉", ["source"]),
    ("empty source", "some words", [""]),
    ("quotation", 'He said "we shall never surrender" and “all is well with us”.', ["we shall never surrender; all was well with us"]),
    ("elided quotation", 'She wrote "the cat sat ... purred all day".', ["The cat sat on the mat and purred all day."]),
    ("short quotation", 'A "term" and "two words".', ["nothing of this"]),
    ("French quotation", "Il dit « nous sommes ici ».", ["Oui, nous sommes ici aujourd'hui"]),
    ("open mark", 'A 5" pipe\nand "this is not there"', ["this is there"]),
    ("Japanese quotation", "「今日は良い」と言った", ["今日は良い天気"]),
    ("long", " ".join(f"w{i * 7 % 31}" for i in range(200)), [" ".join(f"w{i * 7 % 29}" for i in range(300))]),
    ("very long", " ".join(f"w{i * 7 % 61}" for i in range(400)), [" ".join(f"w{i * 7 % 59}" for i in range(500))]),
    ("identical", "The cat sat on the mat.", ["The cat sat on the mat."]),
    ("identical quotation", 'So "it was a fine day" then.', ['So "it was a fine day" then.']),
]
rng_sourced = np.random.default_rng(3)
SOURCED += [
    (f"random {i}", " ".join(rng_sourced.choice(list("abcd"), 14)), [" ".join(rng_sourced.choice(list("abc"), 10)) for _ in range(2)])
    for i in range(10)
]


def sourced():
    plain = lambda text: [w.replace("’", "'") for w in words(text)]

    def stands(run, passages):
        return any(run == p[i : i + len(run)] for p in passages for i in range(len(p) - len(run) + 1))

    def fragments(text, passages):
        found, i = [], 0
        while i < len(text):
            n = max((n for n in range(len(text) - i + 1) if n == 0 or stands(text[i : i + n], passages)), default=0)
            found += [n] if n else []
            i += max(n, 1)
        return found

    def write_sourced(metric, tool, score, options=({},)):
        cases = []
        for o in options:
            for name, text, passages in SOURCED:
                expected = score(text, passages, o)
                row = {"name": name + "".join(f", {k}={v}" for k, v in o.items()), "response": text, "references": []}
                cases.append(row | {"context": passages} | ({"options": o} if o else {}) | {"expected": expected})
        corpus = mean_corpus(cases)
        corpus["segments"] = [
            {k: c[k] for k in ("response", "references", "context")} for c in cases if "options" not in c
        ]
        write(metric, tool, "uniseg", cases, [corpus])

    def novelty(text, passages, o):
        n = o.get("n", 2)
        grams = lambda w: [tuple(w[i : i + n]) for i in range(len(w) - n + 1)]
        known = {g for p in passages for g in grams(words(p))}
        found = grams(words(text))
        return {"score": sum(g not in known for g in found) / len(found)} if found else {"undefined": "too_few_words"}

    tool = "uniseg.wordbreak words in small letters, lists of Python"
    write_sourced("novelty", tool, novelty, ({}, {"n": 1}, {"n": 4}))

    def extractive(formula):
        def score(text, passages, o):
            text, passages = plain(text), [plain(p) for p in passages]
            if not text:
                return {"undefined": "no_words"}
            found = fragments(text, passages)
            parts = {"fragments": len(found), "longest": max(found, default=0), "compression": sum(map(len, passages)) / len(text)}
            return {"score": formula(found) / len(text)} | parts

        return score

    write_sourced("extractive_coverage", tool + ", figure 3 of the paper", extractive(sum))
    write_sourced("extractive_density", tool + ", figure 3 of the paper", extractive(lambda f: sum(n * n for n in f)))
    write_sourced("copy_ratio", tool, extractive(lambda f: sum(n for n in f if n >= 8)))

    def quotes(text, passages, o):
        pattern = r'"([^"\n]*)"|“([^”\n]*)”|«([^»\n]*)»|「([^」\n]*)」'
        passages = [plain(p) for p in passages]
        found = []
        for match in re.finditer(pattern, text):
            parts = [plain(p) for p in re.split(r"\.\.\.|…", next(g for g in match.groups() if g is not None))]
            length = sum(map(len, parts))
            if length >= o.get("min_words", 3):
                found.append((length, all(stands(p, passages) for p in parts)))
        if not found:
            return {"undefined": "no_quotations"}
        right = [n for n, ok in found if ok]
        return {"score": len(right) / len(found), "quotations": len(found), "words": sum(right) / sum(n for n, _ in found)}

    write_sourced("quote_attribution", tool + ", re", quotes, ({}, {"min_words": 1}))


def register():
    # text, words, then by eye: hedges, informal markers, swear words
    marked = [
        ("I think it might possibly rain.", 6, 3, 0, 0),
        ("It rains.", 2, 0, 0, 0),
        ("Perhaps, more or less, sort of.", 6, 3, 0, 0),
        ("Don’t worry, we'll be okay, yeah!", 6, 0, 4, 0),
        ("Hey guys, that's awesome stuff", 5, 0, 5, 0),
        ("What the fuck, damn it", 5, 0, 0, 2),
        ("Bloody hell! Bullshit.", 3, 0, 0, 2),
        ("It SEEMS likely.", 3, 2, 0, 0),
        ("The scunthorpe classic assess", 4, 0, 0, 0),
        ("naïve café may", 3, 1, 0, 0),
        ("Results suggest that prices tend to rise.", 7, 2, 0, 0),
        ("kind of kind", 3, 1, 0, 0),
        ("👍 ok 🎉", 1, 0, 1, 0),
        ("may " * 200, 200, 200, 0, 0),
        ("word", 1, 0, 0, 0),
        ("It seems to me, I guess, roughly right", 8, 3, 0, 0),
        ("She could come. She will come.", 6, 1, 0, 0),
        ("As far as I know, it depends.", 7, 2, 0, 0),
        ("unlikely UNCLEAR Uncertain", 3, 3, 0, 0),
        ("Gonna wanna gotta", 3, 0, 3, 0),
        ("We can’t; they’d; I'm; you've; he'll", 6, 0, 5, 0),
        ("lots of kids, tons of stuff", 6, 0, 4, 0),
        ("lol 😂 omg!!", 2, 0, 2, 0),
        ("SHIT happens, pissed off bastards", 5, 0, 0, 3),
        ("The dam was damned", 4, 0, 0, 1),
        ("Perhaps it's crap.", 3, 1, 1, 1),
        ("Maybe. " * 300, 300, 300, 0, 0),
    ]
    others = [("", "no_words"), ("🎉", "no_words"), ("Это может быть.", "other_script"), ("也许吧。", "other_script"), ("ربما نعم", "other_script")]
    for column, metric in enumerate(("hedging", "informality", "profanity"), 2):
        cases = []
        for row in marked:
            expected = {"score": 100 * row[column] / row[1], "markers": row[column], "words": row[1]}
            cases.append(plain_case(row[0][:40], row[0], expected))
        cases += [plain_case(text or "empty", text, {"undefined": reason}) for text, reason in others]
        pooled = {"score": 100 * sum(r[column] for r in marked) / sum(r[1] for r in marked), "undefined_segments": 3}
        corpus = plain_corpus([r[0] for r in marked] + [t for t, _ in others], pooled)
        write(metric, "counted by eye", None, cases, [corpus])

    # sentences with a passive, passives, sentences
    passives = [
        ("The ball was kicked by Tom.", 1, 1, 1), ("Tom kicked the ball.", 0, 0, 1), ("It is done. I did it.", 1, 1, 2),
        ("It was written and was then sold.", 1, 1, 1), ("It has not been fully understood yet!", 1, 1, 1), ("She is happy.", 0, 0, 1),
        ("They were being watched. We're told so. Was he seen?", 3, 3, 3), ("He got hurt.", 1, 1, 1), ("There is a red bed.", 0, 0, 1),
        ("There were hundred men.", 0, 0, 1), ("Indeed it is so.", 0, 0, 1), ("# Was it made?\n- It was made\n- no", 2, 2, 3), ("word", 0, 0, 1),
        ("It's made of wood and isn't painted.", 1, 2, 1), ("It was really very badly done.", 0, 0, 1), ("It was badly done. " * 50, 50, 50, 50),
        ("The cake was eaten.", 1, 1, 1), ("Mistakes were made by all of them.", 1, 1, 1), ("He is running home.", 0, 0, 1),
        ("She will be seen there.", 1, 1, 1), ("The letters were sent; nobody read them.", 1, 1, 1), ("They have taken it.", 0, 0, 1),
        ("The house is being built.", 1, 1, 1), ("I was told that it was lost.", 1, 2, 1), ("Are you known here?", 1, 1, 1),
        ("The cat sat on the mat.", 0, 0, 1), ("It was written. " * 100, 100, 100, 100),
    ]
    cases = [plain_case(t[:40], t, {"score": w / s, "passives": p, "sentences": s}) for t, w, p, s in passives]
    cases += [plain_case(text or "empty", text, {"undefined": reason}) for text, reason in others]
    pooled = {"score": sum(r[1] for r in passives) / sum(r[3] for r in passives), "undefined_segments": 3}
    corpus = plain_corpus([r[0] for r in passives] + [t for t, _ in others], pooled)
    write("passive", "counted by eye", None, cases, [corpus])


def more_readability():
    def linsear(w, s, syl, poly, *_):
        where = "textstat.backend.metrics._linsear_write_formula."
        values = ["hard"] * poly + ["easy"] * (w - poly)
        with (
            mock.patch(where + "list_words", lambda *a, **k: values),
            mock.patch(where + "count_syllables", lambda word, lang: 3 if word == "hard" else 1),
            mock.patch(where + "count_sentences", lambda text: s),
        ):
            return float(textstat.linsear_write_formula(f"{w} {s} {poly}", "en", False, False))

    def dale_chall(w, s, hard):
        where = "textstat.backend.metrics._dale_chall_readability_score."
        with (
            mock.patch(where + "count_words", lambda text: w),
            mock.patch(where + "count_difficult_words", lambda *a, **k: hard),
            mock.patch(where + "words_per_sentence", lambda text: w / s),
        ):
            return float(textstat.dale_chall_readability_score(f"{w} {s} {hard}", "en"))

    other = [
        plain_case("empty", "", {"undefined": "no_words"}),
        plain_case("only emoji", "🎉 🎉", {"undefined": "no_words"}),
        plain_case("Cyrillic", "Это очень простой текст.", {"undefined": "other_script"}),
        plain_case("Chinese", "这是一个简单的文本。", {"undefined": "other_script"}),
        plain_case("Arabic", "هذا نص بسيط جدا.", {"undefined": "other_script"}),
    ]
    cases = [plain_case(name, text, {"score": linsear(*numbers)}) for name, text, *numbers in COUNTED] + other
    sums = [int(n) for n in np.sum([numbers for _, _, *numbers in COUNTED], axis=0)]
    texts = [t for _, t, *_ in COUNTED] + [c["response"] for c in other]
    corpus = plain_corpus(texts, {"score": linsear(*sums), "undefined_segments": 3})
    write("linsear_write", "textstat on counts by eye; a corpus is the formula on the sums", "textstat", cases, [corpus])

    familiar = "the cat sat on mat it was a fat in she ran that is far stop go back now can't see star well known".split()
    rows = []
    for name, text, w, s, *_ in COUNTED:
        hard = sum(word not in familiar for word in words(text))
        rows.append((name, text, w, s, hard))
    options = {"familiar_words": [w.title() for w in familiar]}
    cases = [
        plain_case(n, t, {"score": dale_chall(w, s, h), "difficult_words": h, "words": w, "sentences": s}, **options) for n, t, w, s, h in rows
    ]
    cases += [{"options": options} | c for c in other]
    cases += [plain_case(f"{n}, no list", t, {"undefined": "no_word_list"}) for n, t, *_ in rows[:3]]
    w, s, h = (sum(r[i] for r in rows) for i in (2, 3, 4))
    corpus = {"options": options} | plain_corpus(texts, {"score": dale_chall(w, s, h), "undefined_segments": 3})
    write("dale_chall", "textstat on counts by eye and a list of our own; a corpus is the formula on the sums", "textstat", cases, [corpus])


def sentiment():
    from vaderSentiment import vaderSentiment as vader

    table = {
        "good": 1.9, "great": 3.1, "best": 3.2, "nice": 1.8, "smart": 1.7, "funny": 1.9, "happy": 2.7, "love": 3.2, "kind": 2.4,
        "bad": -2.5, "horrible": -2.5, "ugly": -2.3, "sad": -2.1, "hate": -2.7, "death": -2.9, "no": -1.2, "doubt": -1.5, "lol": 1.8,
        ":)": 2.0, ":(": -1.9, "shit": -2.6, "ass": -2.5, "heart": 3.2, "sux": -1.5, "like": 1.5, "naïve": -1.1, "kiss": 1.8, "well": 1.1,
    }
    emoji = {"😁": "beaming face with smiling eyes, good", "💔": "broken heart", "🎉": "party"}
    texts = [
        "The book was good.", "The book was GOOD and nice.", "VERY GOOD, ALL OF IT", "It is very good!!", "It is VERY good!!!!!!", "kinda sad",
        "It was kind of good", "A kind man of good words", "It was sort of really bad", "not good", "It isn't good at all", "never so good", "Never this very happy",
        "It was never good", "without doubt good", "He left without any good doubt", "At least it is good", "It is the least good", "least good", "at least good",
        "very least good", "no good", "no", "No bad or good", "There is no bad nor ugly thing", "The plot was good, but the end was bad and sad.", "good but good and good",
        "bad bad but good bad good BUT bad", "That is the shit", "She is a bad ass dog", "yeah right good", "the kiss of death came", "this beating heart here", "What? Good?", "Why??? good", "good????",
        ":) or :( today", "I love it :) 😁", "💔💔 no", "good🎉", "LOL ok", "Today only kinda sux! But I'll get by, lol", "naïve", "NAÏVE but well",
        "hardly any good in it", "almost VERY good", "VERY bad it is", "a SLIGHTLY bad day", "so so so good", "rarely so good as this bad", "it isn't without good", "word", "A chair.",
        "(good) 'bad' *nice*", "well-known good", "good, bad; happy: sad", " ".join(["good", "bad", "so", "but", "sad", "not"] * 40), "I " + "really " * 60 + "like it",
        "nothing is like this good", "uh-uh good", "it was just enough good", "sort-of good", "to die for good", "die for the good bus stop",
        "good " * 300, "The cat sat on the mat.", *(h for _, h, _ in SEGMENTS if h.isascii() and words(h)),
    ]

    def score(text, table, emoji):
        tool = vader.SentimentIntensityAnalyzer()
        tool.lexicon, tool.emojis = table, emoji
        # The tool rounds to four and three digits.
        with mock.patch.object(vader, "round", lambda x, n: x, create=True):
            found = tool.polarity_scores(text)
        parts = {"positive": found["pos"], "neutral": found["neu"], "negative": found["neg"]}
        return {"score": float(found["compound"])} | {k: float(v) for k, v in parts.items()}

    given = {"lexicon": table, "emoji": emoji}
    cases = [plain_case(text[:40], text, score(text, table, emoji), **given) for text in texts]
    # The tool scores 0 where there is nothing to go by.
    none = {"undefined": "no_words"}
    cases += [plain_case(text or "empty", text, none, **given) for text in ("", " \n", "你好。", "القطة هنا", "🎊")]
    # Twice the valence of our own lexicon is whole.
    own = {"good": 2.0, "bad": -2.5, "happy": 2.5, "love": 3.0, "sad": -2.0, "no": -1.0, "lol": 2.0, ":)": 2.0, ":d": 2.5, "kind": 2.5, "terrible": -2.0}
    plain = ["It was good.", "I am NOT happy", "no bad day", "I love it :) :D", "kind of sad, but kind", "lol, terrible!!!", "A chair."]
    cases += [plain_case(f"own lexicon: {text}", text, score(text, own, {})) for text in plain]
    corpus = mean_corpus(cases)
    options = [c for c in cases if "options" in c and "score" in c["expected"]]
    mean = {k: float(np.mean([c["expected"][k] for c in options])) for k in options[0]["expected"]}
    with_options = plain_corpus([c["response"] for c in options], mean, "mean with a lexicon") | {"options": given}
    write("sentiment", "vaderSentiment with a lexicon of a few words, not rounded", "vaderSentiment", cases, [corpus, with_options])


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
    closeness,
    semantic_coverage,
    wmd,
    likelihood,
    rankings,
    scored,
    answers,
    group_answers,
    quantities,
    abstention,
    tries,
    diversity,
    sourced,
    register,
    more_readability,
    sentiment,
]

if __name__ == "__main__":
    HERE.mkdir(parents=True, exist_ok=True)
    wanted = sys.argv[1:] or [function.__name__ for function in FUNCTIONS]
    for function in FUNCTIONS:
        if function.__name__ in wanted:
            function()
