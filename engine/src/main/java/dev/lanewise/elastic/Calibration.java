package dev.lanewise.elastic;

import dev.lanewise.InvalidInputException;
import java.time.Duration;

/**
 * How latencies are measured.
 *
 * @param rounds timed runs of each submodel, at least 1; in a round all submodels run once, in an order of its own
 * @param warmUp how long all submodels run in turn before that, at least once each
 */
public record Calibration(int rounds, Duration warmUp) {
    public Calibration {
        if (rounds < 1 || warmUp.isNegative()) {
            throw new InvalidInputException("calibration", "1 round or more, and no negative time",
                    rounds + " and " + warmUp, "correct the options");
        }
    }

    /** 50 rounds after 3 seconds. */
    public static Calibration defaults() {
        return new Calibration(50, Duration.ofSeconds(3));
    }

    public Calibration withRounds(int value) {
        return new Calibration(value, warmUp);
    }

    public Calibration withWarmUp(Duration value) {
        return new Calibration(rounds, value);
    }
}
