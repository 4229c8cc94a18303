"""A small vision transformer, parameter names as in torchvision with the attention's projections apart."""
import torch
from torch import nn
from torch.nn import functional

SHAPE = dict(image_size=28, channels=1, patch_size=4, hidden_size=96, layers=6, heads=4, ffn_size=384, classes=10)
NORM_EPSILON = 1e-6


class Attention(nn.Module):
    def __init__(self, size, heads):
        super().__init__()
        self.heads = heads
        self.q_proj, self.k_proj, self.v_proj, self.o_proj = (nn.Linear(size, size) for _ in range(4))

    def split(self, x):
        """[batch, tokens, size] as [batch, heads, tokens, size / heads]."""
        return x.reshape(x.shape[0], x.shape[1], self.heads, -1).transpose(1, 2)

    def forward(self, x):
        q, k, v = self.split(self.q_proj(x)), self.split(self.k_proj(x)), self.split(self.v_proj(x))
        weights = torch.softmax(q @ k.transpose(2, 3) * q.shape[3] ** -0.5, dim=3)
        return self.o_proj((weights @ v).transpose(1, 2).reshape(x.shape))


class Mlp(nn.Sequential):
    """Its first `width` hidden neurons, all where it is None. Names mlp.0 and mlp.3 are those of torchvision."""

    def __init__(self, size, hidden):
        super().__init__(nn.Linear(size, hidden), nn.GELU(), nn.Identity(), nn.Linear(hidden, size))
        self.width = None

    def forward(self, x):
        if self.width is None:
            return super().forward(x)
        hidden = functional.gelu(functional.linear(x, self[0].weight[:self.width], self[0].bias[:self.width]))
        return functional.linear(hidden, self[3].weight[:, :self.width], self[3].bias)


class Block(nn.Module):
    def __init__(self, size, heads, hidden, norm):
        super().__init__()
        self.ln_1, self.ln_2 = norm(size), norm(size)
        self.self_attention = Attention(size, heads)
        self.mlp = Mlp(size, hidden)

    def forward(self, x):
        x = x + self.self_attention(self.ln_1(x))
        return x + self.mlp(self.ln_2(x))


class Encoder(nn.Module):
    def __init__(self, tokens, size, layers, heads, hidden, norm):
        super().__init__()
        self.pos_embedding = nn.Parameter(torch.randn(1, tokens, size) * 0.02)
        self.layers = nn.Sequential()
        for i in range(layers):
            self.layers.add_module(f"encoder_layer_{i}", Block(size, heads, hidden, norm))
        self.ln = norm(size)


class Vit(nn.Module):
    """Logits [batch, classes] of images [batch, channels, image_size, image_size]; the class token is token 0."""

    def __init__(self, shape, norm=lambda size: nn.LayerNorm(size, NORM_EPSILON)):
        super().__init__()
        size, patch = shape["hidden_size"], shape["patch_size"]
        self.shape = shape
        self.kept_patches = None
        self.conv_proj = nn.Conv2d(shape["channels"], size, patch, stride=patch)
        self.class_token = nn.Parameter(torch.zeros(1, 1, size))
        tokens = (shape["image_size"] // patch) ** 2 + 1
        self.encoder = Encoder(tokens, size, shape["layers"], shape["heads"], shape["ffn_size"], norm)
        self.heads = nn.Sequential()
        self.heads.add_module("head", nn.Linear(size, shape["classes"]))
        for module in self.modules():
            if isinstance(module, nn.Linear):
                nn.init.trunc_normal_(module.weight, std=0.02 if module is self.heads.head else size ** -0.5 / 2)
                nn.init.zeros_(module.bias)

    def blocks(self):
        return list(self.encoder.layers)

    def tokens(self, images):
        """[batch, tokens, hidden_size]; in training, where `kept_patches` says how many, that many random patches of each image."""
        patches = self.conv_proj(images).flatten(2).transpose(1, 2)
        x = torch.cat([self.class_token.expand(images.shape[0], -1, -1), patches], 1) + self.encoder.pos_embedding
        if not self.training or self.kept_patches is None:
            return x
        kept = 1 + torch.rand(patches.shape[:2]).argsort(1)[:, :self.kept_patches]
        rows = torch.cat([torch.zeros_like(kept[:, :1]), kept], 1)
        return x.gather(1, rows[:, :, None].expand(-1, -1, x.shape[2]))

    def forward(self, images):
        x = self.tokens(images)
        for block in self.blocks():
            x = block(x)
        return self.heads(self.encoder.ln(x)[:, 0])

    def set_widths(self, widths):
        """The hidden neurons that each layer uses; None: all."""
        for i, block in enumerate(self.blocks()):
            block.mlp.width = None if widths is None else widths[i]
