package dev.lanewise.bench.work;

import dev.lanewise.cli.peer.Peers;
import java.io.File;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** Java commands of small programs, with the options of this JVM and no more on the class path than they need. */
final class Programs {
    private static final List<String> NEEDED = List.of("lanewise-bench", "lanewise-engine", "lanewise-loaders",
            "lanewise-models", "lanewise-quant", "protobuf-java", "jackson-core");

    private Programs() {
    }

    static List<String> lanewise(Class<?> main) {
        return command(main, jars());
    }

    /** @param engine {@code onnxruntime-VERSION} */
    static List<String> onnxRuntime(String engine, Class<?> main) throws IOException, InterruptedException {
        Path jar = Peers.onnxRuntimeJar(engine.substring(engine.indexOf('-') + 1));
        return command(main, Stream.concat(jars().stream(), Stream.of(jar.toString())).toList());
    }

    private static List<String> jars() {
        List<String> jars = Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(jar -> NEEDED.stream().anyMatch(n -> new File(jar).getName().startsWith(n))).toList();
        if (jars.size() != NEEDED.size()) {
            throw new IllegalStateException("of the jars " + NEEDED + " the class path has " + jars);
        }
        return jars;
    }

    private static List<String> command(Class<?> main, List<String> classPath) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
        command.addAll(List.of("-cp", String.join(File.pathSeparator, classPath), main.getName()));
        return command;
    }
}
