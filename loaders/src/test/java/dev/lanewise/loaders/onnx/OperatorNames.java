package dev.lanewise.loaders.onnx;

import dev.lanewise.loaders.onnx.proto.Onnx.NodeProto;
import java.io.IOException;
import java.io.InputStream;
import java.lang.classfile.ClassFile;
import java.lang.classfile.constantpool.ClassEntry;
import java.lang.classfile.constantpool.PoolEntry;
import java.lang.classfile.constantpool.StringEntry;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * All operator types that {@link Registry} finds. It only answers for a given name, so names are what its classes could compare one
 * with: the strings in their class files, and the ONNX names of enums that they go through.
 */
final class OperatorNames {
    private static final List<String> DOMAINS =
            List.of(Registry.STANDARD_DOMAIN, MlImports.DOMAIN, PreviewImports.DOMAIN, ContribImports.DOMAIN);

    /** An operator type; the standard's own domain is left out of its text. */
    record Name(String domain, String type) implements Comparable<Name> {
        static Name of(NodeProto node) {
            return new Name(Registry.domain(node.getDomain()), node.getOpType());
        }

        @Override
        public int compareTo(Name other) {
            int order = Integer.compare(DOMAINS.indexOf(domain), DOMAINS.indexOf(other.domain));
            return order != 0 ? order : type.compareTo(other.type);
        }

        @Override
        public String toString() {
            return domain.equals(Registry.STANDARD_DOMAIN) ? type : domain + "." + type;
        }
    }

    private OperatorNames() {
    }

    static Set<Name> all() throws IOException, ReflectiveOperationException {
        Set<String> candidates = new TreeSet<>();
        for (String importer : classes(Registry.class.getSimpleName())) {
            if (importer.startsWith(Registry.class.getPackageName() + ".") && importer.endsWith("Imports")) {
                String own = importer.substring(Registry.class.getPackageName().length() + 1);
                pool(own).stream().filter(StringEntry.class::isInstance)
                        .forEach(e -> candidates.add(((StringEntry) e).stringValue()));
                for (String used : classes(own)) {
                    candidates.addAll(onnxNames(used));
                }
            }
        }
        Set<Name> found = new TreeSet<>();
        for (String domain : DOMAINS) {
            candidates.stream().filter(c -> Registry.find(domain, c) != null)
                    .forEach(c -> found.add(new Name(domain, c)));
        }
        return found;
    }

    private static List<PoolEntry> pool(String simpleName) throws IOException {
        try (InputStream in = Registry.class.getResourceAsStream(simpleName + ".class")) {
            List<PoolEntry> entries = new ArrayList<>();
            ClassFile.of().parse(in.readAllBytes()).constantPool().forEach(entries::add);
            return entries;
        }
    }

    private static List<String> classes(String simpleName) throws IOException {
        return pool(simpleName).stream().filter(ClassEntry.class::isInstance)
                .map(e -> ((ClassEntry) e).asInternalName().replace('/', '.'))
                .filter(n -> n.startsWith("dev.lanewise."))
                .toList();
    }

    private static List<String> onnxNames(String className) throws ReflectiveOperationException {
        Class<?> type = Class.forName(className, false, Registry.class.getClassLoader());
        List<String> names = new ArrayList<>();
        if (type.isEnum()
                && Arrays.stream(type.getMethods()).map(Method::getName).anyMatch("onnxName"::equals)) {
            for (Object constant : type.getEnumConstants()) {
                names.add((String) type.getMethod("onnxName").invoke(constant));
            }
        }
        return names;
    }
}
