package dev.lanewise.loaders.safetensors;

import dev.lanewise.Limits;
import dev.lanewise.ModelFormatException;
import dev.lanewise.Tensor;
import dev.lanewise.UnsupportedModelException;
import dev.lanewise.loaders.file.RawData;
import dev.lanewise.loaders.json.JsonReader;
import dev.lanewise.loaders.json.JsonValue;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** The JSON header of a safetensors file, checked against the bytes that follow it. */
final class Header {
    static final String METADATA = "__metadata__";
    /** The limit of the format's own library. */
    static final long MOST_BYTES = 100_000_000;

    private final String source;
    private final byte[] json;
    /** Bytes of all tensors. */
    private final long dataBytes;
    private final Limits limits;
    private final Set<String> unknown = new TreeSet<>();

    /** Finds the bytes of a tensor, counted from the first byte of the first tensor. */
    interface Data {
        RawData part(long from, long count);
    }

    private record Entry(String name, Dtype dtype, int[] shape, long begin, long end) {
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
        JsonValue root = JsonReader.read(json, source, Math.addExact(dataBytes, limits.extraBytes()));
        for (String name : root.members().keySet()) {
            JsonValue value = root.get(name);
            if (name.equals(METADATA)) {
                metadata = strings(value);
            } else if (entries.size() == limits.tensors()) {
                throw new ModelFormatException(source, "the header", "at most " + limits.tensors() + " tensors", "more",
                        "raise Limits.tensors");
            } else {
                Entry entry = entry(name, value);
                if (entry != null) {
                    entries.add(entry);
                }
            }
        }
        if (!unknown.isEmpty()) {
            throw new UnsupportedModelException(source, List.copyOf(unknown));
        }
        checkCover(entries);
        Map<String, StoredTensor> tensors = new LinkedHashMap<>();
        for (Entry e : entries) {
            tensors.put(e.name,
                    new StoredTensor(source, e.name, e.dtype, e.shape, data.part(e.begin, e.end - e.begin)));
        }
        return new Safetensors(source, tensors, metadata);
    }

    /** The header starts with its object and may be filled up with spaces, nothing else. */
    private void checkEnds() {
        int end = json.length;
        while (end > 0 && json[end - 1] == ' ') {
            end--;
        }
        if (end == 0 || json[0] != '{' || json[end - 1] != '}') {
            throw new ModelFormatException(source, "the header", "a JSON object, and spaces after it",
                    "something else", "check that the file is safetensors");
        }
    }

    private static Map<String, String> strings(JsonValue value) {
        Map<String, String> strings = new LinkedHashMap<>();
        for (String name : value.members().keySet()) {
            strings.put(name, value.get(name).string());
        }
        return Collections.unmodifiableMap(strings);
    }

    /** Null where the type is unknown, and with it the size of an element. */
    private Entry entry(String name, JsonValue value) {
        if (name.length() > limits.nameBytes()) {
            throw new ModelFormatException(source, StoredTensor.where(name),
                    "a name of at most " + limits.nameBytes() + " characters", name.length() + " characters",
                    "raise Limits.nameBytes");
        }
        String dtypeName = value.get("dtype").string();
        int[] shape = shape(value.get("shape"));
        List<JsonValue> offsets = value.get("data_offsets").elements();
        if (offsets.size() != 2) {
            throw value.get("data_offsets").error("two offsets", Integer.toString(offsets.size()));
        }
        long begin = offsets.get(0).whole(0, dataBytes);
        long end = offsets.get(1).whole(begin, dataBytes);
        Dtype dtype = Dtype.of(dtypeName);
        if (dtype == null) {
            unknown.add("safetensors type " + ModelFormatException.printable(dtypeName));
            return null;
        }
        long bits = bits(value.get("shape"), dtype, shape);
        if (bits % 8 != 0) {
            throw value.error("elements that fill whole bytes", bits + " bits for " + dtype + " " + text(shape));
        }
        if (bits / 8 != end - begin) {
            throw value.error(bits / 8 + " bytes for " + dtype + " " + text(shape), (end - begin) + " bytes");
        }
        return new Entry(name, dtype, shape, begin, end);
    }

    private static String text(int[] shape) {
        return Arrays.toString(shape);
    }

    private int[] shape(JsonValue value) {
        List<JsonValue> dims = value.elements();
        if (dims.size() > limits.rank()) {
            throw new ModelFormatException(source, value.path(), "at most " + limits.rank() + " dimensions",
                    Integer.toString(dims.size()), "raise Limits.rank");
        }
        return dims.stream().mapToInt(d -> d.integer(0, Integer.MAX_VALUE)).toArray();
    }

    private static long bits(JsonValue place, Dtype dtype, int[] shape) {
        try {
            return (long) Tensor.sizeOf(shape) * dtype.bits();
        } catch (RuntimeException tooMany) {
            throw place.error("at most 2^31 - 64 elements", text(shape));
        }
    }

    /** Each byte after the header belongs to one tensor: no holes, in which anything could hide, and nothing twice. */
    private void checkCover(List<Entry> entries) {
        List<Entry> inOrder = new ArrayList<>(entries);
        inOrder.sort(Comparator.comparingLong(Entry::begin).thenComparingLong(Entry::end));
        long at = 0;
        for (Entry e : inOrder) {
            if (e.begin != at) {
                throw new ModelFormatException(source, StoredTensor.where(e.name),
                        "elements from byte " + at + " on, where the one before ends",
                        "from byte " + e.begin, "write the file again without gaps and overlaps");
            }
            at = e.end;
        }
        if (at != dataBytes) {
            throw new ModelFormatException(source, null, at + " bytes of tensors", dataBytes + " bytes",
                    "check that the file is complete and nothing follows its tensors");
        }
    }
}
