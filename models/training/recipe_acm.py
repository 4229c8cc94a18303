"""vit-acm-*: Adaptive Computation Modules in place of vit-plain's FFNs and projections, a model for each budget of compute."""
import copy

import torch
from torch.nn import functional

import acm
import data
import publish
import recipe_vit
from loop import Run, accuracy, fit, in_pieces

BUDGETS = {"vit-acm-075": 0.75, "vit-acm-060": 0.60, "vit-acm-040": 0.40, "vit-acm-025": 0.25}
# Tuned on all patches, of which more learners are used than of half of them; on half, this budget ended at 0.83 and 91.26 %
WHOLE_IMAGES = ("vit-acm-075",)
SHARED = "vit-acm"
DISTILLING, LABELLING, TUNING = 1, 1, 1
RATES = dict(distilling=1e-3, labelling=5e-3, tuning=2e-4, gates=3e-3)
BUDGET_WEIGHT, ENTROPY_WEIGHT, DIVERSITY_WEIGHT, TEACHER_WEIGHT = 2.0, 0.05, 0.05, 1.0


def train(name):
    run = Run(name, recipe_vit.SEED)
    teacher = recipe_vit.trained("vit-plain")
    model, modules = start(teacher)
    images, labels = data.test_images()
    share(modules)
    model.requires_grad_(True)
    batches = data.ImageBatches(run.seed)
    teachings = answers(teacher, batches.images)

    def loss_of(batch):
        pixels, targets, numbers = batch
        taught = teachings[numbers]
        logits = model(pixels)
        hard = functional.cross_entropy(logits, targets, label_smoothing=recipe_vit.SMOOTHING)
        soft = functional.kl_div(logits.log_softmax(1), taught.log_softmax(1), reduction="batchmean", log_target=True)
        return hard + TEACHER_WEIGHT * soft + regularisers(modules, BUDGETS[name])

    def evaluate():
        return described(model, modules, images, labels)

    seconds = fit(run, "tuning", model, batches, TUNING, RATES["tuning"], loss_of, evaluate,
                  gate_rate=RATES["gates"],
                  begin_epoch=lambda epoch: recipe_vit.keep_patches(model, epoch, TUNING, whole_epochs(name)))
    write(run, model, modules, teacher, images, labels, seconds)


def whole_epochs(name):
    return TUNING if name in WHOLE_IMAGES else 0


def answers(teacher, images):
    """The teacher's logits [images, classes], worked out once for all budgets."""
    run = Run(SHARED, recipe_vit.SEED)
    logits = run.saved("teacher")
    if logits is None:
        with torch.no_grad():
            logits = torch.cat([teacher(data.pixels(piece)) for piece in images.split(500)])
        run.save("teacher", logits)
    return logits


def start(teacher):
    """The model after the two phases that all budgets share, and its ACMs; runs the phases where they have not been."""
    run = Run(SHARED, recipe_vit.SEED)
    model = copy.deepcopy(teacher)
    pairs = acm.replace_modules(model)
    modules = [a for a, _ in pairs]
    model.requires_grad_(False)
    batches = data.ImageBatches(run.seed)
    images, labels = data.test_images()
    dense = inputs_of_modules(teacher)

    def fixed(k):
        share(modules, mode=k)
        found = accuracy(model, images[:data.EVALUATION_IMAGES], labels[:data.EVALUATION_IMAGES])
        share(modules)
        return found

    def distil(batch):
        seen = dense(batch[0])
        return sum((a.every_choice(z) - f).square().mean() / f.var() for a, (z, f) in zip(modules, seen))

    set_trainable(modules, learners=True)
    fit(run, "distilling", model, batches, DISTILLING, RATES["distilling"], distil,
        lambda: "accuracy of 1 to 4 learners " + " ".join(f"{fixed(k):.2f}" for k in range(1, 5)))

    def label(batch):
        seen = dense(batch[0])
        loss = 0.0
        for a, (z, f) in zip(modules, seen):
            with torch.no_grad():
                errors = (a.every_choice(z) - f).square().mean(-1).flatten(1)
                wanted = acm.labels(errors)
            loss = loss + functional.cross_entropy(a.logits(z).flatten(0, 1), wanted)
        return loss / len(modules)

    set_trainable(modules, learners=False)
    fit(run, "labelling", model, batches, LABELLING, RATES["labelling"], label,
        lambda: described(model, modules, images, labels))
    return model, modules


def set_trainable(modules, learners):
    """Optimisers hold the parameters that need gradients: the learners' alone, or the gates' alone."""
    for a in modules:
        a.requires_grad_(learners)
        a.gating_network.requires_grad_(not learners)


def share(modules, mode="gated"):
    for a in modules:
        a.mode = mode


