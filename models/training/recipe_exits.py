"""vit-exits: a head after each layer of the frozen vit-plain, so that easy images can leave early."""
import copy

import torch
from torch import nn
from torch.nn import functional

import data
import publish
import recipe_vit
import vit
from loop import Run, fit, in_pieces

EPOCHS, RATE = 2, 3e-3
THRESHOLDS = (0.7, 0.8, 0.9, 0.95)


class VitExits(nn.Module):
    """All heads' logits [exits, batch, classes]; the last is vit-plain's own."""

    def __init__(self, backbone):
        super().__init__()
        self.backbone = backbone
        size, classes = backbone.shape["hidden_size"], backbone.shape["classes"]
        self.exits = nn.ModuleList(
            nn.ModuleDict(dict(ln=nn.LayerNorm(size, vit.NORM_EPSILON), head=nn.Linear(size, classes)))
            for _ in range(backbone.shape["layers"] - 1))
        backbone.requires_grad_(False)

    def forward(self, images):
        x, logits = self.backbone.tokens(images), []
        for i, block in enumerate(self.backbone.blocks()):
            x = block(x)
            if i < len(self.exits):
                logits.append(self.exits[i].head(self.exits[i].ln(x[:, 0])))
        return torch.stack([*logits, self.backbone.heads(self.backbone.encoder.ln(x)[:, 0])])


def train(name):
    run = Run(name, recipe_vit.SEED)
    model = VitExits(recipe_vit.trained("vit-plain"))
    images, labels = data.test_images()

    def loss_of(batch):
        pixels, targets, _ = batch
        return sum(functional.cross_entropy(logits, targets) for logits in model(pixels)[:-1])

    def evaluate():
        some = data.EVALUATION_IMAGES
        found = accuracies(all_logits(model, images[:some]), labels[:some])
        return f"accuracy on {some} " + " ".join(f"{a:.2f}" for a in found)

    seconds = fit(run, "training", model, data.ImageBatches(run.seed), EPOCHS, RATE, loss_of, evaluate)
    config = dict(recipe_vit.config_of(model.backbone, "layer"), exits=dict(after_layers=list(range(len(model.exits))),
                                                                          confidence="highest softmax probability"))
    publish.write_config(name, config)
    # the backbone's names are those of vit-plain
    flat = Flat(model)
    offsets = publish.write_weights(name, flat, {"architecture": "vit"})
    outputs = [f"logits.{i}" for i in range(len(model.exits))] + ["logits"]
    publish.write_onnx(name, flat, images[:2], ["images"], outputs,
                       {n: {0: "batch"} for n in ["images", *outputs]}, offsets)
    samples = images[:publish.GOLDEN_SAMPLES]
    with torch.no_grad():
        exact = copy.deepcopy(model).double()(samples.double())
    publish.write_golden(name, {"images": samples}, dict(zip(outputs, exact)))
    logits = all_logits(model, images)
    some = data.EVALUATION_IMAGES
    publish.write_evaluation(name, "accuracy", {
        o: dict(test=test, subset=subset) for o, test, subset in
        zip(outputs, accuracies(logits, labels), accuracies(logits[:, :some], labels[:some]))})
    rows = [["head", "accuracy, %", "mean layers run"]]
    rows += [[f"after layer {i + 1}" if i < len(model.exits) else "own", f"{a:.2f}", i + 1]
             for i, a in enumerate(accuracies(logits, labels))]
    rows += [[f"first with probability {t}", *early(logits, labels, t)] for t in THRESHOLDS]
    publish.write_card(name, run, "vit-plain, frozen, with a head after each of its layers.",
                       recipe_vit.facts_of(run, seconds, f"{EPOCHS} epochs of the heads alone, AdamW, rate {RATE}, cosine, batch 64"),
                       rows)


class Flat(nn.Module):
    """The same with the backbone's parameters under their own names, and an output for each head."""

    def __init__(self, model):
        super().__init__()
        for child, module in model.backbone.named_children():
            self.add_module(child, module)
        self.class_token = model.backbone.class_token
        self.exits = model.exits
        self.model = [model]

    def forward(self, images):
        return tuple(self.model[0](images))


def all_logits(model, images):
    return in_pieces(lambda piece: model(piece).transpose(0, 1), images).transpose(0, 1)


def accuracies(logits, labels):
    return [100.0 * (l.argmax(1) == labels).float().mean().item() for l in logits]


def early(logits, labels, threshold):
    """Accuracy and mean number of layers where an image leaves at the first head that is sure enough."""
    sure = torch.softmax(logits, 2).amax(2) >= threshold
    sure[-1] = True
    at = sure.float().argmax(0)
    right = logits.argmax(2).gather(0, at[None])[0] == labels
    return f"{100.0 * right.float().mean().item():.2f}", f"{(at + 1).float().mean().item():.2f}"
