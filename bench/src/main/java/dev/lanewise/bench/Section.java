package dev.lanewise.bench;

import dev.lanewise.bench.page.Page;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/** A part of the report: what is to be measured for it, and how it is shown. */
sealed interface Section
        permits ModelsSection, GemmSection, ColdSection, MemorySection, KernelsSection, BudgetSection, AdaptiveSection,
        NormSection, GemvSection {
    /** Its name on the command line. */
    String name();

    /** The processes of one round, in order. */
    List<Job> jobs();

    /** What is asked, with what was measured. */
    List<Goal> goals(Measurements m);

    /** How far the rounds of the numbers that something is asked of are apart, in percent, by case. */
    Map<String, Double> spreads(Measurements m);

    /** Writes what was measured. */
    void write(Measurements m, Page page) throws IOException;
}
