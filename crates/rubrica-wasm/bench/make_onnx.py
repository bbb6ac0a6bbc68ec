"""Writes a BERT encoder as ONNX, in 32-bit floats and in int8, so that onnxruntime-web can be timed beside Rubrica.

Usage: python make_onnx.py MODEL_FOLDER OUT_FOLDER
MODEL_FOLDER holds config.json and model.safetensors; OUT_FOLDER gets model.onnx and model_int8.onnx.
Both graphs are run once: the int8 one has to agree with the other to a cosine of 0.98.
"""

import json
import sys
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import QuantType, quantize_dynamic
from safetensors.numpy import load_file


class Graph:
    """Nodes and constants of a graph that is being put together; values are known by name."""

    def __init__(self):
        self.nodes, self.constants = [], {}

    def constant(self, name, value):
        array = np.ascontiguousarray(value)
        self.constants.setdefault(name, numpy_helper.from_array(array, name))
        return name

    def node(self, kind, *inputs, **attributes):
        output = f"{kind.lower()}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, list(inputs), [output], **attributes))
        return output


class Bert(Graph):
    """The encoder, as its configuration and tensors say."""

    def __init__(self, config, tensors):
        super().__init__()
        self.tensors, self.epsilon = tensors, config["layer_norm_eps"]
        self.heads, self.hidden = config["num_attention_heads"], config["hidden_size"]
        self.layers, self.positions = config["num_hidden_layers"], config["max_position_embeddings"]

    def weight(self, name):
        return self.constant(name, self.tensors[name].astype(np.float32))

    def linear(self, x, name):
        transposed = self.tensors[f"{name}.weight"].astype(np.float32).T
        product = self.node("MatMul", x, self.constant(f"{name}.transposed", transposed))
        return self.node("Add", product, self.weight(f"{name}.bias"))

    def norm(self, x, name):
        scale, shift = self.weight(f"{name}.weight"), self.weight(f"{name}.bias")
        return self.node("LayerNormalization", x, scale, shift, axis=-1, epsilon=self.epsilon)

    def embeddings(self):
        words = self.node("Gather", self.weight("embeddings.word_embeddings.weight"), "input_ids")
        types = self.node("Gather", self.weight("embeddings.token_type_embeddings.weight"), "token_type_ids")
        length = self.node("Slice", self.node("Shape", "input_ids"), *self.range("second", 1, 2))
        ids = self.constant("position_ids", np.arange(self.positions, dtype=np.int64))
        start = self.constant("start", np.array([0], np.int64))
        rows = self.node("Gather", self.weight("embeddings.position_embeddings.weight"), self.node("Slice", ids, start, length))
        return self.norm(self.node("Add", self.node("Add", words, types), rows), "embeddings.LayerNorm")

    def range(self, name, start, end):
        return [self.constant(f"{name}_{i}", np.array([at], np.int64)) for i, at in enumerate((start, end))]

    def mask(self):
        wide = self.node("Unsqueeze", "attention_mask", self.constant("axes", np.array([1, 2], np.int64)))
        hidden = self.node("Sub", self.constant("one", np.float32(1)), self.node("Cast", wide, to=TensorProto.FLOAT))
        return self.node("Mul", hidden, self.constant("far_below", np.float32(-10000)))

    def split(self, x, order):
        width = self.hidden // self.heads
        shape = self.constant("split", np.array([0, 0, self.heads, width], np.int64))
        return self.node("Transpose", self.node("Reshape", x, shape), perm=order)

    def attention(self, x, mask, name):
        query = self.split(self.linear(x, f"{name}.self.query"), [0, 2, 1, 3])
        key = self.split(self.linear(x, f"{name}.self.key"), [0, 2, 3, 1])
        value = self.split(self.linear(x, f"{name}.self.value"), [0, 2, 1, 3])
        root = self.constant("root", np.float32(np.sqrt(self.hidden // self.heads)))
        scores = self.node("Add", self.node("Div", self.node("MatMul", query, key), root), mask)
        mixed = self.node("MatMul", self.node("Softmax", scores, axis=-1), value)
        shape = self.constant("joined", np.array([0, 0, self.hidden], np.int64))
        joined = self.node("Reshape", self.node("Transpose", mixed, perm=[0, 2, 1, 3]), shape)
        out = self.linear(joined, f"{name}.output.dense")
        return self.norm(self.node("Add", out, x), f"{name}.output.LayerNorm")

    def gelu(self, x):
        """In the form that onnxruntime fuses into one kernel."""
        inner = self.node("Erf", self.node("Div", x, self.constant("sqrt2", np.float32(np.sqrt(2)))))
        outer = self.node("Mul", x, self.node("Add", inner, self.constant("one", np.float32(1))))
        return self.node("Mul", outer, self.constant("half", np.float32(0.5)))

    def build(self):
        x, mask = self.embeddings(), self.mask()
        for layer in range(self.layers):
            name = f"encoder.layer.{layer}"
            x = self.attention(x, mask, f"{name}.attention")
            wide = self.gelu(self.linear(x, f"{name}.intermediate.dense"))
            x = self.norm(self.node("Add", self.linear(wide, f"{name}.output.dense"), x), f"{name}.output.LayerNorm")
        self.nodes.append(helper.make_node("Identity", [x], ["last_hidden_state"]))
        inputs = [helper.make_tensor_value_info(name, TensorProto.INT64, ["batch", "tokens"])
                  for name in ("input_ids", "attention_mask", "token_type_ids")]
        output = helper.make_tensor_value_info("last_hidden_state", TensorProto.FLOAT, ["batch", "tokens", self.hidden])
        graph = helper.make_graph(self.nodes, "bert", inputs, [output], list(self.constants.values()))
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
        onnx.checker.check_model(model)
        return model


def embedding(path):
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    ids = np.array([[101, *range(2000, 2030), 102]], np.int64)
    feeds = {"input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": np.zeros_like(ids)}
    mean = session.run(None, feeds)[0][0].mean(0)
    return mean / np.linalg.norm(mean)


def main(source, target):
    target.mkdir(parents=True, exist_ok=True)
    config = json.loads((source / "config.json").read_text())
    plain, small = target / "model.onnx", target / "model_int8.onnx"
    onnx.save(Bert(config, load_file(source / "model.safetensors")).build(), plain)
    quantize_dynamic(plain, small, weight_type=QuantType.QInt8, per_channel=True, reduce_range=True)
    cosine = float(embedding(plain) @ embedding(small))
    if cosine < 0.98:
        sys.exit(f"int8 differs from f32: cosine {cosine:.4f}; expected at least 0.98")
    print(f"model.onnx {plain.stat().st_size} bytes, model_int8.onnx {small.stat().st_size} bytes, cosine {cosine:.5f}")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
