package dev.lanewise.elastic;

/**
 * Which blocks of a mix of two granularities have the wider one. Deeper blocks are what the paper recommends (MatFormer, arXiv 2310.07707); which is
 * better is a matter of the model, and measured on data that it was not trained or tested on.
 */
public enum MixOrder {
    /** Widths do not fall with depth. */
    LAST_BLOCKS,
    /** Widths do not rise with depth. */
    FIRST_BLOCKS
}
