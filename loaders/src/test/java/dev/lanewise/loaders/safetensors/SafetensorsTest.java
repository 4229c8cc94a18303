package dev.lanewise.loaders.safetensors;

import static dev.lanewise.loaders.safetensors.SafetensorsBytes.TWO;
import static dev.lanewise.loaders.safetensors.SafetensorsBytes.file;
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
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
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
import org.junit.jupiter.params.provider.EnumSource;

class SafetensorsTest {
    @TempDir
    private Path folder;

    private static Safetensors read(byte[] bytes) {
        return Safetensors.read(ModelSource.of("x.safetensors", bytes));
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
}
