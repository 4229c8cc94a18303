package dev.lanewise.loaders.onnx;

import dev.lanewise.LoadOptions;
import dev.lanewise.ModelFormat;
import dev.lanewise.ModelFormatException;
import dev.lanewise.ModelSource;
import dev.lanewise.UnsupportedModelException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Reads ONNX models (the protobuf form, IR versions 1 to 13) with weights in the file or in external data files beside it.
 *
 * <p>
 * An input that is an initialiser as well has a default value that the standard lets a run override; here it is a constant
 * ({@link dev.lanewise.ModelMetadata#fixedInputs()}), so that weights of older files can be packed and folded.
 */
public final class OnnxFormat implements ModelFormat {
    private static final byte IR_VERSION_TAG = 1 << 3;

    /** Names that end in {@code .onnx}, and bytes that start as ONNX files in practice do: with the IR version. */
    @Override
    public boolean accepts(ModelSource source) {
        if (source instanceof ModelSource.File file && Files.isDirectory(file.path())) {
            return false;
        }
        if (source.name().toLowerCase(java.util.Locale.ROOT).endsWith(".onnx")) {
            return true;
        }
        try {
            byte[] head = source.head(2);
            return head.length == 2 && head[0] == IR_VERSION_TAG && head[1] > 0 && head[1] < 64;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + source.name() + ": " + e.getMessage(), e);
        }
    }

    @Override
    public LoadedModel read(ModelSource source, LoadOptions options) {
        options.adaptive().check(source.name(), false, false, false);
        try (ModelBytes bytes = ModelBytes.open(source)) {
            ModelProto model = ModelProto.of(WireReader.read(bytes, WireSchema.MODEL, options.limits()));
            Budget budget = new Budget(Math.addExact(bytes.size(), options.limits().extraBytes()));
            Path folder = source instanceof ModelSource.File file ? file.path().toAbsolutePath().getParent() : null;
            ExternalData external = new ExternalData(folder, options.allowedRoot(), budget);
            return new OnnxImporter(model, options.limits(), new TensorReader(options.limits(), budget, external))
                    .load();
        } catch (ModelFormatException e) {
            throw e.in(source.name());
        } catch (UnsupportedModelException e) {
            throw new UnsupportedModelException(source.name(), e.features());
        }
    }
}
