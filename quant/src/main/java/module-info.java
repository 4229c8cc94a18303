/** Quantisation of graphs. */
module dev.lanewise.quant {
    requires dev.lanewise.engine;
}
