/** Turns a graph into a quantised graph. */
package dev.lanewise.quant;
