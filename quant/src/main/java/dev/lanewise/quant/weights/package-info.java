/** Quantisation of weights: which matrices a model has, scales, rounding that makes up for its errors, and plans of formats. */
package dev.lanewise.quant.weights;
