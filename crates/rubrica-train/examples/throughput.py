"""The steps of `throughput.rs` in PyTorch, on as many cores: a BERT encoder of MiniLM's size with random
weights, forward, backward and AdamW, all layers trained.

    pip install torch numpy
    python throughput.py [f32|mixed]
"""

import sys
import time

import torch
from torch import nn
from torch.nn import functional as F

HIDDEN, INNER, LAYERS, HEADS, WORDS = 384, 1536, 6, 12, 2000


class Layer(nn.Module):
    def __init__(self):
        super().__init__()
        self.qkv = nn.Linear(HIDDEN, 3 * HIDDEN)
        self.output = nn.Linear(HIDDEN, HIDDEN)
        self.attention_norm = nn.LayerNorm(HIDDEN)
        self.up = nn.Linear(HIDDEN, INNER)
        self.down = nn.Linear(INNER, HIDDEN)
        self.norm = nn.LayerNorm(HIDDEN)

    def forward(self, x):
        batch, seq, _ = x.shape
        q, k, v = self.qkv(x).view(batch, seq, 3 * HEADS, HIDDEN // HEADS).transpose(1, 2).chunk(3, 1)
        a = F.scaled_dot_product_attention(q, k, v).transpose(1, 2).reshape(batch, seq, HIDDEN)
        x = self.attention_norm(self.output(a) + x)
        return self.norm(self.down(F.gelu(self.up(x))) + x)


class Encoder(nn.Module):
    def __init__(self):
        super().__init__()
        # The embeddings stay as they are, as in a fit of a judge.
        self.words = nn.Embedding(WORDS, HIDDEN).requires_grad_(False)
        self.positions = nn.Embedding(512, HIDDEN).requires_grad_(False)
        self.layers = nn.ModuleList(Layer() for _ in range(LAYERS))
        self.head = nn.Linear(2 * HIDDEN, 1)

    def forward(self, ids):
        x = self.words(ids) + self.positions.weight[: ids.shape[1]]
        for layer in self.layers:
            x = layer(x)
        return self.head(torch.cat([x[:, 0], x.mean(1)], 1))


def main():
    mixed = (sys.argv[1:] or ["mixed"])[0] == "mixed"
    torch.manual_seed(1)
    for batch, length in [(8, 128), (32, 128), (16, 256)]:
        model = Encoder()
        learned = [p for p in model.parameters() if p.requires_grad]
        optimizer = torch.optim.AdamW(learned, lr=1e-5, weight_decay=0.01)
        times = []
        for _ in range(9):
            ids = torch.randint(3, WORDS, (batch, length))
            target = torch.rand(batch, 1)
            started = time.perf_counter()
            with torch.autocast("cpu", torch.bfloat16, enabled=mixed):
                logits = model(ids)
            loss = F.binary_cross_entropy_with_logits(logits.float(), target)
            loss.backward()
            for p in learned:
                nn.utils.clip_grad_norm_(p, 1.0)
            optimizer.step()
            optimizer.zero_grad()
            times.append(time.perf_counter() - started)
        step = sum(times[1:]) / len(times[1:])
        print(f"{batch} x {length}: {1e3 * step:.1f} ms a step, {1e3 * step / batch:.1f} ms a sequence")


main()
