package dev.lanewise.loaders.onnx;

import java.util.HashMap;
import java.util.Map;

/** The importer of each operator type that is supported, by domain. */
final class Registry {
    /** The standard's own domain; files write it as {@code ""} or {@code "ai.onnx"}. */
    static final String STANDARD_DOMAIN = "ai.onnx";

    static final Registry ALL = all();

    private final Map<String, OperatorImporter> importers = new HashMap<>();

    private static Registry all() {
        Registry r = new Registry();
        ConstantImports.register(r);
        ElementwiseImports.register(r);
        LogicImports.register(r);
        ReduceImports.register(r);
        ShapeImports.register(r);
        ImageImports.register(r);
        QuantImports.register(r);
        LinearImports.register(r);
        NormImports.register(r);
        AttentionImports.register(r);
        NnImports.register(r);
        return r;
    }

    /** Adds an operator of the standard's domain. */
    void add(String type, OperatorImporter importer) {
        add(STANDARD_DOMAIN, type, importer);
    }

    void add(String domain, String type, OperatorImporter importer) {
        if (importers.putIfAbsent(key(domain, type), importer) != null) {
            throw new IllegalStateException(key(domain, type) + " has two importers");
        }
    }

    /** The importer, or null where the operator is not supported. */
    OperatorImporter find(String domain, String type) {
        return importers.get(key(domain, type));
    }

    static String domain(String written) {
        return written.isEmpty() ? STANDARD_DOMAIN : written;
    }

    private static String key(String domain, String type) {
        return domain(domain) + "." + type;
    }
}
