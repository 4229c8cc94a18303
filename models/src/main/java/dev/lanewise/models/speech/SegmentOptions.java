package dev.lanewise.models.speech;

import dev.lanewise.InvalidInputException;

/**
 * When a sequence of probabilities is speech.
 *
 * @param threshold speech begins with a probability of at least this
 * @param silenceThreshold silence begins with one below this; at most the other
 * @param minSpeechMillis speech that is not longer is dropped
 * @param minSilenceMillis silence has to last so long to end speech
 * @param paddingMillis each side of speech is moved outwards by so much, to half of the silence at most
 * @param maxSpeechMillis speech that goes on longer, padding included, is cut: where its longest silence of more than 98 ms is, else at
 *        this length; {@link #ENDLESS} for never
 */
public record SegmentOptions(double threshold, double silenceThreshold, int minSpeechMillis, int minSilenceMillis,
        int paddingMillis, int maxSpeechMillis) {
    /** No longest duration of speech. */
    public static final int ENDLESS = Integer.MAX_VALUE;
    private static final int WINDOW_MILLIS = 32;
    private static final double HYSTERESIS = 0.15;
    private static final double LEAST = 0.01;

    public SegmentOptions {
        if (!(threshold > 0 && threshold <= 1 && silenceThreshold >= 0 && silenceThreshold <= threshold)) {
            throw new InvalidInputException("threshold", "0 <= silence threshold <= threshold <= 1, threshold above 0",
                    silenceThreshold + " and " + threshold, "correct the thresholds");
        }
        if (minSpeechMillis < 0 || minSilenceMillis < 0 || paddingMillis < 0) {
            throw new InvalidInputException("milliseconds", "0 or more",
                    minSpeechMillis + ", " + minSilenceMillis + ", " + paddingMillis, "correct the options");
        }
        if (maxSpeechMillis - 2L * paddingMillis <= WINDOW_MILLIS) {
            throw new InvalidInputException("longest speech",
                    "more than " + WINDOW_MILLIS + " ms and twice the padding",
                    maxSpeechMillis + " ms with padding of " + paddingMillis, "correct the options");
        }
    }

    /** Silero's own: 0.5, silence below 0.35, 250 ms of speech, 100 ms of silence, 30 ms of padding, no longest speech. */
    public static SegmentOptions defaults() {
        return ofThreshold(0.5).withMillis(250, 100, 30);
    }

    /** With silence 0.15 below it, but not below 0.01. */
    public static SegmentOptions ofThreshold(double threshold) {
        return new SegmentOptions(threshold, Math.min(threshold, Math.max(threshold - HYSTERESIS, LEAST)), 250, 100,
                30, ENDLESS);
    }

    public SegmentOptions withMillis(int minSpeech, int minSilence, int padding) {
        return new SegmentOptions(threshold, silenceThreshold, minSpeech, minSilence, padding,
                maxSpeechMillis);
    }

    public SegmentOptions withMaxSpeechMillis(int value) {
        return new SegmentOptions(threshold, silenceThreshold, minSpeechMillis, minSilenceMillis, paddingMillis, value);
    }
}
