/** Pruning and quantisation of graphs. */
module dev.lanewise.quant {
    requires transitive dev.lanewise.engine;

    exports dev.lanewise.quant.calibration;
    exports dev.lanewise.quant.gradient;
    exports dev.lanewise.quant.prune;
    exports dev.lanewise.quant.weights;
}
