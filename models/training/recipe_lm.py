"""lm-matformer and its plain twin lm-plain: byte-level, on WordNet glosses and the King James text."""
import copy
import math

import torch
from torch.nn import functional

import decoder
import publish
import recipe_vit
import text
from loop import Run, fit

NAMES = ("lm-plain", "lm-matformer")
WIDTHS = [96, 192, 384, 768]
EPOCHS, RATE, MATRIX_RATE = 4, 2e-3, 0.007
SEED = 1


def train(name):
    run = Run(name, SEED)
    model = decoder.Decoder(decoder.SHAPE)
    widths = WIDTHS if name == "lm-matformer" else [None]
    held_out = text.windows(text.held_out(), decoder.SHAPE["context"])

    def loss_of(tokens):
        width = widths[torch.randint(len(widths), ())]
        model.set_widths(uniform(width))
        return functional.cross_entropy(model(tokens[:, :-1]).flatten(0, 1), tokens[:, 1:].flatten())

    def evaluate():
        return "loss on held-out text " + " ".join(f"{l:.4f}" for l in losses(model, widths, held_out[::8]).values())

    batches = text.Batches(SEED, decoder.SHAPE["context"])
    seconds = fit(run, "training", model, batches, EPOCHS, RATE, loss_of, evaluate, MATRIX_RATE, decay=0.1, warm_epochs=0.5)
    publish.round_to_half(model)
    write(run, model, widths, losses(model, widths, held_out), seconds, held_out)


def uniform(width):
    return None if width is None else [width] * decoder.SHAPE["layers"]


@torch.no_grad()
def losses(model, widths, windows):
    """Mean negative log-likelihood of a byte, in nats, for each width."""
    found = {}
    for width in widths:
        model.set_widths(uniform(width))
        total = sum(functional.cross_entropy(model(piece[:, :-1]).flatten(0, 1), piece[:, 1:].flatten(), reduction="sum").item()
                    for piece in windows.split(32))
        found[width] = total / (windows.shape[0] * (windows.shape[1] - 1))
    model.set_widths(None)
    return found


def write(run, model, widths, measured, seconds, held_out):
    name = run.name
    config = dict(architecture="decoder", **model.shape, key_value_heads=1, position="alibi", alibi_bias_max=8, norm="layer",
                  norm_epsilon=decoder.NORM_EPSILON, activation="gelu", tied_head=True, tokens="bytes")
    if name == "lm-matformer":
        config.update(nested_axis="ffn", nested_widths=WIDTHS, width_per_layer=[WIDTHS[-1]] * model.shape["layers"])
    publish.write_config(name, config)
    offsets = publish.write_weights(name, model, {"architecture": "decoder"}, half=True)
    example = held_out[:2, :64]
    axes = {"tokens": {0: "batch", 1: "length"}, "logits": {0: "batch", 1: "length"}}
    publish.write_onnx(name, model, example, ["tokens"], ["logits"], axes, offsets, config.get("nested_widths", ()))
    samples = held_out[:2, :64]
    exact = copy.deepcopy(model).double()
    outputs = {}
    for width in widths:
        exact.set_widths(uniform(width))
        with torch.no_grad():
            outputs[recipe_vit.output(model, width)] = exact(samples)
    publish.write_golden(name, {"tokens": samples}, outputs)
    subset = losses(model, widths, held_out[::8])
    publish.write_evaluation(name, "loss", {recipe_vit.output(model, w): dict(test=l, subset=subset[w]) for w, l in measured.items()})
    rows = [["FFN width", "loss, nats a byte", "bits a byte"]]
    rows += [[w or model.shape["ffn_size"], f"{l:.4f}", f"{l / math.log(2):.4f}"] for w, l in measured.items()]
    schedule = (f"{EPOCHS} parts of {text.STEPS} steps, {text.BATCH} windows of {model.shape['context']} bytes, Muon for the blocks' "
                f"matrices, rate {MATRIX_RATE}, AdamW for the rest, rate {RATE}, "
                "cosine, decay 0.1; weights rounded to fp16 after training")
    facts = dict(recipe_vit.facts_of(run, seconds, schedule), data=text.DATA)
    title = "A causal language model of bytes" + (", its FFNs nested." if name == "lm-matformer" else ", the plain twin of lm-matformer.")
    publish.write_card(name, run, title, facts, rows,
                       ["The held-out text is data/evaluation-text.txt beside the models."])
