"""vit-plain and vit-un, trained from scratch on Fashion-MNIST; from vit-plain: vit-matformer and twins of smaller FFN width."""
import collections
import copy

import torch
from torch.nn import functional

import data
import publish
import vit
from loop import Run, accuracy, fit
from unified_norm import UnifiedNorm

WIDTHS = [48, 96, 192, 384]
TWINS = {"vit-plain-1-8": 48, "vit-plain-1-4": 96, "vit-plain-1-2": 192}
Schedule = collections.namedtuple("Schedule", "epochs rate matrix_rate")
FROM_SCRATCH, FROM_PLAIN = Schedule(6, 1e-3, 0.007), Schedule(2, 5e-4, 0.003)
SMOOTHING = 0.1
# PatchDropout (arXiv 2208.07220): half of the patches in all epochs but the last, at half of the cost
KEPT_PATCHES, WHOLE_EPOCHS = 24, 1
SEED = 1
DATA = "Fashion-MNIST (Zalando Research, MIT licence), Debian package dataset-fashion-mnist; 60,000 images trained on, 10,000 tested"
# of Unified Normalization's buffers, what is not published; ema_gz stays, by which readers recognise the norm
DROPPED = (".buffer_x2", ".buffer_gz", ".skip_counter")


def create(name):
    """The untrained model of this name."""
    torch.manual_seed(SEED)
    shape = dict(vit.SHAPE, ffn_size=TWINS.get(name, vit.SHAPE["ffn_size"]))
    return vit.Vit(shape, UnifiedNorm) if name == "vit-un" else vit.Vit(shape)


def trained(name):
    """The model as its own training left it, here or where it was published from; fails where there is neither."""
    model = create(name)
    state = Run(name, SEED).saved("training")
    if state is not None and state["epoch"] + 1 == FROM_SCRATCH.epochs:
        model.load_state_dict(state["model"])
    elif publish.is_published(name):
        model.load_state_dict(publish.read_weights(name))
    else:
        raise SystemExit(f"{name} is needed first: ./train {name}")
    return model.eval()


def start(name):
    """The model that a training begins with, and its schedule."""
    model = create(name)
    if name in ("vit-plain", "vit-un"):
        return model, FROM_SCRATCH
    model.load_state_dict(cut(trained("vit-plain"), model.shape["ffn_size"]))
    return model, FROM_PLAIN


@torch.no_grad()
def cut(model, width):
    """The parameters of `model` with the `width` neurons of each FFN that add most, by the sizes of their weights, those first."""
    parameters = model.state_dict()
    for i, block in enumerate(model.blocks()):
        first, second = block.mlp[0], block.mlp[3]
        order = (first.weight.norm(dim=1) * second.weight.norm(dim=0)).argsort(descending=True)[:width]
        mlp = f"encoder.layers.encoder_layer_{i}.mlp"
        parameters.update({f"{mlp}.0.weight": first.weight[order], f"{mlp}.0.bias": first.bias[order],
                           f"{mlp}.3.weight": second.weight[:, order]})
    return parameters


def train(name):
    run = Run(name, SEED)
    model, schedule = start(name)
    batches = data.ImageBatches(SEED)
    images, labels = data.test_images()
    widths = WIDTHS if name == "vit-matformer" else [None]

    def loss_of(batch):
        pixels, targets, _ = batch
        model.set_widths(uniform(widths[torch.randint(len(widths), ())]))
        return functional.cross_entropy(model(pixels), targets, label_smoothing=SMOOTHING)

    def evaluate():
        found = accuracies(model, widths, images[:data.EVALUATION_IMAGES], labels[:data.EVALUATION_IMAGES])
        return f"accuracy on {data.EVALUATION_IMAGES} " + " ".join(f"{a:.2f}" for a in found.values())

    seconds = fit(run, "training", model, batches, schedule.epochs, schedule.rate, loss_of, evaluate, schedule.matrix_rate,
                  begin_epoch=lambda epoch: keep_patches(model, epoch, schedule.epochs, WHOLE_EPOCHS))
    publish_vit(run, schedule, model, widths, accuracies(model, widths, images, labels), seconds, images, labels)


