package dev.lanewise.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.DataType;
import dev.lanewise.InvalidInputException;
import dev.lanewise.ModelMetadata.Port;
import dev.lanewise.Tensor;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class HelpersTest {
    private static final List<Port> PORTS = List.of(new Port("ids", DataType.INT64, List.of("batch", "tokens")),
            new Port("fixed", DataType.FLOAT, List.of("2", "3")), new Port("scalar", DataType.FLOAT, List.of()));

    @Test
    void shapesByNameForAllAndDeclared() {
        Map<String, int[]> shapes = ShapeArguments.resolve(List.of("ids=1x128"), PORTS);
        assertArrayEquals(new int[] {1, 128}, shapes.get("ids"));
        assertArrayEquals(new int[] {2, 3}, shapes.get("fixed"));
        assertArrayEquals(new int[0], shapes.get("scalar"));
        shapes = ShapeArguments.resolve(List.of("4x8", "fixed=2x3", "scalar="), PORTS);
        assertArrayEquals(new int[] {4, 8}, shapes.get("ids"));
        assertArrayEquals(new int[] {2, 3}, shapes.get("fixed"));
        assertArrayEquals(new int[0], shapes.get("scalar"));
        assertEquals("4x8", ShapeArguments.text(shapes.get("ids")));
    }

    @Test
    void badShapes() {
        for (String bad : List.of("ids=1,2", "ids=1x", "ids=x1", "ids=-1", "ids=1x99999999999", "other=1",
                "fixed=2x3")) {
            InvalidInputException e =
                    assertThrows(InvalidInputException.class, () -> ShapeArguments.resolve(List.of(bad), PORTS));
            assertTrue(e.getMessage().contains("--shape"), e.getMessage());
        }
    }

    @Test
    void timingsAreOrderStatistics() {
        long[] nanos = LongStream.rangeClosed(1, 10).map(i -> (11 - i) * 1_000_000).toArray();
        assertEquals(new Timings(5.5, 9, 1), Timings.of(nanos));
        assertEquals(new Timings(3, 3, 3), Timings.of(new long[] {3_000_000}));
        assertEquals(new Timings(2, 3, 1), Timings.of(new long[] {3_000_000, 1_000_000, 2_000_000}));
    }

    @Test
    void tableAlignsAndShortens() {
        String table = new Table("lr").row("a", "12", "3").row("bcd", "4", "567").toString();
        assertEquals(List.of("a    12    3", "bcd   4  567"), table.lines().toList());
        assertEquals("short text", Table.shortened(" short\ttext\n", 20));
        assertEquals("abcdefg...", Table.shortened("abcdefghijklmn", 10));
        assertEquals(6, Table.width("日本語"));
        assertEquals("日本...", Table.shortened("日本語日本語", 8));
        assertEquals(1, Table.width("e\u0301"));
    }

    @Test
    void jsonIsAscii() throws Exception {
        StringWriter out = new StringWriter();
        Json.print(new PrintWriter(out), Map.of("k\u00e4se", List.of(1, 2.5f, true, "\u65e5", new int[] {3})));
        assertTrue(out.toString().chars().allMatch(c -> c < 128), out.toString());
        Map<String, Object> read = new Outcome(0, out.toString(), "").json();
        assertEquals(List.of(1L, 2.5, true, "\u65e5", List.of(3L)), read.get("k\u00e4se"));
    }

    @Test
    void summaryOfTypes() {
        assertEquals(new Summary(-1, 4, 2), Summary.of(Tensor.of(new float[] {-1, 3, 4}, 3)));
        assertEquals(new Summary(0, 255, 127.5), Summary.of(Tensor.of(DataType.UINT8, new byte[] {0, -1}, 2)));
        assertEquals("nan", Summary.of(Tensor.of(new float[0], 0)).minText().toLowerCase());
        assertEquals("nan", Summary.of(Tensor.of(new String[] {"a"}, 1)).maxText().toLowerCase());
    }
}
