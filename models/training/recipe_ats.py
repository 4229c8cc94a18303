"""vit-ats: vit-plain with token sampling in its last blocks, tuned with the sampling in place."""
import copy

import torch
from torch.nn import functional

import data
import publish
import recipe_vit
import token_sampling
from loop import Run, accuracy, fit

BLOCKS = [2, 3, 4, 5]
EPOCHS, RATE = 1, 2e-4


def train(name):
    run = Run(name, recipe_vit.SEED)
    model = recipe_vit.trained("vit-plain")
    images, labels = data.test_images()
    untuned = accuracy(lambda piece: token_sampling.forward(model, piece, BLOCKS), images, labels)
    whole = accuracy(model, images, labels)

    def loss_of(batch):
        pixels, targets, _ = batch
        return functional.cross_entropy(token_sampling.forward(model, pixels, BLOCKS), targets,
                                        label_smoothing=recipe_vit.SMOOTHING)

    def sampled(some=len(images)):
        counts = {}
        found = accuracy(lambda piece: token_sampling.forward(model, piece, BLOCKS, counts), images[:some], labels[:some])
        return found, {i: n / some for i, n in counts.items()}

    def evaluate():
        found, tokens = sampled(data.EVALUATION_IMAGES)
        return f"accuracy on {data.EVALUATION_IMAGES} {found:.2f} tokens " + " ".join(f"{t:.1f}" for t in tokens.values())

    seconds = fit(run, "tuning", model, data.ImageBatches(run.seed), EPOCHS, RATE, loss_of, evaluate)
    found, tokens = sampled()
    config = dict(recipe_vit.config_of(model, "layer"),
                  token_sampling=dict(blocks=BLOCKS, reference_tokens=50, score="class attention times norm of v over all heads",
                                      grid="official", softmax_epsilon=token_sampling.EPSILON))
    publish.write_config(name, config)
    publish.write_weights(name, model, {"architecture": "vit"})
    samples = images[:publish.GOLDEN_SAMPLES]
    exact = copy.deepcopy(model).double()
    with torch.no_grad():
        logits = torch.cat([token_sampling.forward(exact, s[None].double(), BLOCKS) for s in samples])
    publish.write_golden(name, {"images": samples}, {"logits": logits})
    some = data.EVALUATION_IMAGES
    subset = accuracy(lambda piece: token_sampling.forward(model, piece, BLOCKS), images[:some], labels[:some])
    publish.write_evaluation(name, "accuracy", {"logits": dict(test=found, subset=subset)})
    rows = [["", "accuracy, %", "mean tokens after " + ", ".join(f"block {b}" for b in BLOCKS)],
            ["vit-plain", f"{whole:.2f}", 50], ["vit-plain with sampling, not tuned", f"{untuned:.2f}", ""],
            ["this model", f"{found:.2f}", ", ".join(f"{tokens[b]:.1f}" for b in BLOCKS)]]
    publish.write_card(name, run, f"vit-plain with adaptive token sampling in blocks {BLOCKS} (from 0), tuned.",
                       recipe_vit.facts_of(run, seconds, f"{EPOCHS} epoch from vit-plain, AdamW, rate {RATE}, cosine, batch 64"),
                       rows, ["No ONNX file: the number of tokens differs from image to image in one batch."])
