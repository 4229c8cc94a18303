package dev.lanewise;

import jdk.jfr.Category;
import jdk.jfr.Event;
import jdk.jfr.FlightRecorder;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** Events for JDK Flight Recorder. While it is off none is made: the first would take a tenth of a second to come up. */
final class Events {
    private Events() {
    }

    static boolean areOn() {
        return FlightRecorder.isInitialized();
    }

    @Name("dev.lanewise.Load")
    @Label("Model load")
    @Category("Lanewise")
    static final class Load extends Event {
        @Label("Source")
        String source;
        @Label("Nodes")
        int nodes;
    }

    @Name("dev.lanewise.Compile")
    @Label("Model compile")
    @Category("Lanewise")
    static final class Compile extends Event {
        @Label("Model")
        String model;
        @Label("Steps")
        int steps;
    }

    @Name("dev.lanewise.Plan")
    @Label("Binding of sizes")
    @Category("Lanewise")
    @StackTrace(false)
    static final class Bind extends Event {
        @Label("Model")
        String model;
        @Label("For exact shapes")
        boolean exact;
    }

    @Name("dev.lanewise.Run")
    @Label("Run")
    @Category("Lanewise")
    @StackTrace(false)
    static final class Run extends Event {
        @Label("Model")
        String model;
        @Label("Threads")
        int threads;
    }
}
