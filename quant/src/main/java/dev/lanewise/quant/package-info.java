/** Turns a graph into a smaller or quantised graph. */
package dev.lanewise.quant;
