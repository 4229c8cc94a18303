package dev.lanewise;

import dev.lanewise.exec.Plan;
import dev.lanewise.exec.RunControl;
import dev.lanewise.exec.Step;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Watches one run at a time: its deadline and cancellation, and if asked the time of each step. Reused, so runs allocate nothing. */
final class StepClock implements RunControl {
    private final Plan plan;
    private final boolean profile;
    private final long[] totals;
    private final long[] starts;
    private final long[] lasts;
    private int runs;
    private long begin;
    private long previous;
    private int running = -1;
    private int at;
    private RunOptions options;
    /** Those of the last run. */
    private Step[] ran;
    private long deadline;

    StepClock(Plan plan, boolean profile) {
        this.plan = plan;
        this.profile = profile;
        int steps = plan.steps().size();
        this.totals = new long[profile ? steps : 0];
        this.starts = new long[profile ? steps : 0];
        this.lasts = new long[profile ? steps : 0];
    }

    Plan plan() {
        return plan;
    }

    void begin(RunOptions runOptions, long startedNanos, Step[] steps) {
        ran = steps;
        options = runOptions;
        deadline = runOptions.timeout() == null ? 0 : startedNanos + TimeUnit.NANOSECONDS.convert(runOptions.timeout());
        begin = profile ? System.nanoTime() : 0;
        running = -1;
    }

    @Override
    public void beforeStep(int step) {
        at = step;
        check();
        if (profile) {
            lap(step);
        }
    }

    @Override
    public void check() {
        if (options.cancellation() != null && options.cancellation().get()) {
            throw new RunAbortedException(RunAbortedException.Reason.CANCELLED, at, plan.steps().size());
        }
        if (options.timeout() != null && System.nanoTime() - deadline > 0) {
            throw new RunAbortedException(RunAbortedException.Reason.DEADLINE, at, plan.steps().size());
        }
    }

    private void lap(int next) {
        long now = System.nanoTime();
        if (running >= 0) {
            totals[running] += now - previous;
            lasts[running] = now - previous;
        }
        if (next >= 0) {
            starts[next] = now - begin;
        }
        running = next;
        previous = now;
    }

    void end() {
        if (profile) {
            lap(-1);
            runs++;
        }
    }

    Profile profile() {
        List<Profile.StepTime> steps = new ArrayList<>();
        for (int i = 0; i < totals.length; i++) {
            Plan.Entry e = plan.steps().get(i);
            steps.add(new Profile.StepTime(e.name(), e.operator(), totals[i], starts[i], lasts[i],
                    ran == null ? 0 : ran[i].weightBytes(),
                    ran == null ? List.of() : Arrays.stream(ran[i].tokensByLearners()).boxed().toList()));
        }
        return new Profile(runs, steps);
    }
}
