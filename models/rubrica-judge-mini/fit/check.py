"""Whether PyTorch and `rubrica` say the same of a judge: python3 check.py JUDGE_DIR (with tokenizer.json, config.json)"""

import json
import sys

import torch

from network import CrossEncoder
from template import TASKS, Template


def logits_of(model, template, golden):
    texts = {k: template.encode(golden[k])[0] for k in ("criterion", "instruction", "reference", "response")}
    found = {}
    with torch.no_grad():
        for task in TASKS:
            # The rubric alone has a criterion.
            criterion = texts["criterion"] if task == "rubric" else []
            reference = texts["reference"] if task != "reward" else []
            sequence = template.compose(task, criterion, texts["instruction"], reference, texts["response"])[0]
            found[task] = model.logits(task, model(template, [sequence], [[sequence.response()]]))[0].tolist()
    return found


def main():
    folder = sys.argv[1]
    golden, head = (json.load(open(f"{folder}/{name}.json")) for name in ("golden", "head"))
    template = Template(f"{folder}/tokenizer.json", head["window"])
    model = CrossEncoder(f"{folder}/config.json").eval()
    assert not model.load(f"{folder}/model.int8.safetensors")
    found = logits_of(model, template, golden)
    worst = max(abs(a - b) for task in TASKS for a, b in zip(found[task], golden["logits"][task]))
    print(f"largest difference {worst:.2e}, allowed {golden['tolerance']}")
    sys.exit(worst > golden["tolerance"])


if __name__ == "__main__":
    main()
