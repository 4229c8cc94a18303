"""Adaptive Token Sampling (arXiv 2111.15667) put into blocks of a trained ViT: no weights of its own, tokens per image vary."""
import numpy
import torch

EPSILON = 1e-6


def select(scores, points):
    """Indices of the patch tokens to keep, lowest score first; `scores` is of the patch tokens of one image, in float64."""
    n = len(scores)
    order = numpy.argsort(scores, kind="stable")
    sums = numpy.cumsum(scores[order])
    if n < 3 or sums[-1] - sums[0] <= 1e-12:
        return order
    sums = (sums - sums[0]) / (sums[-1] - sums[0])
    start = sums[sums > 0][0]
    grid = start + numpy.arange(points) * (1 - start) / (points - 1)
    after = numpy.clip(numpy.searchsorted(sums, grid), 1, n - 1)
    nearer = numpy.where(grid - sums[after - 1] <= sums[after] - grid, after - 1, after)
    return order[numpy.unique(nearer)]


def sampled_block(block, x, valid, points):
    """`block` on x [batch, tokens, size] of which `valid` [batch, tokens] counts; the kept tokens, class token first, and their mask."""
    attention = block.self_attention
    z = block.ln_1(x)
    q, k, v = (attention.split(p(z)) for p in (attention.q_proj, attention.k_proj, attention.v_proj))
    logits = (q @ k.transpose(2, 3) * q.shape[3] ** -0.5).masked_fill(~valid[:, None, None, :], -1e9)
    powers = torch.exp(logits - logits.amax(3, keepdim=True)) * valid[:, None, None, :]
    counts = valid.sum(1).view(-1, 1, 1, 1)
    weights = (powers + EPSILON / counts * valid[:, None, None, :]) / (powers.sum(3, keepdim=True) + EPSILON)
    rows, kept = _rows(weights, v, valid, points)
    at = rows[:, :, None]
    chosen = weights.gather(2, rows[:, None, :, None].expand(-1, weights.shape[1], -1, weights.shape[3]))
    mixed = (chosen @ v).transpose(1, 2).reshape(x.shape[0], rows.shape[1], -1)
    x = x.gather(1, at.expand(-1, -1, x.shape[2])) + attention.o_proj(mixed)
    return x + block.mlp(block.ln_2(x)), kept


@torch.no_grad()
def _rows(weights, v, valid, points):
    """Row numbers [batch, most kept] to go on with, and which of them count."""
    norms = v.transpose(1, 2).flatten(2).norm(dim=2)
    scores = (weights[:, :, 0].sum(1) * norms)[:, 1:].double().numpy()
    rows = []
    for image, count in zip(scores, valid.sum(1).tolist()):
        image = image[:count - 1]
        rows.append(numpy.concatenate([[0], 1 + select(image / image.sum(), points)]))
    most = max(map(len, rows))
    padded = torch.zeros(len(rows), most, dtype=torch.long)
    kept = torch.zeros(len(rows), most, dtype=torch.bool)
    for i, r in enumerate(rows):
        padded[i, :len(r)], kept[i, :len(r)] = torch.from_numpy(r), True
    return padded, kept


def forward(model, images, blocks, counts=None):
    """Logits with sampling in `blocks`; `counts`, a list, receives the tokens that left each of them, summed over the images."""
    x = model.tokens(images)
    points = x.shape[1] - 1
    valid = torch.ones(x.shape[:2], dtype=torch.bool)
    for i, block in enumerate(model.blocks()):
        if i in blocks:
            x, valid = sampled_block(block, x, valid, points)
            if counts is not None:
                counts[i] = counts.get(i, 0) + int(valid.sum())
        else:
            assert bool(valid.all()), "sampling blocks come last"
            x = block(x)
    return model.heads(model.encoder.ln(x)[:, 0])
