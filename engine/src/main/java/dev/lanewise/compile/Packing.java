package dev.lanewise.compile;

import dev.lanewise.DeferredData;
import dev.lanewise.Tensor;
import dev.lanewise.kernel.PackedWeights;
import dev.lanewise.op.Lowering;
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

    /** The same for a form that the constants can be had from again, and are from then on. */
    <T> T get(List<Tensor> constants, String kind, Supplier<T> packing, Lowering.Unpacking<T> unpacking) {
        return get(constants, kind, () -> {
            T packed = packing.get();
            for (int i = 0; i < constants.size(); i++) {
                DeferredData data = constants.get(i).deferred();
                if (data != null) {
                    data.release(unpacking.elements(packed, i));
                }
            }
            return packed;
        });
    }

    int size() {
        return made.size();
    }

    long bytes() {
        return made.values().stream().mapToLong(p -> p instanceof PackedWeights w ? w.bytes() : 0).sum();
    }
}
