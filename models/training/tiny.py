"""Writes the tests' own checkpoints: tiny models with random weights, all that `publish.py` writes but cards and evaluations."""
import copy
import pathlib

import torch
from torch import nn

import decoder
import publish
import recipe_exits
import recipe_vit
import vit
from unified_norm import UnifiedNorm

FOLDER = pathlib.Path(__file__).parent.parent / "src/test/resources/checkpoints"
VIT = dict(image_size=28, channels=1, patch_size=14, hidden_size=12, layers=2, heads=3, ffn_size=20, classes=10)
# the last row and column of an image are in no patch
ODD = dict(VIT, image_size=9, channels=2, patch_size=4, layers=3)
DECODER = dict(vocabulary=256, context=16, hidden_size=8, layers=2, heads=4, ffn_size=16)


def main():
    publish.CHECKPOINTS = FOLDER
    torch.manual_seed(1)
    write_vit("vit-nested", vit.Vit(VIT), "layer", [5, 10, 20])
    write_vit("vit-unified", vit.Vit(ODD, UnifiedNorm), "unified", [])
    write_exits("vit-exits", vit.Vit(ODD))
    write_decoder("decoder", decoder.Decoder(DECODER), [4, 8, 16])


def stir(model):
    """Random numbers for what starts as zeros and ones."""
    for name, tensor in model.state_dict().items():
        if tensor.is_floating_point() and tensor.dim() <= 1 or name == "class_token":
            tensor.copy_(torch.rand_like(tensor) + 0.5 if name.endswith(("weight", "running_var")) else torch.randn_like(tensor) * 0.2)
    return model.eval()


def nest(config, widths, layers):
    if widths:
        config.update(nested_axis="ffn", nested_widths=widths, width_per_layer=[widths[-1]] * layers)
    return config


def outputs_of(model, sample, widths):
    exact, outputs = copy.deepcopy(model).double(), {}
    for width in widths or [None]:
        exact.set_widths(width and [width] * model.shape["layers"])
        outputs["logits" if width in (None, model.shape["ffn_size"]) else f"logits.{width}"] = exact(sample)
    return outputs


def random_images(shape):
    return torch.randn(3, shape["channels"], shape["image_size"], shape["image_size"])


@torch.no_grad()
def write_vit(name, model, norm, widths):
    stir(model)
    publish.write_config(name, nest(recipe_vit.config_of(model, norm), widths, model.shape["layers"]))
    offsets = publish.write_weights(name, model, {"architecture": "vit"}, drop=recipe_vit.DROPPED)
    images = random_images(model.shape)
    publish.write_onnx(name, model, images, ["images"], ["logits"], {"images": {0: "batch"}, "logits": {0: "batch"}}, offsets, widths)
    publish.write_golden(name, {"images": images}, outputs_of(model, images.double(), widths))


@torch.no_grad()
def write_exits(name, backbone):
    model = stir(recipe_exits.VitExits(backbone))
    flat = recipe_exits.Flat(model)
    after = list(range(len(model.exits)))
    publish.write_config(name, dict(recipe_vit.config_of(backbone, "layer"),
                                    exits=dict(after_layers=after, confidence="highest softmax probability")))
    offsets = publish.write_weights(name, flat, {"architecture": "vit"})
    images = random_images(backbone.shape)
    outputs = [f"logits.{i}" for i in after] + ["logits"]
    publish.write_onnx(name, flat, images, ["images"], outputs, {n: {0: "batch"} for n in ["images", *outputs]}, offsets)
    publish.write_golden(name, {"images": images}, dict(zip(outputs, copy.deepcopy(model).double()(images.double()))))


@torch.no_grad()
def write_decoder(name, model, widths):
    stir(model)
    nn.init.normal_(model.transformer.wte.weight)
    publish.round_to_half(model)
    config = dict(architecture="decoder", **model.shape, key_value_heads=1, position="alibi", alibi_bias_max=8, norm="layer",
                  norm_epsilon=decoder.NORM_EPSILON, activation="gelu", tied_head=True, tokens="bytes")
    publish.write_config(name, nest(config, widths, model.shape["layers"]))
    offsets = publish.write_weights(name, model, {"architecture": "decoder"}, half=True)
    tokens = torch.randint(256, (2, 5))
    axes = {"tokens": {0: "batch", 1: "length"}, "logits": {0: "batch", 1: "length"}}
    publish.write_onnx(name, model, tokens, ["tokens"], ["logits"], axes, offsets, widths)
    publish.write_golden(name, {"tokens": tokens}, outputs_of(model, tokens, widths))


if __name__ == "__main__":
    main()
