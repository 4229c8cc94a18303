package dev.lanewise.compile;

import dev.lanewise.graph.Assumption;
import dev.lanewise.graph.Graph;
import java.util.List;
import java.util.stream.Stream;

/** What the shapes of a graph rest on. */
final class Assumptions {
    private Assumptions() {
    }

    /** What nodes took for granted counts on where folding or fusion has done away with them. */
    static List<Assumption> of(Graph before, Graph optimised) {
        return Stream.concat(before.assumptions().stream(), optimised.assumptions().stream()).distinct().toList();
    }
}
