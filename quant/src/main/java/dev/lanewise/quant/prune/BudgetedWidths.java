package dev.lanewise.quant.prune;

/**
 * Widths that a budget led to.
 *
 * @param threshold of the bisection, in nats, from which they come; they may be wider than it asks for, where the budget allows
 */
public record BudgetedWidths(double threshold, int[] widths) {
}
