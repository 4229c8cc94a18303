"""Adaptive Computation Modules (arXiv 2312.10193): N learners in order, a gate that says how many of them a token gets."""
import torch
from torch import nn
from torch.nn import functional

LEARNERS = 4
GATE_SIZE = 16
TEMPERATURE = 0.8


class Acm(nn.Module):
    """h(z, k) = act(z w1 + b1)[first k b neurons] w2, k from the gate; w1 and w2 are [in, out]. `mode` is 'gated', or k for all tokens."""

    def __init__(self, size, learner_width, activation, least):
        super().__init__()
        self.least, self.learner_width = least, learner_width
        self.activation = functional.gelu if activation == "gelu" else (lambda x: x)
        hidden = LEARNERS * learner_width
        self.w1 = nn.Parameter(torch.randn(size, hidden) * size ** -0.5)
        self.b1 = nn.Parameter(torch.zeros(hidden))
        self.w2 = nn.Parameter(torch.randn(hidden, size) * hidden ** -0.5)
        choices = LEARNERS + 1 - least
        self.gating_network = nn.Module()
        self.gating_network.net = nn.Sequential(nn.Linear(size, GATE_SIZE), nn.Linear(GATE_SIZE, GATE_SIZE),
                                                nn.Linear(GATE_SIZE, choices))
        self.mode = "gated"
        self.chosen = None

    def hidden(self, z):
        return self.activation(z @ self.w1 + self.b1)

    def every_choice(self, z):
        """[choices, ..., size]: the output for each k from `least` on."""
        hidden = self.hidden(z).unflatten(-1, (LEARNERS, self.learner_width)).movedim(-2, 0)
        parts = torch.bmm(hidden.flatten(1, -2), self.w2.unflatten(0, (LEARNERS, self.learner_width))).view(LEARNERS, *z.shape)
        sums = parts.cumsum(0)
        return sums if self.least == 1 else torch.cat([torch.zeros_like(sums[:1]), sums])

    def logits(self, z):
        return self.gating_network.net(z)

    def forward(self, z):
        if self.mode != "gated":
            width = self.mode * self.learner_width
            return self.activation(z @ self.w1[:, :width] + self.b1[:width]) @ self.w2[:width]
        if self.training:
            self.chosen = functional.gumbel_softmax(self.logits(z), TEMPERATURE, hard=True)
        else:
            self.chosen = functional.one_hot(self.logits(z).argmax(-1), LEARNERS + 1 - self.least).to(z.dtype)
        # learner n (from 1) runs where the choice is n or higher, n inclusive
        runs = self.chosen.flip(-1).cumsum(-1).flip(-1)
        runs = runs[..., 1:] if self.least == 0 else runs
        return (self.hidden(z) * runs.repeat_interleave(self.learner_width, -1)) @ self.w2

    def learners(self):
        """How many learners each token got in the last gated run, [..., tokens]."""
        return self.least + (self.chosen * torch.arange(self.chosen.shape[-1], dtype=self.chosen.dtype)).sum(-1)

    def cost(self):
        """Multiply-adds of one token through one learner."""
        return 2 * self.w1.shape[0] * self.learner_width


def replace_modules(model):
    """Puts ACMs of the same cost in place of every FFN and projection; the list of (ACM, the module it replaced)."""
    pairs = []
    size, hidden = model.shape["hidden_size"], model.shape["ffn_size"]
    projection = round((size * size + size) / (2 * size + 1) / LEARNERS)
    for block in model.blocks():
        for name in ("q_proj", "k_proj", "v_proj", "o_proj"):
            dense = getattr(block.self_attention, name)
            acm = Acm(size, projection, "identity", 1)
            _start_from_linear(acm, dense)
            setattr(block.self_attention, name, acm)
            pairs.append((acm, dense))
        dense = block.mlp
        acm = Acm(size, hidden // LEARNERS, "gelu", 0)
        _start_from_mlp(acm, dense)
        block.mlp = acm
        pairs.append((acm, dense))
    return pairs


@torch.no_grad()
def _start_from_linear(acm, dense):
    """The largest singular values first, so that a prefix is the best map of its rank."""
    u, s, v = torch.linalg.svd(dense.weight)
    rank = acm.w1.shape[1]
    acm.w1.copy_((v[:rank] * s[:rank, None].sqrt()).T)
    acm.w2.copy_((u[:, :rank] * s[:rank].sqrt()).T)
    # without an output bias the bias has to come through the hidden values: least squares
    acm.b1.copy_(torch.linalg.lstsq(acm.w2.T, dense.bias[:, None]).solution[:, 0])


@torch.no_grad()
def _start_from_mlp(acm, dense):
    """Neurons in order of the size of what they add."""
    order = (dense[0].weight.norm(dim=1) * dense[3].weight.norm(dim=0)).argsort(descending=True)
    acm.w1.copy_(dense[0].weight[order].T)
    acm.b1.copy_(dense[0].bias[order])
    acm.w2.copy_(dense[3].weight[:, order].T)


def labels(errors, factor=1.2):
    """The gate's label of each token from errors [choices, tokens]: the first after which one more learner gains less than `factor`."""
    gains = errors[:-1] / errors[1:].clamp_min(1e-12)
    enough = gains < factor
    first = torch.where(enough.any(0), enough.float().argmax(0), torch.full_like(errors[0], errors.shape[0] - 2).long())
    return first + torch.where(enough.any(0), 0, 1)
