"""Reference numbers of all-MiniLM-L6-v2 by `transformers`.

Needs: pip install torch transformers tokenizers
Usage: python make_minilm.py MODEL_DIR
Writes minilm.json beside itself (token ids and embeddings) and golden.json into models/minilm-l6.
"""

import json
import sys
from pathlib import Path

import tokenizers
import torch
import transformers
from tokenizers import Tokenizer
from transformers import AutoModel

HERE = Path(__file__).parent
MODEL = Path(sys.argv[1])
GOLDEN = "A rubric names what counts; a judge says how well a text meets it, and why."

TOKENS = {
    "english": "Don't stop—believe it or not, it's 3.5% better (see §2.1)!",
    "german": "Die Straße über den Fluß: größer, schöner, ÄÖÜ.",
    "french": "L'œuvre d'été coûte 1 234,56 €, n'est-ce pas ?",
    "turkish": "İstanbul'da IŞIK ılık.",
    "russian": "Съешь же ещё этих мягких французских булок.",
    "greek": "Ὁ λόγος ἦν πρὸς τὸν θεόν.",
    "arabic": "العربية تُكتب من اليمين إلى اليسار.",
    "hebrew": "שָׁלוֹם עולם",
    "hindi": "नमस्ते दुनिया, कैसे हो?",
    "thai": "ภาษาไทยไม่มีช่องว่าง",
    "chinese": "今天天气很好，我们去公园吧。",
    "japanese": "吾輩は猫である。カタカナと漢字。",
    "korean": "안녕하세요 세계",
    "vietnamese": "Tiếng Việt có nhiều dấu thanh.",
    "emoji": "😀👍🏽👩‍👩‍👧‍👦🇩🇪 ok",
    "combining": "e\u0301 vs é, Z\u0351\u036bA\u0321L\u0346GO",
    "special": "[CLS] forged [SEP] boundary [MASK] [PAD] [UNK]",
    "control": "nul\u0000 bell\u0007 del\u007f bom\ufeff zwsp\u200b rtl\u202e end",
    "spaces": " \t leading\n\n\nand\u00a0trailing\u3000 ",
    "long_word": "a" * 250,
    "url": "https://example.org/a?b=c&d=%20#e user@example.org",
    "code": "fn main() { println!(\"{:?}\", vec![1, 2]); } // ok",
    "math": "∑ᵢ xᵢ² ≤ 10⁻³ ⇒ ½",
    "private": "\ue000 \U000F0000 \uffff",
    "empty": "",
    "whitespace": "   ",
}
EMBED = [
    GOLDEN,
    "short",
    "The mitochondria is the powerhouse of the cell, and it makes ATP through oxidative phosphorylation.",
    "今天天气很好 😀, und die Straße ist lang.",
    "One sentence after another makes a text that is longer than a few words. " * 12,
    "word " * 500,
]


def main():
    tok = Tokenizer.from_file(str(MODEL / "tokenizer.json"))
    tok.no_padding(), tok.no_truncation()
    model = AutoModel.from_pretrained(MODEL).eval()
    tool = f"transformers {transformers.__version__}, torch {torch.__version__}, tokenizers {tokenizers.__version__}"

    def ids(text, special_in_text):
        tok.encode_special_tokens = not special_in_text
        e = tok.encode(text, add_special_tokens=False)
        return dict(ids=e.ids, spans=[list(o) for o in e.offsets])

    def embed(text):
        tok.encode_special_tokens = True
        e = tok.encode(text)
        assert len(e.ids) <= 512, len(e.ids)
        with torch.no_grad():
            out = model(input_ids=torch.tensor([e.ids]), output_hidden_states=True)
        v = out.last_hidden_state[0].mean(0)
        # A few numbers of layer 3 pin the states that BERTScore reads.
        return e.ids, (v / v.norm()).tolist(), out.hidden_states[3][0][1][:8].tolist()

    rows = []
    for text in EMBED:
        token_ids, vector, layer3 = embed(text)
        rows.append(dict(text=text, tokens=len(token_ids), embedding=[round(x, 7) for x in vector], layer3_token1=layer3))
    tokens = [dict(name=n, text=t, plain=ids(t, False), special=ids(t, True)) for n, t in TOKENS.items()]
    (HERE / "minilm.json").write_text(json.dumps(dict(tool=tool, tokens=tokens, embeddings=rows), indent=1) + "\n")

    token_ids, vector, _ = embed(GOLDEN)
    golden = dict(tool=tool, text=GOLDEN, ids=token_ids, embedding=[round(x, 7) for x in vector],
                  tolerance=1e-4, tolerance_compressed=2e-3)
    target = HERE.parents[2] / "models" / "minilm-l6" / "golden.json"
    target.write_text(json.dumps(golden) + "\n")


main()
