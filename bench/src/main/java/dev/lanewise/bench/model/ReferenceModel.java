package dev.lanewise.bench.model;

import dev.lanewise.cli.peer.CacheFolder;
import dev.lanewise.models.tokenizer.Tokenizer;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/** The models that are measured. */
public enum ReferenceModel {
    MINILM("all-minilm-l6-v2", "all-minilm-l6-v2", Kind.ENCODER),
    MINILM_INT8("all-minilm-l6-v2-q", "all-minilm-l6-v2-q", Kind.ENCODER_INT8),
    BGE_SMALL("bge-small-en-v1.5", "bge-small-en-v1.5", Kind.ENCODER),
    RESNET50("resnet50", "light_resnet50", Kind.IMAGE),
    SQUEEZENET("squeezenet", "light_squeezenet", Kind.IMAGE);

    /** What a model takes, and how near the engines' outputs have to be. */
    public enum Kind {
        ENCODER, ENCODER_INT8, IMAGE
    }

    private static final long SEED = 20260101;
    private static final String ZIP = "conformance/onnx-backend-tests.zip";

    private final String title;
    private final String file;
    private final Kind kind;

    ReferenceModel(String title, String file, Kind kind) {
        this.title = title;
        this.file = file;
        this.kind = kind;
    }

    /** Its name in keys and on the command line. */
    public String title() {
        return title;
    }

    public Kind kind() {
        return kind;
    }

    public static ReferenceModel named(String title) {
        return Arrays.stream(values()).filter(m -> m.title.equals(title)).findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "no model " + title + " among " + Arrays.stream(values()).map(ReferenceModel::title).toList()));
    }

    /** Why the model cannot be had here; empty where it can. */
    public Optional<String> missing() {
        return kind != Kind.IMAGE || Files.isRegularFile(zip()) ? Optional.empty()
                : Optional.of(zip() + " is not there (name its folder with -Dlanewise.shared)");
    }

    /** The ONNX file in the cache folder, made on the first call: all engines read the same bytes. */
    public Path onnx() throws IOException {
        return cached("model.onnx", () -> kind == Kind.IMAGE ? RandomWeights.fill(lightModel(), SEED)
                : resource(file + ".onnx"));
    }

    /** The {@code tokenizer.json} beside the ONNX file. */
    public Path tokenizerFile() throws IOException {
        return cached("tokenizer.json", () -> resource(file + "-tokenizer.json"));
    }

    /** The tokeniser without the padding and truncation of its file. */
    public Tokenizer tokenizer() throws IOException {
        try (InputStream in = Files.newInputStream(tokenizerFile())) {
            return Tokenizer.load(in, title).withoutPadding().withMaxLength(512);
        }
    }

    /** The model as a folder with safetensors, made on the first call. */
    public Path huggingFaceFolder() throws IOException {
        Path made = folder().resolve("safetensors");
        if (!Files.isDirectory(made)) {
            Path unfinished = Files.createTempDirectory(folder(), "unfinished");
            HuggingFaceFolder.write(Files.readAllBytes(onnx()), Files.readAllBytes(tokenizerFile()), unfinished);
            Files.move(unfinished, made, StandardCopyOption.ATOMIC_MOVE);
        }
        return made;
    }

    private interface Bytes {
        byte[] make() throws IOException;
    }

    private Path cached(String name, Bytes bytes) throws IOException {
        Path path = folder().resolve(name);
        if (!Files.isRegularFile(path)) {
            Path unfinished = Files.createTempFile(folder(), name, null);
            Files.write(unfinished, bytes.make());
            Files.move(unfinished, path, StandardCopyOption.ATOMIC_MOVE);
        }
        return path;
    }

    /** Random weights of another seed go to another folder. */
    private Path folder() throws IOException {
        return Files.createDirectories(CacheFolder.path().resolve("report")
                .resolve(kind == Kind.IMAGE ? title + "-" + SEED : title));
    }

    private static byte[] resource(String name) throws IOException {
        try (InputStream in = ReferenceModel.class.getResourceAsStream("/" + name)) {
            if (in == null) {
                throw new IOException(name + " is not on the class path");
            }
            return in.readAllBytes();
        }
    }

    private byte[] lightModel() throws IOException {
        try (ZipFile zip = new ZipFile(zip().toFile())) {
            List<? extends ZipEntry> found = zip.stream().filter(e -> e.getName().endsWith("/light/" + file + ".onnx"))
                    .toList();
            if (found.size() != 1) {
                throw new IOException(zip() + " has not one " + file + ".onnx but " + found.size());
            }
            try (InputStream in = zip.getInputStream(found.getFirst())) {
                return in.readAllBytes();
            }
        }
    }

    private static Path zip() {
        return Path.of(System.getProperty("lanewise.shared", "../shared")).resolve(ZIP);
    }
}
