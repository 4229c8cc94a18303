"""Trains one reference model and publishes it: train.py NAME [--threads N]. The same command goes on where an earlier one ended."""
import argparse

import torch

import recipe_acm
import recipe_ats
import recipe_exits
import recipe_lm
import recipe_vit

RECIPES = {
    **{name: recipe_vit.train for name in recipe_vit.TITLES},
    "vit-exits": recipe_exits.train,
    "vit-ats": recipe_ats.train,
    **{name: recipe_acm.train for name in recipe_acm.BUDGETS},
    **{name: recipe_lm.train for name in recipe_lm.NAMES},
}


def main():
    parser = argparse.ArgumentParser(description="Trains one reference model and publishes it to models/checkpoints.")
    parser.add_argument("name", choices=sorted(RECIPES))
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    RECIPES[options.name](options.name)


main()
