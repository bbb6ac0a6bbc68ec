"""The network of `crates/rubrica-models/src/cross/network.rs` in PyTorch: an encoder, and heads on spans."""

import json
import struct

import numpy as np
import torch
from safetensors.numpy import load_file
from torch import nn
from torch.nn import functional as F
from transformers import BertConfig, BertModel

from template import FEATURES, TASKS

HIDDEN, COSINE_SCALE = 256, 4.0
OUTPUTS = {"rubric": 1, "reward": 1, "grounding": 3, "errors": 7, "context": 2}


class Head(nn.Module):
    def __init__(self, inputs, outputs):
        super().__init__()
        self.dense, self.output = nn.Linear(inputs, HIDDEN), nn.Linear(HIDDEN, outputs)
        for layer in (self.dense, self.output):
            nn.init.normal_(layer.weight, std=layer.in_features**-0.5)
            nn.init.zeros_(layer.bias)

    def forward(self, x):
        return self.output(torch.tanh(self.dense(x)))


class Heads(nn.Module):
    def __init__(self, hidden):
        super().__init__()
        for task in TASKS:
            setattr(self, task, Head(2 * hidden + FEATURES + 3, OUTPUTS[task]))
        self.cuts = nn.Parameter(torch.tensor([-2.0, 0.0, 0.0, 0.0]))

    def thresholds(self):
        return torch.cat([self.cuts[:1], self.cuts[1:].exp()]).cumsum(0)


class CrossEncoder(nn.Module):
    """`forward(template, sequences, spans)`: pooled inputs of the heads, one row a span, in order."""

    def __init__(self, config_file, dropout=0.0):
        super().__init__()
        config = BertConfig.from_json_file(config_file)
        config.hidden_dropout_prob, config.attention_probs_dropout_prob = dropout, 0.0
        config._attn_implementation = "sdpa"
        self.bert = BertModel(config, add_pooling_layer=False)
        self.heads = Heads(config.hidden_size)

    def load(self, file):
        """Weights of an encoder, or of a judge, from safetensors (f32 or int8 with scales a row)."""
        tensors = load_file(file)
        state = {}
        for name, values in tensors.items():
            if name.endswith(".scale"):
                continue
            scale = tensors.get(f"{name}.scale")
            values = values.astype(np.float32) if scale is None else values.astype(np.float32) * scale[:, None]
            state[name if name.startswith("heads.") else f"bert.{name}"] = torch.from_numpy(values.copy())
        missing, unexpected = self.load_state_dict(state, strict=False)
        lost = [m for m in missing if not m.startswith("heads.") and "position_ids" not in m]
        assert not lost, lost
        return [m for m in missing if m.startswith("heads.")]

    def forward(self, template, sequences, spans, tokens=3072):
        order = sorted(range(len(sequences)), key=lambda i: len(sequences[i].ids))
        rows = [None] * len(sequences)
        while order:
            longest = len(sequences[order[-1]].ids)
            chunk, order = order[-max(1, tokens // longest) :], order[: -max(1, tokens // longest)]
            for i, pooled in zip(chunk, self.pool(template, [sequences[i] for i in chunk], [spans[i] for i in chunk])):
                rows[i] = pooled
        return torch.cat(rows)

    def pool(self, template, sequences, spans):
        n = max(len(s.ids) for s in sequences)
        ids = torch.full((len(sequences), n), template.pad)
        mask, types = torch.zeros_like(ids), torch.zeros_like(ids)
        most = max(map(len, spans)) + 2
        means = torch.zeros(len(sequences), most, n)
        for row, (s, asked) in enumerate(zip(sequences, spans)):
            ids[row, : len(s.ids)] = torch.tensor(s.ids)
            mask[row, : len(s.ids)] = 1
            types[row, s.split : len(s.ids)] = 1
            for i, (a, b) in enumerate([*s.fields, *asked]):
                if a < b:
                    means[row, i, a:b] = 1 / (b - a)
        x = self.bert(input_ids=ids, attention_mask=mask, token_type_ids=types).last_hidden_state
        means = means @ x
        found = []
        for row, (s, asked) in enumerate(zip(sequences, spans)):
            count = len(asked)
            span = means[row, 2 : 2 + count]
            instruction, reference = (means[row, i].expand(count, -1) for i in (0, 1))
            counted = torch.tensor([template.features(s, one) for one in asked])
            cosines = [cosine(span, instruction), cosine(span, reference), cosine(instruction, reference)]
            found.append(torch.cat([x[row, 0].expand(count, -1), span, counted, *cosines], 1))
        return found

    def logits(self, task, pooled):
        return getattr(self.heads, task)(pooled)


def cosine(a, b):
    return ((a * b).sum(1, keepdim=True) / ((a * a).sum(1, keepdim=True) * (b * b).sum(1, keepdim=True) + 1e-6).sqrt()) * COSINE_SCALE


def binary(logits, target):
    """Cross-entropy against a probability, elementwise."""
    return F.softplus(logits) - target * logits


def write_int8(model, file):
    """safetensors, matrices in 8 bits with a scale a row, as `crates/rubrica-models/src/write.rs` writes them."""
    parts = {}
    for name, tensor in model.state_dict().items():
        name = name.removeprefix("bert.")
        if "position_ids" in name or "token_type_ids" in name:
            continue
        values = tensor.detach().numpy().astype(np.float32)
        if values.ndim == 2:
            top = np.abs(values).max(1)
            scale = np.where(top > 0, top / np.float32(127), np.float32(1)).astype(np.float32)
            ratio = values / scale[:, None]
            levels = np.clip(np.sign(ratio) * np.floor(np.abs(ratio) + 0.5), -127, 127).astype(np.int8)
            parts[name], parts[f"{name}.scale"] = levels, scale
        else:
            parts[name] = values
    # Ordered by alignment, then by name, as the safetensors crate writes.
    order = sorted(parts, key=lambda n: (parts[n].dtype != np.float32, n))
    header, body = {}, b""
    for name in order:
        data = parts[name].tobytes()
        kind = "F32" if parts[name].dtype == np.float32 else "I8"
        header[name] = {"dtype": kind, "shape": list(parts[name].shape), "data_offsets": [len(body), len(body) + len(data)]}
        body += data
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    with open(file, "wb") as out:
        out.write(struct.pack("<Q", len(text)) + text + body)
