"""A training run: seeded, with a checkpoint after each epoch from which the same command goes on, a log, and the time left."""
import math
import pathlib
import sys
import time

import torch

from muon import Both

ROOT = pathlib.Path(__file__).resolve().parent
WORK = ROOT / "target"
CHECKPOINTS = ROOT.parent / "checkpoints"


class Run:
    """The files of one model while it is trained: `target/<name>/`, not committed."""

    def __init__(self, name, seed):
        self.name, self.seed = name, seed
        self.folder = WORK / name
        self.folder.mkdir(parents=True, exist_ok=True)
        self.log_file = self.folder / "training.log"
        torch.manual_seed(seed)
        torch.use_deterministic_algorithms(True)

    def log(self, line):
        with self.log_file.open("a") as file:
            file.write(line + "\n")
        print(f"{self.name}: {line}", flush=True)

    def progress(self, line):
        if sys.stderr.isatty():
            print(f"\r{self.name}: {line}\033[K", end="", file=sys.stderr, flush=True)

    def saved(self, stage):
        """What `save` stored of this stage, None before its first epoch ends."""
        path = self.folder / f"{stage}.pt"
        return torch.load(path, map_location="cpu") if path.exists() else None

    def save(self, stage, state):
        path = self.folder / f"{stage}.pt"
        part = path.with_suffix(".part")
        torch.save(state, part)
        part.rename(path)


def cosine(step, steps, warm):
    """Share of the highest learning rate: rises over the first `warm` steps, then falls as a half cosine to 1 %."""
    if step < warm:
        return (step + 1) / warm
    return 0.01 + 0.99 * 0.5 * (1 + math.cos(math.pi * (step - warm) / max(1, steps - warm)))


def fit(run, stage, model, batches, epochs, rate, loss_of, evaluate, matrix_rate=None, gate_rate=None, decay=0.05,
        warm_epochs=0.5, clip=1.0, begin_epoch=lambda epoch: None):
    """Trains `model`: `batches.epoch(n)` yields `batches.steps` batches, `loss_of(batch)` is minimised, `evaluate()` describes an epoch."""
    optimizer = Both(model, rate, matrix_rate, gate_rate or rate, decay)
    steps, first, seconds = epochs * batches.steps, 0, 0.0
    state = run.saved(stage)
    if state is not None:
        model.load_state_dict(state["model"])
        optimizer.load_state_dict(state["optimizer"])
        first, seconds = state["epoch"] + 1, state["seconds"]
        if first < epochs:
            run.log(f"{stage}: goes on with epoch {first + 1}")
    for epoch in range(first, epochs):
        torch.manual_seed(run.seed * 1000 + epoch)
        model.train()
        begin_epoch(epoch)
        began, total = time.time(), 0.0
        for step, batch in enumerate(batches.epoch(epoch)):
            at = epoch * batches.steps + step
            optimizer.zero_grad()
            loss = loss_of(batch)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), clip)
            optimizer.step(cosine(at, steps, warm_epochs * batches.steps))
            total += loss.item()
            if step % 10 == 9:
                left = (time.time() - began) / (step + 1) * (steps - at - 1)
                run.progress(f"{stage} epoch {epoch + 1}/{epochs} step {step + 1}/{batches.steps} "
                             f"loss {total / (step + 1):.4f}, {left / 60:.0f} min left")
        model.eval()
        seconds += time.time() - began
        run.save(stage, dict(model=model.state_dict(), optimizer=optimizer.state_dict(), epoch=epoch, seconds=seconds))
        run.log(f"{stage} epoch {epoch + 1}/{epochs} loss {total / batches.steps:.4f} {evaluate()} "
                f"{time.time() - began:.0f} s, {(epochs - epoch - 1) * seconds / (epoch + 1) / 60:.0f} min left")
    model.eval()
    return seconds


@torch.no_grad()
def in_pieces(f, inputs, size=500):
    return torch.cat([f(piece) for piece in inputs.split(size)])


def accuracy(f, images, labels):
    """Share of the images whose highest logit is their label's, percent."""
    return 100.0 * (in_pieces(f, images).argmax(1) == labels).float().mean().item()
