package dev.lanewise.bench;

import dev.lanewise.bench.page.Page;
import java.io.IOException;
import java.util.List;

/** A part of the report: what is to be measured for it, and how it is shown. */
sealed interface Section permits ModelsSection, GemmSection, ColdSection, MemorySection {
    /** Its name on the command line. */
    String name();

    /** The processes of one round, in order. */
    List<Job> jobs();

    /** Writes what was measured. */
    void write(Measurements m, Page page) throws IOException;
}
