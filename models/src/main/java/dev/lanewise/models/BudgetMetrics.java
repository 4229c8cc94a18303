package dev.lanewise.models;

import dev.lanewise.elastic.BudgetController;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.TimeGauge;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Shows a {@link BudgetController} to Micrometer, which the application adds itself ({@code io.micrometer:micrometer-core}; on the module
 * path the application's own module requires it). Gauges {@code lanewise.budget.compute} (share of the whole model's multiply-adds that
 * the chosen submodel takes), {@code lanewise.budget.load}, {@code lanewise.budget.expected} and {@code lanewise.budget.deadline} (times);
 * counters {@code lanewise.budget.requests}, {@code lanewise.budget.misses} and {@code lanewise.budget.switches}.
 */
public final class BudgetMetrics implements MeterBinder {
    private final BudgetController controller;
    private final List<Tag> tags;

    /** @param tags of all meters, by which several controllers are told apart */
    public BudgetMetrics(BudgetController controller, List<Tag> tags) {
        this.controller = controller;
        this.tags = List.copyOf(tags);
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        Gauge.builder("lanewise.budget.compute", controller, c -> c.state().compute()).tags(tags)
                .description("multiply-adds of the chosen submodel as a share of the whole model's").register(registry);
        Gauge.builder("lanewise.budget.load", controller, c -> c.state().load()).tags(tags)
                .description("time of runs over what the latency table says").register(registry);
        TimeGauge.builder("lanewise.budget.expected", controller, TimeUnit.NANOSECONDS,
                c -> c.state().expected().toNanos()).tags(tags).description("expected time of a run")
                .register(registry);
        TimeGauge.builder("lanewise.budget.deadline", controller, TimeUnit.NANOSECONDS, c -> c.deadline().toNanos())
                .tags(tags).description("time that a run may take").register(registry);
        FunctionCounter.builder("lanewise.budget.requests", controller, c -> c.state().requests()).tags(tags)
                .description("runs").register(registry);
        FunctionCounter.builder("lanewise.budget.misses", controller, c -> c.state().misses()).tags(tags)
                .description("runs that took longer than the deadline").register(registry);
        FunctionCounter.builder("lanewise.budget.switches", controller, c -> c.state().switches()).tags(tags)
                .description("changes of the submodel").register(registry);
    }
}
