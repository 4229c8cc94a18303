package dev.lanewise.loaders.onnx;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Parser;
import com.google.protobuf.UnsafeByteOperations;
import dev.lanewise.Limits;
import dev.lanewise.ModelFormatException;
import dev.lanewise.ModelSource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** From bytes to protobuf messages, whose byte fields share the file's bytes. */
final class OnnxReader {
    private OnnxReader() {
    }

    /** All bytes of the source. A file is copied to memory, so that nothing that happens to it later does harm. */
    static byte[] bytes(ModelSource source) {
        return switch (source) {
            case ModelSource.Memory memory -> memory.bytes();
            case ModelSource.File file -> bytes(file.path());
        };
    }

    private static byte[] bytes(Path file) {
        try {
            if (Files.exists(file) && !Files.isRegularFile(file)) {
                throw new ModelFormatException(null, null, "a file", "a directory or device", "name the model file");
            }
            long size = Files.size(file);
            if (size > Integer.MAX_VALUE - 64) {
                throw new ModelFormatException(null, null, "a protobuf file below 2 GiB", size + " bytes",
                        "keep large tensors as external data");
            }
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file + ": " + e.getMessage(), e);
        }
    }

    static <T> T parse(byte[] bytes, WireSchema type, Parser<T> parser, Limits limits) {
        if (bytes.length == 0) {
            throw new ModelFormatException(null, null, "an ONNX file", "an empty one", "check where it comes from");
        }
        WireCheck.check(bytes, type, limits);
        CodedInputStream in = UnsafeByteOperations.unsafeWrap(bytes).newCodedInput();
        in.enableAliasing(true);
        in.setRecursionLimit(limits.nesting());
        try {
            return parser.parseFrom(in);
        } catch (InvalidProtocolBufferException e) {
            throw new ModelFormatException(null, "byte " + in.getTotalBytesRead(), "an ONNX file", e.getMessage(),
                    "the file is truncated, broken or no ONNX file", e);
        }
    }
}
