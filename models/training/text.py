"""Text as bytes: WordNet glosses and the King James text, mixed piece by piece; the last 200 kB are held out."""
import pathlib
import re
import subprocess

import numpy
import torch

import data

DATA = ("WordNet 3.0 glosses (WordNet licence), Debian package wordnet-base, and the King James text (public domain), Debian package "
        "bible-kjv-text, in alternating pieces of 4 kB; the last 200 kB held out")
HELD_OUT = 200_000
PIECE = 4096
BATCH, STEPS = 8, 250


def _glosses():
    lines = []
    for part in ("adj", "adv", "noun", "verb"):
        path = pathlib.Path(f"/usr/share/wordnet/data.{part}")
        if not path.exists():
            raise data.MissingData(f"{path} is missing: apt-get install wordnet-base")
        for line in path.read_text("ascii", "replace").splitlines():
            if not line.startswith("  "):
                words, gloss = line.split(" | ", 1)
                lines.append(words.split(" ")[4].replace("_", " ") + ": " + gloss.strip())
    order = numpy.random.RandomState(1).permutation(len(lines))
    return "\n".join(lines[i] for i in order)


def _bible():
    try:
        verses = subprocess.run(["bible", "-f", "gen1:1-rev22:21"], capture_output=True, check=True, text=True).stdout
    except FileNotFoundError as e:
        raise data.MissingData("the command bible is missing: apt-get install bible-kjv bible-kjv-text") from e
    return re.sub(r"\s*\n\s*", "\n", verses)


def _all():
    """Pieces of both texts in turn, the longer one's rest at the front."""
    texts = [t.encode("ascii", "replace") for t in (_glosses(), _bible())]
    pieces = [[t[i:i + PIECE] for i in range(0, len(t), PIECE)] for t in texts]
    short, long = sorted(pieces, key=len)
    rest = len(long) - len(short)
    mixed = long[:rest] + [p for pair in zip(long[rest:], short) for p in pair]
    return b"".join(mixed)


def held_out():
    return numpy.frombuffer(_all()[-HELD_OUT:], "u1")


def windows(text, context):
    """[n, context + 1]: inputs, and shifted by one the bytes to predict; windows follow each other."""
    count = (len(text) - 1) // context
    return torch.from_numpy(numpy.stack([text[i * context:(i + 1) * context + 1] for i in range(count)]).astype("i8"))


class Batches:
    """Random windows; what a part of the training sees depends on the seed and its number alone."""

    steps = STEPS

    def __init__(self, seed, context):
        self.text = numpy.frombuffer(_all()[:-HELD_OUT], "u1").astype("i8")
        self.seed, self.context = seed, context

    def epoch(self, number):
        random = numpy.random.RandomState(self.seed * 1000 + number)
        for _ in range(self.steps):
            starts = random.randint(0, len(self.text) - self.context - 1, BATCH)
            yield torch.from_numpy(numpy.stack([self.text[s:s + self.context + 1] for s in starts]))
