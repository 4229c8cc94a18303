package dev.lanewise.op.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.lanewise.DataType;
import dev.lanewise.ModelFormatException;
import dev.lanewise.Tensor;
import dev.lanewise.graph.Fact;
import dev.lanewise.graph.Graph;
import dev.lanewise.graph.Node;
import dev.lanewise.graph.Value;
import dev.lanewise.testing.GraphBuilder;
import dev.lanewise.testing.Ways;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("width")
class ScanTest {
    private final GraphBuilder g = new GraphBuilder();

    /** Running sums. */
    private Graph sums() {
        Value state = Value.input("s", Fact.of(DataType.FLOAT, GraphBuilder.shape(2)));
        Value slice = Value.input("x", Fact.of(DataType.FLOAT, GraphBuilder.shape(2)));
        Value next = g.add(state, slice);
        return Graph.of(List.of(state, slice), List.of(next, next), List.of("s", "y"));
    }

    private static Scan scan(Graph body, Scan.Way in, Scan.Way out) {
        return new Scan(body, 1, List.of(in), List.of(out), 0);
    }

    private Graph of(Scan scan, Object... shape) {
        Value s = g.floats("s", 2);
        Value x = g.floats("x", shape);
        return g.to(Node.of("scan", scan, s, x).outputs().toArray(Value[]::new));
    }

    private static final Tensor ZERO = Tensor.of(new float[2], 2);
    private static final Tensor ROWS = Tensor.of(new float[] {1, 10, 2, 20, 3, 30}, 3, 2);

    @Test
    void slicesAlongTheFirstAxis() {
        Graph graph = of(scan(sums(), new Scan.Way(0, false), new Scan.Way(0, false)), "t", 2);
        assertEquals("FLOAT[t,2]", graph.outputs().get(1).fact().toString());
        assertEquals(List.of("FLOAT[2] [6.0, 60.0]", "FLOAT[3, 2] [1.0, 10.0, 3.0, 30.0, 6.0, 60.0]"),
                Ways.run(graph, ZERO, ROWS));
    }

    @Test
    void fromTheEndAndAlongOtherAxes() {
        Graph graph = of(scan(sums(), new Scan.Way(0, true), new Scan.Way(-1, true)), 3, 2);
        assertEquals(List.of("FLOAT[2] [6.0, 60.0]", "FLOAT[2, 3] [6.0, 5.0, 3.0, 60.0, 50.0, 30.0]"),
                Ways.run(graph, ZERO, ROWS));
    }

    @Test
    void nothingToScan() {
        Graph graph = of(scan(sums(), new Scan.Way(0, false), new Scan.Way(1, false)), "t", 2);
        assertEquals(List.of("FLOAT[2] [0.0, 0.0]", "FLOAT[2, 0] []"),
                Ways.run(graph, ZERO, Tensor.of(new float[0], 0, 2)));
    }

    @Test
    void eachEntryOfABatchByItself() {
        Value s = g.floats("s", "n", 2);
        Value x = g.floats("x", "n", "t", 2);
        Scan each = scan(sums(), new Scan.Way(0, false), new Scan.Way(0, false));
        Graph graph = g.to(Node.of("scan", new BatchedScan(each), s, x).outputs().toArray(Value[]::new));
        assertEquals(List.of("FLOAT[2, 2] [4.0, 6.0, 112.0, 114.0]",
                "FLOAT[2, 2, 2] [1.0, 2.0, 4.0, 6.0, 105.0, 106.0, 112.0, 114.0]"),
                Ways.run(graph, Tensor.of(new float[] {0, 0, 100, 100}, 2, 2),
                        Tensor.of(new float[] {1, 2, 3, 4, 5, 6, 7, 8}, 2, 2, 2)));
    }

    @Test
    void refusesAnAxisThatIsNotThere() {
        assertThrows(ModelFormatException.class,
                () -> of(scan(sums(), new Scan.Way(2, false), new Scan.Way(0, false)), 3, 2));
    }
}
