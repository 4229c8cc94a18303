package dev.lanewise.fuzz;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

/** Good files to begin with. */
final class Seeds {
    static final List<Path> CHECKPOINTS = Stream.of("decoder", "vit-exits", "vit-nested", "vit-unified")
            .map(Path.of("../models/src/test/resources/checkpoints")::resolve).toList();
    private static final int LARGEST = 4096;

    private Seeds() {
    }

    /** The small models of the ONNX backend cases where they are there: each operator, most of them in several forms. */
    static Stream<byte[]> onnx() throws IOException {
        Path zip = Path.of(System.getProperty("lanewise.shared"), "conformance", "onnx-backend-tests.zip");
        List<byte[]> models = new ArrayList<>();
        models.add(new byte[] {8, 10});
        if (Files.exists(zip)) {
            try (ZipInputStream in = new ZipInputStream(Files.newInputStream(zip))) {
                for (ZipEntry e = in.getNextEntry(); e != null; e = in.getNextEntry()) {
                    if (e.getName().endsWith("model.onnx")) {
                        byte[] model = in.readAllBytes();
                        if (model.length <= LARGEST) {
                            models.add(model);
                        }
                    }
                }
            }
        }
        return models.stream();
    }

    static Stream<byte[]> safetensors() {
        return Stream.of(safetensors("{}", 0),
                safetensors("""
                        {"__metadata__":{"format":"pt"},"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},\
                        "b":{"dtype":"U8","shape":[3],"data_offsets":[8,11]}}""", 11),
                safetensors(
                        """
                                {"s":{"dtype":"F64","shape":[],"data_offsets":[0,8]},"e":{"dtype":"I64","shape":[3,0],"data_offsets":[8,8]},\
                                "h":{"dtype":"BF16","shape":[2,2],"data_offsets":[8,16]},"f":{"dtype":"F4","shape":[4],"data_offsets":[16,18]},\
                                "t":{"dtype":"BOOL","shape":[2],"data_offsets":[18,20]},"q":{"dtype":"F8_E4M3","shape":[1],"data_offsets":[20,21]}}""",
                        21));
    }

    private static byte[] safetensors(String header, int dataBytes) {
        byte[] json = header.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(8 + json.length + dataBytes).order(ByteOrder.LITTLE_ENDIAN).putLong(json.length)
                .put(json).array();
    }

    /** The number of a checkpoint, a byte, and its configuration. */
    static Stream<byte[]> configs() throws IOException {
        List<byte[]> seeds = new ArrayList<>();
        for (int i = 0; i < CHECKPOINTS.size(); i++) {
            ByteArrayOutputStream seed = new ByteArrayOutputStream();
            seed.write(i);
            seed.write(Files.readAllBytes(CHECKPOINTS.get(i).resolve("config.json")));
            seeds.add(seed.toByteArray());
        }
        return seeds.stream();
    }
}
