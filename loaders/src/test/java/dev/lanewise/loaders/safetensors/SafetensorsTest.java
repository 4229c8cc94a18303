package dev.lanewise.loaders.safetensors;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.DataType;
import dev.lanewise.InvalidInputException;
import dev.lanewise.Limits;
import dev.lanewise.ModelFormatException;
import dev.lanewise.ModelSource;
import dev.lanewise.Tensor;
import dev.lanewise.UnsupportedModelException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class SafetensorsTest {
    private static final String TWO =
            """
                    {"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"U8","shape":[3],"data_offsets":[8,11]}}""";

    @TempDir
    private Path folder;

    private static byte[] file(String header, int dataBytes) {
        byte[] json = header.getBytes(StandardCharsets.UTF_8);
        return file(json.length, json, dataBytes);
    }

    private static byte[] file(long length, byte[] json, int dataBytes) {
        return ByteBuffer.allocate(8 + json.length + dataBytes).order(ByteOrder.LITTLE_ENDIAN).putLong(length).put(json)
                .array();
    }

    private static Safetensors read(byte[] bytes) {
        return Safetensors.read(ModelSource.of("x.safetensors", bytes));
    }

    private static ModelFormatException refused(byte[] bytes) {
        ModelFormatException e = assertThrows(ModelFormatException.class, () -> read(bytes));
        assertEquals("x.safetensors", e.source());
        return e;
    }

    @ParameterizedTest
    @EnumSource(DataType.class)
    void everyTypeComesBackAsItWasWritten(DataType type) throws IOException {
        Path path = folder.resolve("one.safetensors");
        Object array = type.storage().newArray(6);
        if (array instanceof byte[] bytes) {
            for (int i = 0; i < bytes.length; i++) {
                bytes[i] = (byte) (i & (type == DataType.BOOL ? 1 : 3));
            }
        }
        Tensor tensor = Tensor.of(type, array, 2, 3);
        if (Dtype.of(type) == null) {
            assertThrows(InvalidInputException.class,
                    () -> SafetensorsWriter.write(path, Map.of("t", tensor), Map.of()));
            return;
        }
        SafetensorsWriter.write(path, Map.of("t", tensor), Map.of("format", "pt"));
        for (ModelSource source : List.of(ModelSource.of(path), ModelSource.of("m", Files.readAllBytes(path)),
                new ModelSource.Stream("s", Files.size(path), () -> Files.newInputStream(path)))) {
            Safetensors read = Safetensors.read(source);
            assertEquals(Map.of("format", "pt"), read.metadata());
            assertEquals(type, read.get("t").type());
            assertArrayEquals(new int[] {2, 3}, read.get("t").shape());
            assertTrue(java.util.Objects.deepEquals(array, read.get("t").array()));
        }
    }

    @Test
    void manyTensorsOfAnyNameAndLengthComeBack() throws IOException {
        Random random = new Random(7);
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        for (int i = 0; i < 20; i++) {
            float[] floats = new float[random.nextInt(20_000)];
            for (int j = 0; j < floats.length; j++) {
                floats[j] = random.nextFloat();
            }
            tensors.put("layer." + i + ".\"wéight\"\n", Tensor.of(floats, floats.length));
            tensors.put("bytes." + i, Tensor.of(DataType.INT8, new byte[i], i));
        }
        tensors.put("scalar", Tensor.scalar(3f));
        tensors.put("empty", Tensor.of(new double[0], 3, 0));
        Path path = folder.resolve("many.safetensors");
        SafetensorsWriter.write(path, tensors, Map.of());
        Safetensors read = Safetensors.read(ModelSource.of(path));
        assertEquals(tensors.keySet(), read.tensors().keySet());
        tensors.forEach((name, t) -> {
            assertArrayEquals(t.shape(), read.get(name).shape());
            assertTrue(java.util.Objects.deepEquals(t.array(), read.get(name).array()), name);
        });
    }

    @Test
    void spacesMayFollowTheHeader() {
        assertEquals(2, read(file(TWO + "   ", 11)).tensors().size());
        assertEquals(0, read(file("{}", 0)).tensors().size());
    }

    @Test
    void aNameThatIsNotThereIsAnError() {
        String message = assertThrows(ModelFormatException.class, () -> read(file(TWO, 11)).get("c")).getMessage();
        assertTrue(message.contains("x.safetensors") && message.contains("'c'"), message);
    }

    @ParameterizedTest
    @ValueSource(longs = {109, 200, 100_000_001L, (1L << 32) + 108, -1, Long.MIN_VALUE})
    void aHeaderLengthBeyondTheFileOrTheLimitIsRefused(long length) {
        refused(file(length, TWO.getBytes(StandardCharsets.UTF_8), 0));
    }

    @ParameterizedTest
    @ValueSource(strings = {
        " {}", "{}\n", "[]", "", "{", "{}x", "null",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]},\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]},\"b\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,8]}}",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[8,0]}}",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[-8,0]}}",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8,8]}}",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8.5]}}",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,16]}}",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[-2],\"data_offsets\":[0,8]}}",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[4294967298],\"data_offsets\":[0,8]}}",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[65536,65536],\"data_offsets\":[0,8]}}",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,2],\"data_offsets\":[0,8]}}",
        "{\"a\":{\"dtype\":\"F4\",\"shape\":[15],\"data_offsets\":[0,8]}}",
        "{\"a\":{\"dtype\":\"BOOL\",\"shape\":[7],\"data_offsets\":[0,8]}}",
        "{\"a\":{\"shape\":[2],\"data_offsets\":[0,8]}}",
        "{\"__metadata__\":{\"n\":1}}",
    })
    void aHeaderThatIsNoHeaderOfTheDataIsRefused(String header) {
        refused(file(header, 8));
    }

    @Test
    void bytesThatAreNotUtf8AreRefused() {
        byte[] json = TWO.getBytes(StandardCharsets.UTF_8);
        json[2] = (byte) 0xFF;
        refused(file(json.length, json, 11));
    }

    @Test
    void allUnknownTypesAreNamedAtOnce() {
        UnsupportedModelException e = assertThrows(UnsupportedModelException.class,
                () -> read(
                        file("""
                                {"a":{"dtype":"I2","shape":[4],"data_offsets":[0,1]},"b":{"dtype":"F32","shape":[],"data_offsets":[1,5]},\
                                "c":{"dtype":"C128","shape":[0],"data_offsets":[5,5]}}""",
                                5)));
        assertEquals(List.of("safetensors type C128", "safetensors type I2"), e.features());
        assertEquals("x.safetensors", e.source());
    }

    /** Of 6 bits there is no type elsewhere: others of the file can be read, and of these the bytes. */
    @Test
    void everyTypeOfTheFormatCanBeRead() {
        for (Dtype dtype : Dtype.values()) {
            int bytes = 24 * dtype.bits() / 8;
            byte[] whole = file(
                    "{\"a\":{\"dtype\":\"" + dtype + "\",\"shape\":[4,6],\"data_offsets\":[0," + bytes + "]}}", bytes);
            whole[whole.length - 1] = 1;
            StoredTensor stored = read(whole).stored().get("a");
            assertEquals(dtype, stored.dtype());
            assertEquals(bytes, stored.bytes());
            assertArrayEquals(Arrays.copyOfRange(whole, whole.length - bytes, whole.length), stored.rawBytes().bytes());
            if (dtype == Dtype.F6_E2M3 || dtype == Dtype.F6_E3M2) {
                UnsupportedModelException e = assertThrows(UnsupportedModelException.class, stored::tensor);
                assertEquals(List.of("safetensors type " + dtype), e.features());
            } else {
                assertArrayEquals(dtype == Dtype.C64 ? new int[] {4, 6, 2} : new int[] {4, 6}, stored.tensor().shape());
                assertEquals(dtype == Dtype.C64 ? DataType.FLOAT : dtype.type(), stored.tensor().type());
            }
        }
    }

    /** Values worked out by hand from the definitions of the formats, in the bytes that files have. */
    @Test
    void elementsAreThoseOfTheBytes() {
        byte[] whole =
                file("""
                        {"four":{"dtype":"F4","shape":[2],"data_offsets":[0,1]},"brain":{"dtype":"BF16","shape":[1],"data_offsets":[1,3]},\
                        "complex":{"dtype":"C64","shape":[1],"data_offsets":[3,11]}}""",
                        11);
        ByteBuffer data = ByteBuffer.wrap(whole, whole.length - 11, 11).order(ByteOrder.LITTLE_ENDIAN);
        data.put((byte) 0xB7).putShort((short) 0x3FC0).putFloat(2.5f).putFloat(-1);
        Safetensors read = read(whole);
        assertArrayEquals(new byte[] {7, 11}, read.get("four").bytes());
        assertArrayEquals(new short[] {0x3FC0}, read.get("brain").shorts());
        assertArrayEquals(new float[] {2.5f, -1}, read.get("complex").floats());
    }

    @Test
    void limitsHold() {
        byte[] bytes = file(TWO, 11);
        assertThrows(ModelFormatException.class,
                () -> Safetensors.read(ModelSource.of("x", bytes), Limits.defaults().withTensors(1)));
        assertThrows(ModelFormatException.class,
                () -> Safetensors.read(ModelSource.of("x", bytes), Limits.defaults().withRank(0)));
        assertThrows(ModelFormatException.class,
                () -> Safetensors.read(ModelSource.of("x", bytes), Limits.defaults().withNameBytes(0)));
    }

    @ParameterizedTest
    @CsvSource({"0", "7", "8", "9", "60", "115", "125"})
    void aFileThatEndsEarlyIsRefused(int length) {
        refused(Arrays.copyOf(file(TWO, 11), length));
    }

    @Test
    void whateverBytesChangeTheOutcomeIsAModelOrAnError() {
        Random random = new Random(3);
        byte[] whole = file(TWO, 11);
        for (int i = 0; i < 20_000; i++) {
            byte[] changed = whole.clone();
            for (int n = random.nextInt(3); n >= 0; n--) {
                changed[random.nextInt(changed.length)] = (byte) random.nextInt();
            }
            try {
                read(changed).tensors().values().forEach(Tensor::array);
            } catch (ModelFormatException | UnsupportedModelException expected) {
                assertTrue(expected.getMessage().length() < 1000);
            }
        }
        assertEquals(2,
                Safetensors.read(new ModelSource.Stream("s", whole.length, () -> new ByteArrayInputStream(whole)))
                        .tensors().size());
    }
}
