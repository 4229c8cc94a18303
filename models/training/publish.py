"""Writes `checkpoints/<name>/`: model.safetensors, config.json, model.onnx, golden.safetensors, card.md and the log."""
import copy
import json
import shutil

import numpy
import torch

from loop import CHECKPOINTS

TYPES = {"float64": "F64", "float32": "F32", "float16": "F16", "int64": "I64", "uint8": "U8"}
GOLDEN_SAMPLES = 8


def folder_of(name):
    folder = CHECKPOINTS / name
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def write_safetensors(path, tensors, metadata=None):
    """Largest element type first, so that every tensor starts on a multiple of its elements' size; {name: offset in the file}."""
    arrays = {n: numpy.ascontiguousarray(t.detach().numpy() if torch.is_tensor(t) else t) for n, t in tensors.items()}
    names = sorted(arrays, key=lambda n: (-arrays[n].itemsize, n))
    header, at = {}, 0
    if metadata:
        header["__metadata__"] = metadata
    for n in names:
        end = at + arrays[n].nbytes
        header[n] = dict(dtype=TYPES[str(arrays[n].dtype)], shape=list(arrays[n].shape), data_offsets=[at, end])
        at = end
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 64)
    with open(path, "wb") as file:
        file.write(len(text).to_bytes(8, "little"))
        file.write(text)
        for n in names:
            file.write(arrays[n].tobytes())
    return {n: 8 + len(text) + header[n]["data_offsets"][0] for n in names}


def is_published(name):
    return (CHECKPOINTS / name / "model.safetensors").exists()


def read_weights(name):
    """The tensors of a published model, {name: tensor}."""
    content = (CHECKPOINTS / name / "model.safetensors").read_bytes()
    start = 8 + int.from_bytes(content[:8], "little")
    types = {short: numpy.dtype(long) for long, short in TYPES.items()}
    tensors = {}
    for n, entry in json.loads(content[8:start]).items():
        if n != "__metadata__":
            first, end = (start + at for at in entry["data_offsets"])
            array = numpy.frombuffer(content[first:end], types[entry["dtype"]])
            tensors[n] = torch.from_numpy(array.reshape(entry["shape"]).copy())
    return tensors


def write_config(name, config):
    (folder_of(name) / "config.json").write_text(json.dumps(config, indent=2) + "\n")


@torch.no_grad()
def round_to_half(model):
    """Rounds the parameters to fp16, so that what is stored, exported and measured is the same."""
    for parameter in model.parameters():
        parameter.copy_(parameter.half().float())


class Offsets(dict):
    """Where each tensor lies in model.safetensors, and whether all are stored as fp16."""

    def __init__(self, offsets, half):
        super().__init__(offsets)
        self.half = half


def write_weights(name, model, metadata, half=False, drop=()):
    """Writes the parameters and buffers whose names end with none of `drop`."""
    tensors = {n: t.half() if half and t.is_floating_point() else t for n, t in model.state_dict().items()
               if not n.endswith(tuple(drop) or ("\0",))}
    return Offsets(write_safetensors(folder_of(name) / "model.safetensors", tensors, {"format": "pt", **metadata}), half)


def write_onnx(name, model, example, inputs, outputs, axes, offsets, nested_widths=(), mix_order=None):
    """ONNX whose weights are not copied: its initialisers are external data that lies in model.safetensors."""
    import onnx

    path = folder_of(name) / "model.onnx"
    model = copy.deepcopy(model)
    torch.onnx.export(model, example, str(path), input_names=inputs, output_names=outputs, dynamic_axes=axes, opset_version=17,
                      do_constant_folding=False)
    proto = onnx.load(str(path))
    casts = []
    for tensor in proto.graph.initializer:
        if tensor.name not in offsets:
            continue
        length = len(tensor.raw_data)
        offset = offsets[tensor.name]
        if offsets.half:
            casts.append(onnx.helper.make_node("Cast", [tensor.name + ".fp16"], [tensor.name], to=onnx.TensorProto.FLOAT))
            tensor.name += ".fp16"
            tensor.data_type = onnx.TensorProto.FLOAT16
            length //= 2
        tensor.ClearField("raw_data")
        tensor.data_location = onnx.TensorProto.EXTERNAL
        for key, value in dict(location="model.safetensors", offset=offset, length=length).items():
            tensor.external_data.add(key=key, value=str(value))
    nodes = casts + list(proto.graph.node)
    del proto.graph.node[:]
    proto.graph.node.extend(nodes)
    for node in proto.graph.node:
        node.doc_string = ""
    if nested_widths:
        proto.metadata_props.add(key="lanewise.nested_widths", value=",".join(map(str, nested_widths)))
    if mix_order:
        proto.metadata_props.add(key="lanewise.mix_order", value=mix_order)
    path.write_bytes(proto.SerializeToString())


def write_golden(name, inputs, outputs):
    """A few inputs, and what the model in float64 makes of them."""
    write_safetensors(folder_of(name) / "golden.safetensors", {**inputs, **outputs})


def write_evaluation(name, metric, values):
    """What PyTorch measured, for tests: {output: {part of the data: value}}."""
    rounded = {output: {part: round(value, 4) for part, value in parts.items()} for output, parts in values.items()}
    (folder_of(name) / "evaluation.json").write_text(json.dumps({metric: rounded}, indent=2) + "\n")


def write_card(name, run, title, facts, table, notes=()):
    """The model's card: facts as a list, one table (head and rows), notes; and the log of the training beside it."""
    lines = [f"# {name}", "", title, ""]
    lines += [f"- {key}: {value}" for key, value in facts.items()] + [""]
    head, *rows = table
    lines += ["| " + " | ".join(head) + " |", "| " + " | ".join("---" if i == 0 else "---:" for i in range(len(head))) + " |"]
    lines += ["| " + " | ".join(str(c) for c in row) + " |" for row in rows]
    for note in notes:
        lines += ["", note]
    (folder_of(name) / "card.md").write_text("\n".join(lines) + "\n")
    shutil.copyfile(run.log_file, folder_of(name) / "training.log")