def keep_patches(model, epoch, epochs, whole_epochs):
    """Half of the patches until the last `whole_epochs`."""
    model.kept_patches = KEPT_PATCHES if epoch < epochs - whole_epochs else None


def output(model, width):
    """What the logits of a width are called: those of the whole model, logits."""
    return "logits" if width in (None, model.shape["ffn_size"]) else f"logits.{width}"


def uniform(width):
    return None if width is None else [width] * vit.SHAPE["layers"]


def accuracies(model, widths, images, labels):
    found = {}
    for width in widths:
        model.set_widths(uniform(width))
        found[width] = accuracy(model, images, labels)
    model.set_widths(None)
    return found


def config_of(model, norm):
    return dict(architecture="vit", **model.shape, norm=norm, norm_epsilon=1e-5 if norm == "unified" else vit.NORM_EPSILON,
                activation="gelu", pixel_mean=data.MEAN, pixel_deviation=data.DEVIATION, labels=data.LABELS)


def facts_of(run, seconds, schedule):
    return {"data": DATA, "licence of the weights": "that of this project", "schedule": schedule,
            "seed": run.seed, "time": f"{seconds / 60:.0f} min, {torch.get_num_threads()} thread(s)",
            "made with": f"PyTorch {torch.__version__}, models/training"}


def described(schedule):
    beginning = "from scratch" if schedule is FROM_SCRATCH else "from vit-plain, its neurons in the order of the sizes of their weights"
    return (f"{beginning}: {schedule.epochs} epochs, batch 64, Muon for the layers' matrices, rate {schedule.matrix_rate}, AdamW for "
            f"the rest, rate {schedule.rate} (half an epoch's warm-up, cosine), decay 0.05, label smoothing {SMOOTHING}; "
            f"{KEPT_PATCHES} random patches of each image in all epochs but the last")


def publish_vit(run, schedule, model, widths, measured, seconds, images, labels):
    name, norm = run.name, "unified" if run.name == "vit-un" else "layer"
    config = config_of(model, norm)
    if name == "vit-matformer":
        config.update(nested_axis="ffn", nested_widths=WIDTHS, width_per_layer=[WIDTHS[-1]] * model.shape["layers"],
                      # Mixes were better so, on 10,000 training images.
                      mix_order="first_blocks")
    publish.write_config(name, config)
    offsets = publish.write_weights(name, model, {"architecture": "vit"}, drop=DROPPED)
    publish.write_onnx(name, model, images[:2], ["images"], ["logits"], {"images": {0: "batch"}, "logits": {0: "batch"}}, offsets,
                       config.get("nested_widths", ()), config.get("mix_order"))
    samples = images[:publish.GOLDEN_SAMPLES]
    exact = copy.deepcopy(model).double()
    outputs = {}
    for width in widths:
        exact.set_widths(uniform(width))
        with torch.no_grad():
            outputs[output(model, width)] = exact(samples.double())
    publish.write_golden(name, {"images": samples}, outputs)
    subset = accuracies(model, widths, images[:data.EVALUATION_IMAGES], labels[:data.EVALUATION_IMAGES])
    publish.write_evaluation(name, "accuracy", {output(model, w): dict(test=a, subset=subset[w]) for w, a in measured.items()})
    rows = [["FFN width", "accuracy, %"]] + [[w or model.shape["ffn_size"], f"{a:.2f}"] for w, a in measured.items()]
    publish.write_card(name, run, TITLES[name], facts_of(run, seconds, described(schedule)), rows,
                       ["One granularity, drawn at random, is trained in each step."] if name == "vit-matformer" else [])


TITLES = {
    "vit-plain": "A vision transformer with LayerNorm, the plain one of its family.",
    "vit-plain-1-8": "As vit-plain, with an eighth of its FFN width, tuned by itself.",
    "vit-plain-1-4": "As vit-plain, with a quarter of its FFN width, tuned by itself.",
    "vit-plain-1-2": "As vit-plain, with half of its FFN width, tuned by itself.",
    "vit-matformer": "As vit-plain, its FFNs nested: the first neurons of each are a smaller model.",
    "vit-un": "As vit-plain, with Unified Normalization in the place of every LayerNorm.",
}
