"""Unified Normalization (arXiv 2208.01313): a constant affine per channel once trained, its statistics smoothed in training."""
import torch
from torch import nn


class _Scale(torch.autograd.Function):
    """z = x * scale. Backward: the gradient's statistic E[g z] per channel, which a norm would subtract, is the smoothed one."""

    @staticmethod
    def forward(context, x, scale, norm):
        z = x * scale
        context.save_for_backward(z, scale)
        context.norm = norm
        return z

    @staticmethod
    def backward(context, g):
        z, scale = context.saved_tensors
        smoothed = context.norm.gradient_statistic((g * z).flatten(0, -2).mean(0))
        return (g - smoothed * z) * scale, None, None


class UnifiedNorm(nn.Module):
    """y = weight * x / sqrt(running_var + eps) + bias in evaluation; running_var is the running second moment, no mean is taken off."""

    def __init__(self, size, window=4, warmup=1000, eps=1e-5, momentum=0.9):
        super().__init__()
        self.window, self.warmup, self.eps, self.momentum = window, warmup, eps, momentum
        self.weight, self.bias = nn.Parameter(torch.ones(size)), nn.Parameter(torch.zeros(size))
        self.register_buffer("running_var", torch.ones(size))
        self.register_buffer("ema_gz", torch.zeros(size))
        self.register_buffer("buffer_x2", torch.ones(window, size))
        self.register_buffer("buffer_gz", torch.zeros(window, size))
        self.register_buffer("iters", torch.zeros(1, dtype=torch.long))
        self.register_buffer("skip_counter", torch.zeros(1, dtype=torch.long))

    def forward(self, x):
        if not self.training:
            return x * (self.weight / torch.sqrt(self.running_var + self.eps)) + self.bias
        return _Scale.apply(x, self._statistics(x.detach()), self) * self.weight + self.bias

    @torch.no_grad()
    def _statistics(self, x):
        """The factor of each channel in this step; moves the window and the running statistics on."""
        slot, smooth = int(self.iters) % self.window, int(self.iters) > self.warmup
        now = x.flatten(0, -2).square().mean(0)
        self.buffer_x2[slot] = now
        self.iters += 1
        estimate = now
        if smooth:
            if self._outlier():
                self.buffer_x2[slot] = self.running_var
                self.skip_counter += 1
                return torch.rsqrt(now + self.eps)
            estimate = torch.exp(torch.log(self.buffer_x2 + 1e-12).mean(0))
        ratio = 1.0
        if int(self.iters) > max(1000, self.warmup):
            ratio = torch.sqrt((estimate + self.eps) / (self.running_var + self.eps)).clamp(0.2, 5)
        self.running_var.mul_(self.momentum).add_(estimate, alpha=1 - self.momentum)
        return torch.rsqrt(estimate + self.eps) * ratio

    def _outlier(self):
        """Whether the window's means, arithmetic and geometric, are further apart than its own spread allows."""
        gap = self.buffer_x2.mean(0) - torch.exp(torch.log(self.buffer_x2 + 1e-12).mean(0))
        return bool((gap > self.window * torch.sqrt(self.buffer_x2).var()).any())

    @torch.no_grad()
    def gradient_statistic(self, now):
        """Smoothed E[g z] [size]: the mean over the window, followed slowly."""
        smooth = int(self.iters) > self.warmup
        self.buffer_gz[(int(self.iters) - 1) % self.window] = now
        estimate = self.buffer_gz.mean(0) if smooth else now
        self.ema_gz.mul_(self.momentum).add_(estimate, alpha=1 - self.momentum)
        return self.ema_gz if smooth else now
