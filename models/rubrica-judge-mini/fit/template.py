"""What the judge reads (template `cross/3`), as `crates/rubrica-models/src/cross/{template,features}.rs` have it.

`check.py` holds that both say the same of the weights that ship.
"""

import math
import re
from collections import Counter
from dataclasses import dataclass, field

from tokenizers import Tokenizer

TASKS = ["rubric", "reward", "grounding", "errors", "context"]
FEATURES, SCALE, PASSAGE = 12, 4.0, 32


@dataclass
class Sequence:
    """Token ids with the place of each field; `tokens` are those of the response that it holds."""

    ids: list
    split: int
    response_at: int
    tokens: range
    fields: list
    memo: dict = field(default_factory=dict)

    def positions(self, start, end):
        """Where the response tokens `start..end` stand, as far as the sequence holds them."""
        start, end = max(start, self.tokens.start), min(end, self.tokens.stop)
        at = self.response_at - self.tokens.start
        return (at + start, at + end) if start < end else None

    def response(self):
        return self.positions(self.tokens.start, self.tokens.stop) or (self.response_at, self.response_at + 1)


class Template:
    def __init__(self, tokenizer_file, window):
        self.tokenizer = Tokenizer.from_file(tokenizer_file)
        self.tokenizer.no_truncation()
        self.tokenizer.no_padding()
        self.tokenizer.encode_special_tokens = True
        self.window = window
        token = self.tokenizer.token_to_id
        self.start, self.end, self.pad = token("[CLS]"), token("[SEP]"), token("[PAD]")
        self.tasks = {name: token(f"[unused{i}]") for i, name in enumerate(TASKS)}
        self.markers = [token(f"[unused{len(TASKS) + i}]") for i in range(3)]
        first, self.numbers, self.weights = token("the"), [], []
        for i in range(self.tokenizer.get_vocab_size()):
            bare = re.sub("^(##)+", "", self.tokenizer.id_to_token(i))
            number = bool(bare) and bare.isascii() and bare.isdigit()
            self.numbers.append(number)
            self.weights.append(4.0 if number else math.log(1 + max(i - first, 0) / 30))
        self.memo = {}

    def encode(self, text):
        """Ids and character offsets, without special tokens."""
        found = self.memo.get(text)
        if found is None:
            encoding = self.tokenizer.encode(text, add_special_tokens=False)
            found = self.memo[text] = (encoding.ids, encoding.offsets)
        return found

    def compose(self, task, criterion, instruction, reference, response):
        """The windows of one question to the model; the texts are token ids."""
        room = self.window - 9
        c, i, r, a = shares([len(criterion), len(instruction), len(reference), len(response)], room)
        parts, total, found = max(1, -(-len(response) // max(a, 1))), len(response), []
        for part in range(parts):
            tokens = range(total * part // parts, total * (part + 1) // parts)
            held = response[tokens.start : tokens.stop]
            ids = [self.start, self.tasks[task], *criterion[:c], self.end]
            places = [(0, 0), (0, 0)]
            for marker, text in enumerate([passages(instruction, held, i, True), passages(reference, held, r, False)]):
                if text:
                    ids.append(self.markers[marker])
                    places[marker] = (len(ids), len(ids) + len(text))
                    ids += [*text, self.end]
            split = len(ids)
            ids.append(self.markers[2])
            at = len(ids)
            found.append(Sequence([*ids, *held, self.end], split, at, tokens, places))
        return found

    def share(self, tokens, has):
        total = sum(self.weights[t] for t in tokens)
        return sum(self.weights[t] for t in tokens if has(t)) / total if total > 0 else 0.0

    def features(self, sequence, span):
        """What can be counted about the span `(start, end)`."""
        found = sequence.memo.get(span)
        if found is not None:
            return found
        instruction, reference = (sequence.ids[a:b] for a, b in sequence.fields)
        known = [set(instruction), set(reference)]
        pairs = set(zip(reference, reference[1:]))
        start, end = sequence.response()
        whole = Counter(sequence.ids[start:end])
        tokens = sequence.ids[span[0] : span[1]]
        own = Counter(tokens)
        numbers = [t for t in tokens if self.numbers[t]]
        strange = sum(all(t not in s for s in known) for t in numbers)
        repeated = sum(p in pairs for p in zip(tokens, tokens[1:]))
        ratio = math.tanh(math.log((len(tokens) + 1) / (len(reference) + 1))) if reference else 0.0
        found = [
            self.share(tokens, lambda t: t in known[1]),
            self.share(reference, lambda t: t in own),
            repeated / max(len(tokens) - 1, 1),
            2 * longest_common(tokens, reference) / max(len(tokens) + len(reference), 1),
            ratio,
            self.share(tokens, lambda t: t in known[0]),
            self.share(instruction, lambda t: t in own),
            strange / max(len(numbers), 1),
            float(bool(numbers)),
            len(own) / max(len(tokens), 1),
            self.share(tokens, lambda t: whole[t] > own[t]),
            float(bool(reference)),
        ]
        found = sequence.memo[span] = [SCALE * x for x in found]
        return found


def shares(lengths, room):
    """Tokens that each field gets, in the order criterion, instruction, reference, response."""
    criterion = min(lengths[0], room // 4)
    rest = room - criterion
    taken = [criterion, min(lengths[1], rest // 4), min(lengths[2], rest // 4), min(lengths[3], rest - 2 * (rest // 4))]
    left = room - sum(taken)
    for i in (3, 2, 1):
        more = min(lengths[i] - taken[i], left)
        taken[i] += more
        left -= more
    return taken


def passages(text, response, budget, keep_first):
    """At most `budget` tokens: all, or the passages that share the rarest tokens with the response, in their order."""
    if len(text) <= budget:
        return list(text)
    counts, wanted = Counter(text), set(response)
    pieces = [text[i : i + PASSAGE] for i in range(0, len(text), PASSAGE)]
    worth = [sum(1 / counts[t] for t in sorted(set(piece) & wanted)) for piece in pieces]
    order = sorted(range(len(pieces)), key=lambda i: (-worth[i], i))
    if keep_first:
        order = [0] + [i for i in order if i]
    taken, left = [], budget
    for i in order:
        length = min(len(pieces[i]), left)
        if not length:
            break
        taken.append((i, length))
        left -= length
    return [t for i, length in sorted(taken) for t in pieces[i][:length]]


def longest_common(a, b):
    """Length of the longest common subsequence, a bit for each token of `b` (Hyyrö, 2004)."""
    if not a or not b:
        return 0
    where, full = {}, (1 << len(b)) - 1
    for i, token in enumerate(b):
        where[token] = where.get(token, 0) | 1 << i
    row = full
    for token in a:
        hit = row & where.get(token, 0)
        row = ((row + hit) | (row - hit)) & full
    return len(b) - row.bit_count()
