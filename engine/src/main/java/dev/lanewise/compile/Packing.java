package dev.lanewise.compile;

import dev.lanewise.Tensor;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/** Constants in kernel form, made once for all plans of a model. */
final class Packing {
    /** Tensors compare by identity. */
    private record Key(List<Tensor> constants, String kind) {
    }

    private final Map<Key, Object> made = new ConcurrentHashMap<>();

    @SuppressWarnings("unchecked")
    <T> T get(List<Tensor> constants, String kind, Supplier<T> packing) {
        return (T) made.computeIfAbsent(new Key(constants, kind), k -> packing.get());
    }

    int size() {
        return made.size();
    }
}
