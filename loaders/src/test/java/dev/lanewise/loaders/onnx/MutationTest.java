package dev.lanewise.loaders.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.KernelMode;
import dev.lanewise.LanewiseException;
import dev.lanewise.LoadOptions;
import dev.lanewise.Model;
import dev.lanewise.ModelSource;
import dev.lanewise.loaders.onnx.backendtest.TestCase;
import dev.lanewise.loaders.onnx.backendtest.TestSuite;
import dev.lanewise.loaders.testing.Promise;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Files broken at random, with a fixed seed, and cut: a compiled model or a typed exception comes out, in little time and memory. */
class MutationTest {
    private static final int ROUNDS = Integer.getInteger("lanewise.mutations", 5_000);
    private static final LoadOptions OPTIONS = LoadOptions.defaults().withKernels(KernelMode.SCALAR);

    private final Random random = new Random(42);
    private int refused;

    @Test
    void brokenFilesGiveTypedErrors() {
        byte[] good = OnnxModels.good().build().toByteArray();
        for (int i = 0; i < ROUNDS; i++) {
            load(mutate(good.clone()), "round " + i);
        }
        assertTrue(refused > ROUNDS / 4, refused + " refused");
    }

    /** The backend cases hold every operator; what is broken in them is mostly an attribute, a shape or a type. */
    @Test
    void brokenCasesGiveTypedErrors() throws IOException {
        try (TestSuite cases = TestSuite.open(ConformanceTest.zip())) {
            List<TestCase> some = cases.cases().stream().filter(c -> c.suite().equals("node")).toList();
            for (int i = 0; i < ROUNDS; i++) {
                TestCase test = some.get(i % some.size());
                load(mutate(Files.readAllBytes(((ModelSource.File) test.model()).path())),
                        "round " + i + " of " + test.name());
            }
        }
        assertTrue(refused > ROUNDS / 4, refused + " refused");
    }

    private void load(byte[] broken, String what) {
        LanewiseException e = Promise.kept(what, broken.length,
                () -> Model.load(ModelSource.of(OnnxModels.NAME, broken), OPTIONS).close());
        refused += e == null ? 0 : 1;
    }

    @Test
    void aFileCutAnywhereIsRefused() {
        byte[] good = OnnxModels.good().build().toByteArray();
        for (int length = 0; length < good.length; length++) {
            load(Arrays.copyOf(good, length), "cut to " + length);
        }
        assertEquals(good.length, refused);
    }

    private byte[] mutate(byte[] bytes) {
        int edits = 1 + random.nextInt(3);
        for (int e = 0; e < edits; e++) {
            int at = random.nextInt(bytes.length);
            switch (random.nextInt(4)) {
                case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
                case 1 -> bytes[at] = (byte) random.nextInt(256);
                case 2 -> bytes[at] += (byte) (random.nextInt(5) - 2);
                default -> swap(bytes, at, random.nextInt(bytes.length), 1 + random.nextInt(8));
            }
        }
        return bytes;
    }

    private static void swap(byte[] bytes, int a, int b, int length) {
        for (int i = 0; i < length && Math.max(a, b) + i < bytes.length; i++) {
            byte kept = bytes[a + i];
            bytes[a + i] = bytes[b + i];
            bytes[b + i] = kept;
        }
    }
}
