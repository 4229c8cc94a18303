package dev.lanewise.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.Tensor;
import dev.lanewise.loaders.onnx.TensorFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunCommandTest {
    @TempDir
    Path folder;
    private Path model;
    private Path x;

    @BeforeEach
    void files() throws IOException {
        model = Files.write(folder.resolve("m.onnx"), OnnxBytes.addRelu());
        x = folder.resolve("x.npy");
        NpyFile.write(x, Tensor.of(new float[] {0, 0, 0, -5, 5, 1}, 2, 3));
    }

    @Test
    void runsOnNumpyFilesAndWritesThem() throws IOException {
        Outcome o = Outcome.of("run", model, "--input", "x=" + x, "--output", folder.resolve("out"));
        assertEquals(0, o.code(), o.err());
        assertTrue(o.out().contains("FLOAT[2, 3]"), o.out());
        Tensor y = NpyFile.read(folder.resolve("out/y.npy"));
        assertEquals("FLOAT[2, 3]", y.toString());
        assertArrayEquals(new float[] {1, 0, 3, 0, 3, 4}, y.floats());
        String row = o.lastLine();
        assertTrue(row.matches("y +FLOAT\\[2, 3] +0 +4 +1\\.83333"), row);
        assertTrue(o.err().contains("y.npy"));
    }

    @Test
    void runsOnOnnxTensors() throws IOException {
        Path pb = folder.resolve("x.pb");
        TensorFile.write(pb, "x", Tensor.of(new float[] {9, 9, 9}, 1, 3));
        Outcome o = Outcome.of("run", model, "--input", "x=" + pb);
        assertEquals(0, o.code(), o.err());
        assertTrue(o.lastLine().matches("y +FLOAT\\[1, 3] +7 +12 +9\\.66667"), o.lastLine());
    }

    @Test
    void profilesAndTraces() throws IOException {
        Path trace = folder.resolve("trace.json");
        Outcome o = Outcome.of("run", model, "--input", "x=" + x, "--profile", "--runs", "3", "--trace", trace);
        assertEquals(0, o.code(), o.err());
        assertTrue(o.out().contains("mean of 3 runs"), o.out());
        Map<String, Object> events = new Outcome(0, Files.readString(trace), "").json();
        assertFalse(((java.util.List<?>) events.get("traceEvents")).isEmpty());
    }

    @Test
    void exitCodes() throws IOException {
        assertEquals(2, Outcome.of("run").code());
        assertEquals(2, Outcome.of("run", model, "--nonesuch").code());
        assertEquals(2, Outcome.of("run", model, "--threads", "0").code());
        assertEquals(2, Outcome.of("run", model, "--threads", "many").code());
        failed(1, "give every input", model);
        failed(1, "no such file", model, "--input", "x=" + folder.resolve("absent.npy"));
        failed(1, "no file absent.onnx", "absent.onnx");
        failed(1, ".npy or .pb", model, "--input", "x=" + model);
        failed(3, "ai.onnx.Nonesuch", Files.write(folder.resolve("u.onnx"), OnnxBytes.unsupported()));
        byte[] whole = OnnxBytes.addRelu();
        failed(3, "b.onnx", Files.write(folder.resolve("b.onnx"), java.util.Arrays.copyOf(whole, whole.length - 5)));
        NpyFile.write(x, Tensor.of(new double[] {1, 2, 3}, 1, 3));
        failed(1, "DOUBLE", model, "--input", "x=" + x);
    }

    private static void failed(int code, String message, Object... arguments) {
        Object[] all = new Object[arguments.length + 1];
        all[0] = "run";
        System.arraycopy(arguments, 0, all, 1, arguments.length);
        Outcome o = Outcome.of(all);
        assertEquals(code, o.code(), o.err());
        assertTrue(o.err().contains(message), o.err());
        assertFalse(o.err().contains("\tat "), o.err());
        assertEquals("", o.out());
    }
}
