package dev.lanewise.bench;

import dev.lanewise.bench.page.Page;
import dev.lanewise.bench.work.RoofsWork;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The machine and the JDK that numbers were measured with. */
final class Machine {
    private static final Path CPU_INFO = Path.of("/proc/cpuinfo");
    private static final Path CACHES = Path.of("/sys/devices/system/cpu/cpu0/cache");

    private Machine() {
    }

    private static SortedMap<String, String> cpu() throws IOException {
        SortedMap<String, String> cpu = new TreeMap<>();
        if (Files.isReadable(CPU_INFO)) {
            for (String line : Files.readAllLines(CPU_INFO)) {
                String[] parts = line.split(":", 2);
                if (parts.length == 2) {
                    cpu.putIfAbsent(parts[0].strip(), parts[1].strip());
                }
            }
        }
        return cpu;
    }

    /** The CPU's name as part of a file name. */
    static String slug(Measurements m) {
        return m.fact("machine/cpu", "unknown").toLowerCase(Locale.ROOT)
                .replaceAll("\\(r\\)|\\(tm\\)|processor|cpu|@.*", "")
                .strip().replaceAll("[^a-z0-9]+", "-").replaceAll("^-|-$", "");
    }

    /** Notes what is known of this machine. */
    static void note(Measurements m) throws IOException {
        SortedMap<String, String> cpu = cpu();
        m.note("date", LocalDate.now().toString());
        m.note("machine/cpu", cpu.getOrDefault("model name", System.getProperty("os.arch")));
        m.note("machine/processors", Runtime.getRuntime().availableProcessors() + " available to Java");
        if (cpu.containsKey("cpu family")) {
            m.note("machine/model", "family " + cpu.get("cpu family") + ", model " + cpu.get("model") + ", stepping "
                    + cpu.get("stepping"));
            List<String> flags = List.of(cpu.getOrDefault("flags", "").split(" "));
            m.note("machine/vector", Stream.of("avx2", "fma", "avx512f", "avx512_vnni", "avx512_bf16", "amx_int8")
                    .filter(flags::contains).collect(Collectors.joining(", ")));
        }
        m.note("machine/bits", RoofsWork.widestBits() + " bits");
        m.note("machine/caches", caches());
        m.note("machine/memory", memory());
        m.note("machine/os", System.getProperty("os.name") + " " + System.getProperty("os.version"));
        m.note("jdk",
                System.getProperty("java.vm.name") + " " + Runtime.version() + " (" + System.getProperty("java.vendor")
                        + ")");
    }

    private static String caches() throws IOException {
        List<String> found = new ArrayList<>();
        if (Files.isDirectory(CACHES)) {
            try (Stream<Path> folders = Files.list(CACHES)) {
                for (Path folder : folders.filter(f -> f.getFileName().toString().startsWith("index")).sorted()
                        .toList()) {
                    String type = Files.readString(folder.resolve("type")).strip();
                    if (!type.equals("Instruction")) {
                        found.add("L" + Files.readString(folder.resolve("level")).strip() + " "
                                + Files.readString(folder.resolve("size")).strip());
                    }
                }
            }
        }
        return found.isEmpty() ? "unknown" : String.join(", ", found);
    }

    private static String memory() {
        return java.lang.management.ManagementFactory
                .getOperatingSystemMXBean() instanceof com.sun.management.OperatingSystemMXBean os
                        ? Math.round(os.getTotalMemorySize() / 1e9 / 1.0737) + " GiB" : "unknown";
    }

    /** The table of facts. */
    static void write(Measurements m, Page page) {
        List<String[]> rows = new ArrayList<>();
        rows.add(new String[] {"", ""});
        for (String[] fact : new String[][] {{"date", "date"}, {"CPU", "machine/cpu"}, {"model", "machine/model"},
            {"processors", "machine/processors"}, {"vector units", "machine/vector"},
            {"vectors of the JVM", "machine/bits"}, {"data caches", "machine/caches"},
            {"memory", "machine/memory"}, {"operating system", "machine/os"}, {"JDK", "jdk"}, {"command", "command"}}) {
            rows.add(new String[] {fact[0], m.fact(fact[1], "unknown")});
        }
        page.table(2, rows);
    }
}
