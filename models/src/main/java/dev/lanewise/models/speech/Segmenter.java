package dev.lanewise.models.speech;

import java.util.ArrayList;
import java.util.List;

/**
 * Cuts probabilities of windows into stretches of speech, as {@code get_speech_timestamps} of Silero VAD does (version 6).
 */
final class Segmenter {
    private static final int MILLIS = 1000;
    /** Speech that is too long is cut in silence of more than this. */
    private static final int PAUSE_MILLIS = 98;

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
        double most = length(options.maxSpeechMillis()) - window - 2 * length(options.paddingMillis());
        List<SpeechSegment> found = new ArrayList<>();
        List<SpeechSegment> pauses = new ArrayList<>();
        int start = -1;
        int silence = -1;
        for (int i = 0; i < probabilities.length; i++) {
            int at = i * window;
            boolean speaks = probabilities[i] >= options.threshold();
            if (speaks && silence >= 0) {
                if (at - silence > length(PAUSE_MILLIS)) {
                    pauses.add(new SpeechSegment(silence, at));
                }
                silence = -1;
            }
            if (start >= 0 && at - start > most) {
                SpeechSegment pause = longest(pauses);
                found.add(new SpeechSegment(start, pause == null ? at : pause.start()));
                start = pause == null ? -1 : pause.end();
                silence = -1;
                int next = start;
                pauses.removeIf(p -> p.start() <= next);
                if (pause == null) {
                    continue; // this window belongs to neither
                }
            }
            if (speaks) {
                start = start < 0 ? at : start;
            } else if (probabilities[i] < options.silenceThreshold() && start >= 0) {
                silence = silence < 0 ? at : silence;
                if (at - silence >= length(options.minSilenceMillis())) {
                    add(found, start, silence);
                    pauses.clear();
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

    /** The first of the longest, or null. */
    private static SpeechSegment longest(List<SpeechSegment> pauses) {
        SpeechSegment longest = null;
        for (SpeechSegment p : pauses) {
            longest = longest == null || p.end() - p.start() > longest.end() - longest.start() ? p : longest;
        }
        return longest;
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
