package dev.lanewise.loaders.onnx;

import static dev.lanewise.loaders.onnx.OnnxModels.*;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.LanewiseException;
import dev.lanewise.Limits;
import dev.lanewise.LoadOptions;
import dev.lanewise.ModelFormatException;
import dev.lanewise.UnsupportedModelException;
import dev.lanewise.loaders.onnx.proto.Onnx.TensorProto;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Limits are kept and named; what is not supported is named at once. */
class LimitsTest {
    private static final Limits LIMITS = Limits.defaults();
    private static final byte[] LIMITED = good(g -> g.getNodeBuilder(1).addAttribute(integer("unused", 1)))
            .setDocString("a text").build().toByteArray();

    private record Limited(Limits limits, String message) {
    }

    static Stream<Limited> limits() {
        return Stream.of(new Limited(LIMITS.withNodes(1), "raise Limits.nodes"),
                new Limited(LIMITS.withTensors(0), "raise Limits.tensors"),
                new Limited(LIMITS.withAttributes(0), "raise Limits.attributes"),
                new Limited(LIMITS.withNesting(2), "raise Limits.nesting"),
                new Limited(LIMITS.withRank(0), "raise Limits.rank"),
                new Limited(LIMITS.withNameBytes(2), "raise Limits.nameBytes"),
                new Limited(LIMITS.withStringBytes(5), "raise Limits.stringBytes"),
                new Limited(LIMITS.withExtraBytes(-LIMITED.length), "raise Limits.extraBytes"));
    }

    @ParameterizedTest
    @MethodSource("limits")
    void limitsAreKeptAndNamed(Limited limited) {
        ModelFormatException e = assertThrows(ModelFormatException.class,
                () -> load(LIMITED, LoadOptions.defaults().withLimits(limited.limits)));
        assertTrue(e.getMessage().contains(limited.message), e.getMessage());
    }

    @Test
    void allUnsupportedOperatorsAreListedAtOnce() {
        UnsupportedModelException e = assertThrows(UnsupportedModelException.class,
                () -> load(good(
                        g -> g.addNode(node("Foo", "x", "a")).addNode(node("Bar", "x", "b").setDomain("com.microsoft"))
                                .addNode(node("Foo", "x", "c")))
                        .addOpsetImport(opset("com.microsoft", 1))));
        assertEquals(java.util.List.of("ai.onnx.Foo-21", "com.microsoft.Bar-1"), e.features());
        assertEquals(NAME, e.source());
    }

    @Test
    void whatIsValidButNewerIsUnsupported() {
        assertThrows(UnsupportedModelException.class, () -> load(good().setIrVersion(99)));
        assertThrows(UnsupportedModelException.class, () -> load(good().setOpsetImport(0, opset("", 99))));
        assertThrows(UnsupportedModelException.class,
                () -> load(good(g -> g.setInitializer(0, TensorProto.newBuilder().setName("w").setDataType(14)))));
    }
}
