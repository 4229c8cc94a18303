/** Makes ordinary models elastic or smaller: which hidden neurons matter, in what order, and how many of them to keep. */
package dev.lanewise.quant.prune;
