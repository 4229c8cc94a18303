"""Writes `checkpoints/data/`: the part of the evaluation data that is kept with the models, for tests."""
import gzip

import data
import text
from loop import CHECKPOINTS


def main():
    folder = CHECKPOINTS / "data"
    folder.mkdir(parents=True, exist_ok=True)
    images, labels = data.fashion("t10k")
    count = data.EVALUATION_IMAGES
    write(folder / "fashion-mnist-2000-images-idx3-ubyte.gz", [count, 28, 28], images[:count])
    write(folder / "fashion-mnist-2000-labels-idx1-ubyte.gz", [count], labels[:count].byte())
    (folder / "evaluation-text.txt").write_bytes(text.held_out().tobytes())


def write(path, sizes, elements):
    """An IDX file of bytes, compressed to the same bytes each time."""
    head = bytes([0, 0, 8, len(sizes)]) + b"".join(n.to_bytes(4, "big") for n in sizes)
    path.write_bytes(gzip.compress(head + elements.numpy().tobytes(), mtime=0))


main()
