package dev.lanewise.loaders.onnx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lanewise.LoadOptions;
import dev.lanewise.Model;
import dev.lanewise.ModelSource;
import dev.lanewise.Session;
import dev.lanewise.SessionOptions;
import dev.lanewise.SessionOptions.WarmUp;
import dev.lanewise.Tensor;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A model from bytes to result through the public API alone, and what Flight Recorder sees of its loading. */
class LoadEventTest {
    private static final SessionOptions COLD = SessionOptions.defaults().withWarmUp(WarmUp.NONE);

    @TempDir
    Path folder;

    /** The module under test has no need of Flight Recorder, its tests have. */
    @BeforeAll
    static void readFlightRecorder() {
        LoadEventTest.class.getModule().addReads(ModuleLayer.boot().findModule("jdk.jfr").orElseThrow());
    }

    private static Model load() {
        return Model.load(ModelSource.of(OnnxModels.NAME, OnnxModels.good().build().toByteArray()),
                LoadOptions.defaults());
    }

    @Test
    void loadsAndRuns() {
        try (Model model = load(); Session session = model.newSession(COLD)) {
            Tensor x = Tensor.of(new float[] {1, 1, 1, -5, 5, -5}, 2, 3);
            assertArrayEquals(new float[] {2, 0, 4, 0, 3, 0}, session.run(Map.of("x", x)).get("y").floats());
        }
    }

    @Test
    void aLoadIsRecorded() throws Exception {
        Path file = folder.resolve("load.jfr");
        try (Recording recording = new Recording()) {
            recording.enable("dev.lanewise.Load").withoutThreshold();
            recording.start();
            load().close();
            recording.stop();
            recording.dump(file);
        }
        List<RecordedEvent> loads = RecordingFile.readAllEvents(file).stream()
                .filter(e -> e.getEventType().getName().equals("dev.lanewise.Load")).toList();
        assertEquals(1, loads.size());
        assertEquals(OnnxModels.NAME, loads.getFirst().getString("source"));
        assertEquals(2, loads.getFirst().getInt("nodes"));
    }
}
