/** Reverse mode: gradients of a graph's outputs with respect to values inside it. */
package dev.lanewise.quant.gradient;
