package dev.lanewise.models.speech;

import java.util.ArrayList;
import java.util.List;

/**
 * Cuts probabilities of windows into stretches of speech, as {@code get_speech_timestamps} of Silero VAD does (version 5, without a
 * longest duration of speech).
 */
final class Segmenter {
    private static final int MILLIS = 1000;

    private final SegmentOptions options;
    private final int window;
    private final int samples;
    private final int rate;

    /**
     * @param window samples of a window
     * @param samples samples of the recording
     */
    Segmenter(SegmentOptions options, int window, int samples, int rate) {
        this.options = options;
        this.window = window;
        this.samples = samples;
        this.rate = rate;
    }

    List<SpeechSegment> segments(float[] probabilities) {
        return padded(found(probabilities));
    }

    private List<SpeechSegment> found(float[] probabilities) {
        List<SpeechSegment> found = new ArrayList<>();
        int start = -1;
        int silence = -1;
        for (int i = 0; i < probabilities.length; i++) {
            int at = i * window;
            if (probabilities[i] >= options.threshold()) {
                silence = -1;
                start = start < 0 ? at : start;
            } else if (probabilities[i] < options.silenceThreshold() && start >= 0) {
                silence = silence < 0 ? at : silence;
                if (at - silence >= length(options.minSilenceMillis())) {
                    add(found, start, silence);
                    start = -1;
                    silence = -1;
                }
            }
        }
        if (start >= 0) {
            add(found, start, samples);
        }
        return found;
    }

    private void add(List<SpeechSegment> found, int start, int end) {
        if (end - start > length(options.minSpeechMillis())) {
            found.add(new SpeechSegment(start, end));
        }
    }

    private List<SpeechSegment> padded(List<SpeechSegment> found) {
        int padding = (int) length(options.paddingMillis());
        List<SpeechSegment> padded = new ArrayList<>();
        for (int i = 0; i < found.size(); i++) {
            SpeechSegment s = found.get(i);
            int before = i == 0 ? padding : half(found.get(i - 1), s, padding);
            int after = i == found.size() - 1 ? padding : half(s, found.get(i + 1), padding);
            padded.add(new SpeechSegment(Math.max(0, s.start() - before), Math.min(samples, s.end() + after)));
        }
        return padded;
    }

    /** The padding, or half of the silence between two where it is shorter than both paddings. */
    private static int half(SpeechSegment first, SpeechSegment second, int padding) {
        return Math.min(padding, (second.start() - first.end()) / 2);
    }

    private double length(int millis) {
        return (double) rate * millis / MILLIS;
    }
}
