package dev.lanewise.compile;

import dev.lanewise.graph.Graph;
import dev.lanewise.graph.Value;

/** Memory that constants computed from others may still take: as much as those of the model, and some more. */
final class FoldingBudget {
    private long left;

    FoldingBudget(long bytes) {
        this.left = bytes;
    }

    /** @param moreBytes than the constants of the graph take, those of the graphs inside its nodes not counted */
    static FoldingBudget of(Graph graph, long moreBytes) {
        long bytes = Math.min(moreBytes, Long.MAX_VALUE / 2);
        for (Value v : graph.constants()) {
            bytes += (long) v.fact().constant().size() * v.fact().type().storage().bytes();
        }
        return new FoldingBudget(bytes);
    }

    synchronized long left() {
        return left;
    }

    /** False where that is more than is left. */
    synchronized boolean take(long bytes) {
        if (bytes > left) {
            return false;
        }
        left -= bytes;
        return true;
    }
}
