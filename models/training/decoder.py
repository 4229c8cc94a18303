"""A small causal language model of bytes, layout and names of MatFormer-OLMo: ALiBi, one key and value head, tied head, LayerNorm."""
import torch
from torch import nn
from torch.nn import functional

SHAPE = dict(vocabulary=256, context=256, hidden_size=192, layers=6, heads=4, ffn_size=768)
NORM_EPSILON = 1e-5


def alibi(heads, length):
    """Bias [heads, length, length] that falls with the distance to the earlier token; minus infinity for later ones."""
    slopes = 2.0 ** (-8.0 / heads * torch.arange(1, heads + 1))
    at = torch.arange(length)
    distance = at[:, None] - at[None, :]
    bias = -slopes[:, None, None] * distance.abs()
    return torch.where(distance[None] >= 0, bias, torch.full_like(bias, float("-inf")))


class Block(nn.Module):
    def __init__(self, size, heads, hidden):
        super().__init__()
        self.heads = heads
        self.width = None
        self.attn_norm, self.ff_norm = nn.LayerNorm(size, NORM_EPSILON), nn.LayerNorm(size, NORM_EPSILON)
        self.att_proj = nn.Linear(size, size + 2 * size // heads)
        self.attn_out = nn.Linear(size, size)
        self.ff_proj, self.ff_out = nn.Linear(size, hidden), nn.Linear(hidden, size)

    def forward(self, x, bias):
        batch, length, size = x.shape
        part = size // self.heads
        q, k, v = self.att_proj(self.attn_norm(x)).split((size, part, part), 2)
        q = q.reshape(batch, length, self.heads, part).transpose(1, 2)
        weights = torch.softmax(q @ k.unsqueeze(1).transpose(2, 3) * part ** -0.5 + bias, 3)
        x = x + self.attn_out((weights @ v.unsqueeze(1)).transpose(1, 2).reshape(batch, length, size))
        y, m = self.ff_norm(x), self.width
        if m is None:
            return x + self.ff_out(functional.gelu(self.ff_proj(y)))
        hidden = functional.gelu(functional.linear(y, self.ff_proj.weight[:m], self.ff_proj.bias[:m]))
        return x + functional.linear(hidden, self.ff_out.weight[:, :m], self.ff_out.bias)


class Decoder(nn.Module):
    """Logits [batch, length, vocabulary] of the next byte from bytes [batch, length]."""

    def __init__(self, shape):
        super().__init__()
        self.shape = shape
        size = shape["hidden_size"]
        self.transformer = nn.Module()
        self.transformer.wte = nn.Embedding(shape["vocabulary"], size)
        self.transformer.blocks = nn.ModuleList(Block(size, shape["heads"], shape["ffn_size"]) for _ in range(shape["layers"]))
        self.transformer.ln_f = nn.LayerNorm(size, NORM_EPSILON)
        nn.init.normal_(self.transformer.wte.weight, std=0.02)
        for module in self.modules():
            if isinstance(module, nn.Linear):
                nn.init.normal_(module.weight, std=0.5 * size ** -0.5)
                nn.init.zeros_(module.bias)

    def forward(self, tokens):
        x = self.transformer.wte(tokens)
        bias = alibi(self.shape["heads"], tokens.shape[1]).to(x.dtype)
        for block in self.transformer.blocks:
            x = block(x, bias)
        return functional.linear(self.transformer.ln_f(x), self.transformer.wte.weight)

    def set_widths(self, widths):
        """The hidden neurons that each layer uses; None: all."""
        for i, block in enumerate(self.transformer.blocks):
            block.width = None if widths is None else widths[i]
