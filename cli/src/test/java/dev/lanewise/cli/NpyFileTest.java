package dev.lanewise.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lanewise.DataType;
import dev.lanewise.InvalidInputException;
import dev.lanewise.ModelFormatException;
import dev.lanewise.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class NpyFileTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @EnumSource(DataType.class)
    void readsWhatItWrites(DataType type) throws IOException {
        Path file = folder.resolve("t.npy");
        for (int[] shape : new int[][] {{}, {1}, {7}, {0}, {2, 0, 3}, {3, 5}, {2, 3, 4}, {40_000}}) {
            Tensor t = Tensor.zeros(type, shape);
            if (!NpyFile.canHold(type)) {
                assertThrows(InvalidInputException.class, () -> NpyFile.write(file, t));
                return;
            }
            Random random = new Random(7);
            for (int i = 0; i < t.size(); i++) {
                int v = random.nextInt();
                switch (t.array()) {
                    case float[] a -> a[i] = Float.intBitsToFloat(v & 0x7F7FFFFF);
                    case double[] a -> a[i] = v * 1e-3;
                    case long[] a -> a[i] = v * 1_000_000_007L;
                    case int[] a -> a[i] = v;
                    case short[] a -> a[i] = (short) v;
                    case byte[] a -> a[i] = (byte) (type == DataType.BOOL ? v & 1 : v);
                    default -> throw new AssertionError();
                }
            }
            NpyFile.write(file, t);
            Tensor read = NpyFile.read(file);
            assertEquals(t.toString(), read.toString());
            assertTrue(java.util.Objects.deepEquals(t.array(), read.array()));
        }
    }

    /** The header as NumPy itself writes it, and the start of the elements at a multiple of 64. */
    @Test
    void writesTheHeaderOfNumpy() throws IOException {
        Path file = folder.resolve("t.npy");
        NpyFile.write(file, Tensor.of(new float[] {1, 2, 3}, 3));
        byte[] bytes = Files.readAllBytes(file);
        String text = new String(bytes, StandardCharsets.ISO_8859_1);
        assertTrue(text.startsWith(
                "\u0093NUMPY\u0001\u0000\u0076\u0000{'descr': '<f4', 'fortran_order': False, 'shape': (3,), }"));
        assertEquals('\n', bytes[127]);
        assertEquals(128 + 12, bytes.length);
        NpyFile.write(file, Tensor.of(new long[] {1, 2}, 1, 2));
        assertTrue(Files.readString(file, StandardCharsets.ISO_8859_1)
                .contains("'<i8', 'fortran_order': False, 'shape': (1, 2), }"));
        NpyFile.write(file, Tensor.of(new boolean[] {true}));
        assertTrue(Files.readString(file, StandardCharsets.ISO_8859_1)
                .contains("'|b1', 'fortran_order': False, 'shape': (), }"));
    }

    @ParameterizedTest
    @CsvSource({"1,<", "2,<", "3,<", "1,>", "2,>"})
    void readsAllVersionsAndByteOrders(int version, char order) throws IOException {
        ByteOrder byteOrder = order == '<' ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN;
        ByteBuffer data = ByteBuffer.allocate(24).order(byteOrder);
        data.asIntBuffer().put(new int[] {1, -2, 3, -4, 5, 1 << 30});
        Path file = file(version, "{\"shape\":(2,3),'fortran_order':False,'descr':'" + order + "i4'}", data.array());
        Tensor t = NpyFile.read(file);
        assertEquals("INT32[2, 3]", t.toString());
        assertArrayEquals(new int[] {1, -2, 3, -4, 5, 1 << 30}, t.ints());
    }

    @Test
    void readsFortranOrder() throws IOException {
        // Element (i, j, k) is 100 i + 10 j + k; the first index runs fastest.
        byte[] data = new byte[2 * 3 * 2];
        int at = 0;
        for (int k = 0; k < 2; k++) {
            for (int j = 0; j < 3; j++) {
                for (int i = 0; i < 2; i++) {
                    data[at++] = (byte) (100 * i + 10 * j + k);
                }
            }
        }
        Tensor t = NpyFile.read(file(1, "{'descr': '|u1', 'fortran_order': True, 'shape': (2, 3, 2), }", data));
        assertArrayEquals(new byte[] {0, 1, 10, 11, 20, 21, 100, 101, 110, 111, 120, 121}, t.bytes());
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', value = {
        "{'descr': '<f4', 'fortran_order': False, 'shape': (3,), };8;12 bytes",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (3,), };16;12 bytes",
        "{'descr': '|O', 'fortran_order': False, 'shape': (1,), };8;found O",
        "{'descr': '<U3', 'fortran_order': False, 'shape': (1,), };12;found U3",
        "{'descr': [('a', '<i4')], 'fortran_order': False, 'shape': (1,), };4;structured",
        "{'descr': '<f4', 'shape': (1,), };4;fortran_order",
        "{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': (1,), };4;once each",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (-1,), };4;structured",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (1,), 'more': True};4;once each",
        "not a dictionary;4;dictionary"})
    void refusesBrokenFiles(String header, int bytes, String message) throws IOException {
        Path file = file(1, header, new byte[bytes]);
        ModelFormatException e = assertThrows(ModelFormatException.class, () -> NpyFile.read(file));
        assertTrue(e.getMessage().contains(message), e.getMessage());
        assertTrue(e.getMessage().contains("t.npy"), e.getMessage());
    }

    @Test
    void refusesEveryTruncation() throws IOException {
        Path file = file(1, "{'descr': '<f4', 'fortran_order': False, 'shape': (3,), }\n", new byte[12]);
        byte[] whole = Files.readAllBytes(file);
        NpyFile.read(file);
        for (int length = 0; length < whole.length; length++) {
            Files.write(file, java.util.Arrays.copyOf(whole, length));
            assertThrows(ModelFormatException.class, () -> NpyFile.read(file));
        }
    }

    @Test
    void refusesSizesBeyondTheFile() throws IOException {
        Path huge = file(1, "{'descr': '<f8', 'fortran_order': False, 'shape': (999999999, 2), }", new byte[8]);
        assertThrows(ModelFormatException.class, () -> NpyFile.read(huge));
        Path overflow =
                file(1, "{'descr': '<f8', 'fortran_order': False, 'shape': (999999999, 999999999), }", new byte[8]);
        assertThrows(InvalidInputException.class, () -> NpyFile.read(overflow));
        Files.write(huge, new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 2, 0, -1, -1, -1, -1});
        assertThrows(ModelFormatException.class, () -> NpyFile.read(huge));
        Files.write(huge, new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 4, 0, 0, 0});
        assertTrue(
                assertThrows(ModelFormatException.class, () -> NpyFile.read(huge)).getMessage().contains("version 4"));
    }

    private Path file(int version, String header, byte[] data) throws IOException {
        byte[] text = header.getBytes(StandardCharsets.UTF_8);
        ByteBuffer out = ByteBuffer.allocate(12 + text.length + data.length).order(ByteOrder.LITTLE_ENDIAN);
        out.put(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', (byte) version, 0});
        if (version == 1) {
            out.putShort((short) text.length);
        } else {
            out.putInt(text.length);
        }
        out.put(text).put(data);
        Path file = folder.resolve("t.npy");
        Files.write(file, java.util.Arrays.copyOf(out.array(), out.position()));
        return file;
    }
}
