package dev.lanewise.loaders.onnx;

import static dev.lanewise.loaders.onnx.OnnxModels.*;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.ClosedException;
import dev.lanewise.DataType;
import dev.lanewise.InvalidInputException;
import dev.lanewise.LanewiseException;
import dev.lanewise.LoadOptions;
import dev.lanewise.Model;
import dev.lanewise.ModelSource;
import dev.lanewise.Session;
import dev.lanewise.Tensor;
import dev.lanewise.loaders.testing.Promise;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What callers give that does not fit a good model, kinds 19 and 30: y = x + z of FLOAT[batch, 3], and i = axis of a sum. */
class BadRunTest {
    private Model model;
    private Session session;

    @BeforeEach
    void open() {
        byte[] bytes = model(graph().addInput(port("x", DataType.FLOAT, "batch", 3))
                .addInput(port("z", DataType.FLOAT, "batch", 3)).addInput(port("i", DataType.INT64, 1))
                .addNode(node("Add", "x,z", "y")).addNode(node("ReduceSum", "y,i", "s"))
                .addOutput(port("y", DataType.FLOAT, "batch", 3)).addOutput(port("s", DataType.FLOAT))).build()
                .toByteArray();
        model = Model.load(ModelSource.of(NAME, bytes), LoadOptions.defaults());
        session = model.newSession();
    }

    @AfterEach
    void close() {
        session.close();
        model.close();
    }

    private static Map<String, Tensor> inputs() {
        return new HashMap<>(Map.of("x", Tensor.of(new float[6], 2, 3), "z", Tensor.of(new float[6], 2, 3), "i",
                Tensor.of(new long[] {1}, 1)));
    }

    private record Bad(String name, String message, String input, Tensor tensor) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Bad> bad() {
        return Stream.of(
                new Bad("19 a dimension with two values in one run", "with batch = ", "z",
                        Tensor.of(new float[9], 3, 3)),
                new Bad("30 missing input", "'z': expected FLOAT[batch, 3], found no tensor", "z", null),
                new Bad("30 unknown input", "expected inputs [x, z, i]", "w", Tensor.scalar(1f)),
                new Bad("30 type of input", "'z': expected FLOAT[batch, 3], found DOUBLE", "z",
                        Tensor.of(new double[6], 2, 3)),
                new Bad("30 rank of input", "'z': expected FLOAT[batch, 3], found FLOAT[6]", "z",
                        Tensor.of(new float[6], 6)),
                new Bad("30 shape of input", "'z': expected FLOAT[batch, 3], found FLOAT[2, 4]", "z",
                        Tensor.of(new float[8], 2, 4)),
                new Bad("30 axis out of range", "axes in [-2, 1], found 2", "i", Tensor.of(new long[] {2}, 1)),
                new Bad("30 axis beyond 32 bits", "axes in [-2, 1], found 4294967296", "i",
                        Tensor.of(new long[] {1L << 32}, 1)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource
    void bad(Bad bad) {
        Map<String, Tensor> given = inputs();
        if (bad.tensor == null) {
            given.remove(bad.input);
        } else {
            given.put(bad.input, bad.tensor);
        }
        refused(bad.name, InvalidInputException.class, bad.message, () -> session.run(given));
        assertArrayEquals(new int[] {2, 3}, session.run(inputs()).get("y").shape(), "the session goes on");
    }

    private static void refused(String name, Class<? extends LanewiseException> type, String message,
            Promise.Reader run) {
        LanewiseException e = Promise.refused(name, 0, run);
        assertNotNull(e, "ran");
        assertEquals(type, e.getClass());
        assertTrue(e.getMessage().contains(message), e.getMessage());
    }

    @Test
    @DisplayName("19 a dimension of 0 is good, a negative one is refused")
    void zeroAndNegative() {
        Map<String, Tensor> none = inputs();
        none.put("x", Tensor.of(new float[0], 0, 3));
        none.put("z", Tensor.of(new float[0], 0, 3));
        assertArrayEquals(new int[] {0, 3}, session.run(none).get("y").shape());
        refused("negative", InvalidInputException.class, "-1", () -> Tensor.of(new float[0], -1, 3));
    }

    @Test
    @DisplayName("30 outputs that do not fit")
    void outputs() {
        refused("too small", InvalidInputException.class,
                "'y': expected an output tensor FLOAT[2, 3], found FLOAT[1, 3]",
                () -> session.run(inputs(), Map.of("y", Tensor.of(new float[3], 1, 3))));
        refused("of another type", InvalidInputException.class, "found DOUBLE[2, 3]",
                () -> session.run(inputs(), Map.of("y", Tensor.of(new double[6], 2, 3))));
        refused("of no name", InvalidInputException.class, "'q': expected an output out of [y, s]",
                () -> session.run(inputs(), Map.of("q", Tensor.of(new float[6], 2, 3))));
    }

    @Test
    @DisplayName("30 use after close")
    void closed() {
        session.close();
        refused("session", ClosedException.class, "session of " + NAME, () -> session.run(inputs()));
        Session other = model.newSession();
        model.close();
        refused("model", ClosedException.class, "model " + NAME, () -> other.run(inputs()));
        refused("new session", ClosedException.class, "model " + NAME, () -> model.newSession());
    }
}
