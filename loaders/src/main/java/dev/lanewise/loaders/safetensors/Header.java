package dev.lanewise.loaders.safetensors;

import dev.lanewise.DataType;
import dev.lanewise.Limits;
import dev.lanewise.ModelFormatException;
import dev.lanewise.Tensor;
import dev.lanewise.UnsupportedModelException;
import dev.lanewise.loaders.file.RawData;
import dev.lanewise.loaders.file.TensorData;
import dev.lanewise.loaders.json.JsonReader;
import dev.lanewise.loaders.json.JsonValue;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The JSON header of a safetensors file, checked against the bytes that follow it. */
final class Header {
    static final String METADATA = "__metadata__";

    private final String source;
    private final byte[] json;
    /** Bytes of all tensors. */
    private final long dataBytes;
    private final Limits limits;

    /** Finds the bytes of a tensor, counted from the first byte of the first tensor. */
    interface Data {
        RawData part(long from, long count);
    }

    private record Entry(String name, DataType type, int[] shape, long begin, long end) {
    }

    Header(String source, byte[] json, long dataBytes, Limits limits) {
        this.source = source;
        this.json = json;
        this.dataBytes = dataBytes;
        this.limits = limits;
    }

    Safetensors read(Data data) {
        checkEnds();
        Map<String, String> metadata = Map.of();
        List<Entry> entries = new ArrayList<>();
        JsonValue root = parse();
        for (String name : root.members().keySet()) {
            JsonValue value = root.get(name);
            if (name.equals(METADATA)) {
                metadata = strings(value);
            } else if (entries.size() == limits.tensors()) {
                throw root.error("at most " + limits.tensors() + " tensors", "more");
            } else {
                entries.add(entry(name, value));
            }
        }
        checkCover(entries);
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        for (Entry e : entries) {
            tensors.put(e.name, TensorData.tensor(data.part(e.begin, e.end - e.begin), e.type, e.shape, where(e)));
        }
        return new Safetensors(source, Collections.unmodifiableMap(tensors), metadata);
    }

    /** The header starts with its object and may be filled up with spaces, nothing else. */
    private void checkEnds() {
        int end = json.length;
        while (end > 0 && json[end - 1] == ' ') {
            end--;
        }
        if (end == 0 || json[0] != '{' || json[end - 1] != '}') {
            throw new ModelFormatException(null, "the header", "a JSON object, and spaces after it", "something else",
                    "check that the file is safetensors");
        }
    }

    private JsonValue parse() {
        try {
            return JsonReader.read(new ByteArrayInputStream(json), source, json.length);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Map<String, String> strings(JsonValue value) {
        Map<String, String> strings = new LinkedHashMap<>();
        for (String name : value.members().keySet()) {
            strings.put(name, value.get(name).string());
        }
        return Collections.unmodifiableMap(strings);
    }

    private Entry entry(String name, JsonValue value) {
        if (name.length() > limits.nameBytes()) {
            throw value.error("a name of at most " + limits.nameBytes() + " characters", name.length() + " characters");
        }
        JsonValue dtype = value.get("dtype");
        DataType type = type(dtype.string());
        if (type == null) {
            throw new UnsupportedModelException(source,
                    List.of("safetensors type " + ModelFormatException.printable(dtype.string())));
        }
        int[] shape = shape(value.get("shape"));
        List<JsonValue> offsets = value.get("data_offsets").elements();
        if (offsets.size() != 2) {
            throw value.get("data_offsets").error("two offsets", Integer.toString(offsets.size()));
        }
        long begin = offsets.get(0).whole(0, dataBytes);
        long end = offsets.get(1).whole(begin, dataBytes);
        long bits = bits(value.get("shape"), type, shape);
        if (bits % 8 != 0 || bits / 8 != end - begin) {
            throw value.error(bits + " bits for " + type + " " + java.util.Arrays.toString(shape),
                    (end - begin) + " bytes");
        }
        return new Entry(name, type, shape, begin, end);
    }

    private int[] shape(JsonValue value) {
        List<JsonValue> dims = value.elements();
        if (dims.size() > limits.rank()) {
            throw value.error("at most " + limits.rank() + " dimensions", Integer.toString(dims.size()));
        }
        return dims.stream().mapToInt(d -> d.integer(0, Integer.MAX_VALUE)).toArray();
    }

    private static long bits(JsonValue place, DataType type, int[] shape) {
        try {
            return (long) Tensor.sizeOf(shape) * type.bits();
        } catch (RuntimeException tooMany) {
            throw place.error("at most 2^31 - 64 elements", java.util.Arrays.toString(shape));
        }
    }

    /** Each byte after the header belongs to one tensor: no holes, in which anything could hide, and nothing twice. */
    private void checkCover(List<Entry> entries) {
        List<Entry> inOrder = new ArrayList<>(entries);
        inOrder.sort(Comparator.comparingLong(Entry::begin).thenComparingLong(Entry::end));
        long at = 0;
        for (Entry e : inOrder) {
            if (e.begin != at) {
                throw new ModelFormatException(null, where(e),
                        "elements from byte " + at + " on, where the one before ends",
                        "from byte " + e.begin, "write the file again without gaps and overlaps");
            }
            at = e.end;
        }
        if (at != dataBytes) {
            throw new ModelFormatException(null, null, at + " bytes of tensors", dataBytes + " bytes",
                    "check that the file is complete and nothing follows its tensors");
        }
    }

    private static String where(Entry e) {
        return "tensor '" + ModelFormatException.printable(e.name) + "'";
    }

    /** Null where there is no such type. */
    private static DataType type(String name) {
        for (DataType type : DataType.values()) {
            if (name.equals(name(type))) {
                return type;
            }
        }
        return null;
    }

    /** What safetensors calls a type; null where it has none. */
    static String name(DataType type) {
        return switch (type) {
            case FLOAT -> "F32";
            case DOUBLE -> "F64";
            case FLOAT16 -> "F16";
            case BFLOAT16 -> "BF16";
            case FLOAT8E4M3FN -> "F8_E4M3";
            case FLOAT8E5M2 -> "F8_E5M2";
            case FLOAT8E8M0 -> "F8_E8M0";
            case FLOAT4E2M1 -> "F4";
            case INT64 -> "I64";
            case INT32 -> "I32";
            case INT16 -> "I16";
            case INT8 -> "I8";
            case UINT64 -> "U64";
            case UINT32 -> "U32";
            case UINT16 -> "U16";
            case UINT8 -> "U8";
            case BOOL -> "BOOL";
            case FLOAT8E4M3FNUZ, FLOAT8E5M2FNUZ, INT4, INT2, UINT4, UINT2, STRING, SEQUENCE, OPTIONAL -> null;
        };
    }
}
