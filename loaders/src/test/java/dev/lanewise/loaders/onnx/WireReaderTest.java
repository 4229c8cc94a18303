package dev.lanewise.loaders.onnx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageOrBuilder;
import dev.lanewise.Limits;
import dev.lanewise.ModelSource;
import dev.lanewise.loaders.onnx.backendtest.TestCase;
import dev.lanewise.loaders.onnx.backendtest.TestSuite;
import dev.lanewise.loaders.onnx.proto.Onnx.ModelProto;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The reader finds in a file what Google's own implementation of protobuf finds there. */
class WireReaderTest {
    @TempDir
    Path folder;

    @Test
    void modelsOfEveryOperatorReadAsProtobufReadsThem() throws IOException {
        int compared = 0;
        try (TestSuite cases = TestSuite.open(ConformanceTest.zip())) {
            for (TestCase test : cases.cases().stream().filter(c -> c.suite().equals("node")).toList()) {
                byte[] bytes = Files.readAllBytes(((ModelSource.File) test.model()).path());
                compare(parse(bytes), read(ModelSource.of("m", bytes)), test.name());
                compared++;
            }
        }
        assertTrue(compared > 1000, compared + " models");
    }

    /** A field with numbers and bytes of every size around the reader's window. */
    @Test
    void fromMemoryFileAndStreamTheSame() throws IOException {
        for (int length : List.of(0, 1, 4095, 4096, 4097, 32_700, 32_768, 70_000, 1_000_001)) {
            ModelProto.Builder model = OnnxModels.good();
            model.getGraphBuilder().addInitializer(OnnxModels.empty("raw", dev.lanewise.DataType.UINT8, length)
                    .setRawData(ByteString.copyFrom(pattern(length)))).setName("after").setDocString("é" + length);
            byte[] bytes = model.build().toByteArray();
            DynamicMessage expected = parse(bytes);
            Path file = Files.write(folder.resolve("m" + length + ".onnx"), bytes);
            compare(expected, read(ModelSource.of("m", bytes)), "memory " + length);
            compare(expected, read(ModelSource.of(file)), "file " + length);
            compare(expected, read(new ModelSource.Stream("m", bytes.length, () -> slow(bytes))),
                    "stream " + length);
        }
    }

    /** Through the schema alone: reflection on the generated classes would need an open package. */
    private static DynamicMessage parse(byte[] bytes) throws InvalidProtocolBufferException {
        return DynamicMessage.parseFrom(ModelProto.getDescriptor(), bytes);
    }

    private static byte[] pattern(int length) {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) (i * 31 >> 3);
        }
        return bytes;
    }

    /** Gives a few bytes at a time, as streams may. */
    private static InputStream slow(byte[] bytes) {
        return new FilterInputStream(new ByteArrayInputStream(bytes)) {
            @Override
            public int read(byte[] into, int from, int count) throws IOException {
                return super.read(into, from, Math.min(count, 1000));
            }
        };
    }

    private static Message read(ModelSource source) {
        try (ModelBytes bytes = ModelBytes.open(source)) {
            return WireReader.read(bytes, WireSchema.MODEL, Limits.defaults());
        }
    }

    private static void compare(MessageOrBuilder expected, Message found, String where)
            throws InvalidProtocolBufferException {
        for (FieldDescriptor f : expected.getDescriptorForType().getFields()) {
            String at = where + "/" + f.getName();
            int number = f.getNumber();
            if (!f.isRepeated() && f.hasPresence() && !expected.hasField(f)) {
                assertFalse(found.has(number), at);
                continue;
            }
            List<?> values = f.isRepeated() ? (List<?>) expected.getField(f) : List.of(expected.getField(f));
            switch (f.getType()) {
                case MESSAGE -> {
                    assertEquals(values.size(), found.messages(number).size(), at);
                    for (int i = 0; i < values.size(); i++) {
                        compare((MessageOrBuilder) values.get(i), found.messages(number).get(i), at + "[" + i + "]");
                    }
                }
                case STRING -> assertEquals(values,
                        f.isRepeated() ? found.texts(number) : List.of(found.text(number)), at);
                case BYTES -> {
                    for (int i = 0; i < values.size(); i++) {
                        assertArrayEquals(((ByteString) values.get(i)).toByteArray(), bytes(found, f, i), at);
                    }
                }
                default -> {
                    long[] bits = values.stream().mapToLong(WireReaderTest::bits).toArray();
                    assertArrayEquals(bits, f.isRepeated() ? found.numbers(number) : new long[] {found.number(number)},
                            at);
                }
            }
        }
    }

    private static byte[] bytes(Message found, FieldDescriptor f, int i) {
        if (!f.getName().equals("raw_data")) {
            return f.isRepeated() ? found.byteLists(f.getNumber()).get(i) : found.bytes(f.getNumber());
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        if (found.has(f.getNumber())) {
            found.raw(f.getNumber()).read(part -> {
                ByteBuffer copy = part.duplicate();
                byte[] bytes = new byte[copy.remaining()];
                copy.get(bytes);
                out.writeBytes(bytes);
            });
        }
        return out.toByteArray();
    }

    private static long bits(Object value) {
        return switch (value) {
            case Float f -> Float.floatToRawIntBits(f) & 0xFFFF_FFFFL;
            case Double d -> Double.doubleToRawLongBits(d);
            case Integer i -> i;
            case EnumValueDescriptor e -> e.getNumber();
            default -> (Long) value;
        };
    }
}