def inputs_of_modules(teacher):
    """A function of images: for each module that ACMs replace, its input and output in the teacher, on random half of the patches."""
    seen = {}
    replaced = []
    for block in teacher.blocks():
        replaced += [getattr(block.self_attention, n) for n in ("q_proj", "k_proj", "v_proj", "o_proj")] + [block.mlp]
    for module in replaced:
        module.register_forward_hook(lambda m, inputs, output: seen.__setitem__(m, (inputs[0], output)))

    @torch.no_grad()
    def run(images):
        teacher.train()
        teacher.kept_patches = recipe_vit.KEPT_PATCHES
        teacher(images)
        teacher.eval()
        return [seen[m] for m in replaced]
    return run


def usage(modules):
    """Learners used of all, weighted by their cost, for each image of the last gated run."""
    costs = torch.tensor([float(a.cost()) for a in modules])
    used = torch.stack([a.learners().mean(1) / acm.LEARNERS for a in modules])
    return used, costs / costs.sum()


def regularisers(modules, budget):
    """Nearness to the budget; a gate's choices spread over all tokens; images that differ in what they use."""
    used, costs = usage(modules)
    nearness = ((used * costs[:, None]).sum(0).mean() - budget).abs()
    means = torch.cat([a.chosen.mean((0, 1)).clamp_min(1e-6) for a in modules])
    entropy = -(means * means.log()).sum() / len(modules)
    diversity = (used - used.roll(1, 1)).abs().mean()
    return BUDGET_WEIGHT * nearness - ENTROPY_WEIGHT * entropy - DIVERSITY_WEIGHT * diversity


def measured(model, modules, images, labels):
    """Accuracy in percent, and the learners' share of multiply-adds that the gates chose."""
    shares = []

    def run(piece):
        logits = model(piece)
        used, costs = usage(modules)
        shares.append((used * costs[:, None]).sum(0))
        return logits
    found = accuracy(run, images, labels)
    return found, torch.cat(shares).mean().item()


def described(model, modules, images, labels):
    """How far the training is, on the first images of the test set."""
    found, used = measured(model, modules, images[:data.EVALUATION_IMAGES], labels[:data.EVALUATION_IMAGES])
    return f"accuracy on {data.EVALUATION_IMAGES} {found:.2f} compute {used:.3f}"


@torch.no_grad()
def histogram(model, modules, images):
    """For each module, the share of tokens that get 0 to N learners."""
    counts = torch.zeros(len(modules), acm.LEARNERS + 1)
    for piece in images.split(500):
        model(piece)
        for i, a in enumerate(modules):
            counts[i] += torch.bincount(a.learners().long().flatten(), minlength=acm.LEARNERS + 1)
    return counts / counts.sum(1, keepdim=True)


def write(run, model, modules, teacher, images, labels, seconds):
    name, budget = run.name, BUDGETS[run.name]
    found, used = measured(model, modules, images, labels)
    least = dict(q_proj=1, k_proj=1, v_proj=1, o_proj=1, mlp=0)
    config = dict(recipe_vit.config_of(model, "layer"),
                  acm=dict(learners=acm.LEARNERS, least_learners=least, bias="hidden_only",
                           activations=dict(mlp="gelu", projections="identity"), budget=budget, compat_skip_last=False))
    publish.write_config(name, config)
    publish.write_weights(name, model, {"architecture": "vit"})
    samples = images[:publish.GOLDEN_SAMPLES]
    exact, exact_modules = copy.deepcopy((model, modules))
    exact.double()
    with torch.no_grad():
        logits = exact(samples.double())
    chosen = torch.stack([a.learners().to(torch.uint8) for a in exact_modules])
    publish.write_golden(name, {"images": samples}, {"logits": logits, "learners": chosen})
    some = data.EVALUATION_IMAGES
    publish.write_evaluation(name, "accuracy", {"logits": dict(
        test=found, subset=measured(model, modules, images[:some], labels[:some])[0])})
    rows = [["", "accuracy, %", "compute of the modules"],
            ["vit-plain", f"{accuracy(teacher, images, labels):.2f}", "1.000"], ["this model", f"{found:.2f}", f"{used:.3f}"]]
    shares = histogram(model, modules, images)
    names = ["q", "k", "v", "o", "FFN"]
    notes = ["Tokens, in percent, by their number of learners (0 to 4), over the layers: " + "; ".join(
        f"{n} " + ", ".join("/".join(f"{100 * s:.0f}" for s in shares[5 * layer + i]) for layer in range(len(modules) // 5))
        for i, n in enumerate(names)) + ".",
        "No ONNX file: the number of learners differs from token to token."]
    rates = ", ".join(f"{r} {stage}" for stage, r in RATES.items())
    schedule = (f"distilled from vit-plain module by module ({DISTILLING} epoch), gates on labels ({LABELLING} epoch), both shared "
                f"by all budgets, then {TUNING} epoch end to end for this budget; AdamW, rates "
                f"{rates}, batch 64, half of the patches"
                f"{' but in the tuning' if whole_epochs(name) else ''}; weight of the budget {BUDGET_WEIGHT}, of entropy and diversity {ENTROPY_WEIGHT}, of the teacher "
                f"{TEACHER_WEIGHT}")
    publish.write_card(name, run, f"vit-plain with adaptive computation modules, budget {budget}.",
                       recipe_vit.facts_of(run, seconds, schedule), rows, notes)
