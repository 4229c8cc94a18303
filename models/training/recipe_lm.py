"""lm-plain, trained from scratch on WordNet glosses and the King James text, byte by byte; from it lm-matformer."""
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
FROM_SCRATCH, FROM_PLAIN = recipe_vit.Schedule(4, 2e-3, 0.007), recipe_vit.Schedule(3, 1e-3, 0.003)
SEED = 1


def start(name):
    """The model that a training begins with, and its schedule."""
    torch.manual_seed(SEED)
    model = decoder.Decoder(decoder.SHAPE)
    if name == "lm-plain":
        return model, FROM_SCRATCH
    if not publish.is_published("lm-plain"):
        raise SystemExit("lm-plain is needed first: ./train lm-plain")
    model.load_state_dict(publish.read_weights("lm-plain"))
    sort_neurons(model)
    return model, FROM_PLAIN


@torch.no_grad()
def sort_neurons(model):
    """The hidden neurons of each layer that add most, by the sizes of their weights, first: the function stays."""
    for block in model.transformer.blocks:
        order = (block.ff_proj.weight.norm(dim=1) * block.ff_out.weight.norm(dim=0)).argsort(descending=True)
        for parameter, at in ((block.ff_proj.weight, order), (block.ff_proj.bias, order), (block.ff_out.weight, (slice(None), order))):
            parameter.copy_(parameter[at].clone())


def train(name):
    run = Run(name, SEED)
    model, schedule = start(name)
    widths = WIDTHS if name == "lm-matformer" else [None]
    held_out = text.windows(text.held_out(), decoder.SHAPE["context"])

    def loss_of(tokens):
        width = widths[torch.randint(len(widths), ())]
        model.set_widths(uniform(width))
        return functional.cross_entropy(model(tokens[:, :-1]).flatten(0, 1), tokens[:, 1:].flatten())

    def evaluate():
        return "loss on held-out text " + " ".join(f"{l:.4f}" for l in losses(model, widths, held_out[::8]).values())

    batches = text.Batches(SEED + NAMES.index(name), decoder.SHAPE["context"])
    seconds = fit(run, "training", model, batches, schedule.epochs, schedule.rate, loss_of, evaluate, schedule.matrix_rate,
                  decay=0.1, warm_epochs=0.5)
    publish.round_to_half(model)
    write(run, schedule, model, widths, losses(model, widths, held_out), seconds, held_out)


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


def write(run, schedule, model, widths, measured, seconds, held_out):
    name = run.name
    config = dict(architecture="decoder", **model.shape, key_value_heads=1, position="alibi", alibi_bias_max=8, norm="layer",
                  norm_epsilon=decoder.NORM_EPSILON, activation="gelu", tied_head=True, tokens="bytes")
    if name == "lm-matformer":
        config.update(nested_axis="ffn", nested_widths=WIDTHS, width_per_layer=[WIDTHS[-1]] * model.shape["layers"],
                      # Mixes were better so, on text that the model was trained on.
                      mix_order="first_blocks")
    publish.write_config(name, config)
    offsets = publish.write_weights(name, model, {"architecture": "decoder"}, half=True)
    example = held_out[:2, :64]
    axes = {"tokens": {0: "batch", 1: "length"}, "logits": {0: "batch", 1: "length"}}
    publish.write_onnx(name, model, example, ["tokens"], ["logits"], axes, offsets, config.get("nested_widths", ()),
                       config.get("mix_order"))
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
    source = "lm-plain" if name == "lm-matformer" else "scratch"
    description = (f"from {source}, {schedule.epochs} parts of {text.STEPS} steps, {text.BATCH} windows of "
                   f"{model.shape['context']} bytes, Muon for the blocks' matrices, rate {schedule.matrix_rate}, AdamW for the rest, "
                   f"rate {schedule.rate}, cosine, decay 0.1; weights rounded to fp16 after training")
    facts = dict(recipe_vit.facts_of(run, seconds, description), data=text.DATA)
    title = "A causal language model of bytes" + (", its FFNs nested." if name == "lm-matformer" else ", the plain twin of lm-matformer.")
    publish.write_card(name, run, title, facts, rows,
                       ["The held-out text is data/evaluation-text.txt beside the models."])
