"""Muon (Keller Jordan, 2024): momentum whose matrices are made orthogonal; vectors, embeddings and heads by AdamW."""
import torch

MOMENTUM, ITERATIONS = 0.95, 3


def orthogonal(matrices):
    """The nearest orthogonal matrices of [n, rows, columns], roughly: Newton-Schulz iterations of a quintic."""
    a, b, c = 3.4445, -4.7750, 2.0315
    tall = matrices.shape[1] > matrices.shape[2]
    x = matrices.transpose(1, 2) if tall else matrices
    x = x / (x.flatten(1).norm(dim=1).view(-1, 1, 1) + 1e-7)
    for _ in range(ITERATIONS):
        gram = x @ x.transpose(1, 2)
        x = a * x + (b * gram + c * gram @ gram) @ x
    return x.transpose(1, 2) if tall else x


class Muon(torch.optim.Optimizer):
    """Steps of spectral norm `lr` times the root of rows over columns, where that is more than one."""

    def __init__(self, matrices, lr, decay):
        super().__init__(matrices, dict(lr=lr, decay=decay))

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            by_shape = {}
            for p in group["params"]:
                if p.grad is not None:
                    by_shape.setdefault(p.shape, []).append(p)
            for shape, parameters in by_shape.items():
                moved = []
                for p in parameters:
                    momentum = self.state[p].setdefault("momentum", torch.zeros_like(p)).lerp_(p.grad, 1 - MOMENTUM)
                    moved.append(p.grad.lerp(momentum, MOMENTUM))
                updates = orthogonal(torch.stack(moved)) * max(1.0, shape[0] / shape[1]) ** 0.5
                for p, update in zip(parameters, updates):
                    p.mul_(1 - group["lr"] * group["decay"]).add_(update, alpha=-group["lr"])


class Both:
    """Muon for the layers' matrices where it has a rate, AdamW for the rest, the gates of ACMs at a rate of their own."""

    def __init__(self, model, rate, matrix_rate, gate_rate, decay):
        named = [(n, p) for n, p in model.named_parameters() if p.requires_grad]
        matrices = [p for n, p in named if matrix_rate and p.dim() == 2 and (".layers." in n or ".blocks." in n)]
        chosen = set(map(id, matrices))
        self.parts = [(Muon(matrices, matrix_rate, decay), matrix_rate)] if matrices else []
        for part, part_rate in (("", rate), ("gating_network", gate_rate)):
            rest = [p for n, p in named if id(p) not in chosen and ("gating_network" in n) == bool(part)]
            groups = [dict(params=[p for p in rest if p.dim() > 1], weight_decay=decay),
                      dict(params=[p for p in rest if p.dim() <= 1], weight_decay=0.0)]
            if rest:
                self.parts.append((torch.optim.AdamW(groups, lr=part_rate, betas=(0.9, 0.98)), part_rate))

    def step(self, share):
        """`share` of the schedule's highest rates."""
        for part, rate in self.parts:
            for group in part.param_groups:
                group["lr"] = rate * share
            part.step()

    def zero_grad(self):
        for part, _ in self.parts:
            part.zero_grad(set_to_none=True)

    def state_dict(self):
        return [part.state_dict() for part, _ in self.parts]

    def load_state_dict(self, states):
        for (part, _), state in zip(self.parts, states):
            part.load_state_dict(state)
