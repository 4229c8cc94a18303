package dev.lanewise.models;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lanewise.LoadOptions;
import dev.lanewise.Model;
import dev.lanewise.Session;
import dev.lanewise.SessionOptions;
import dev.lanewise.Tensor;
import dev.lanewise.elastic.BudgetController;
import dev.lanewise.elastic.Calibration;
import dev.lanewise.elastic.InputSizes;
import dev.lanewise.elastic.LatencyTable;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class BudgetMetricsTest {
    @Test
    void showsWhatTheControllerDoes() {
        Map<String, Tensor> inputs = MiniLm.full(2, 1, 4);
        LoadOptions elastic = LoadOptions.defaults().withGranularities(0.25, 1);
        SessionOptions cold = SessionOptions.defaults().withWarmUp(SessionOptions.WarmUp.NONE);
        try (Model model = MiniLm.load("all-minilm-l6-v2", elastic); Session session = model.newSession(cold)) {
            LatencyTable table =
                    model.elastic().calibrate(session, List.of(inputs), new Calibration(2, Duration.ZERO));
            BudgetController controller = new BudgetController(table, InputSizes.of(inputs), Duration.ofMinutes(5));
            SimpleMeterRegistry registry = new SimpleMeterRegistry();
            new BudgetMetrics(controller, List.of(Tag.of("model", "minilm"))).bindTo(registry);
            assertEquals(1, registry.get("lanewise.budget.compute").tag("model", "minilm").gauge().value());
            controller.report(controller.chosen(), Duration.ofHours(6));
            controller.report(controller.chosen(), Duration.ofHours(7));
            BudgetController.State state = controller.state();
            assertEquals(state.compute(), registry.get("lanewise.budget.compute").gauge().value());
            assertEquals(state.load(), registry.get("lanewise.budget.load").gauge().value());
            assertEquals(state.expected().toNanos() / 1e9,
                    registry.get("lanewise.budget.expected").timeGauge().value(TimeUnit.SECONDS), 1e-6);
            assertEquals(300, registry.get("lanewise.budget.deadline").timeGauge().value(TimeUnit.SECONDS), 1e-6);
            assertEquals(2, registry.get("lanewise.budget.requests").functionCounter().count());
            assertEquals(2, registry.get("lanewise.budget.misses").functionCounter().count());
            assertEquals(1, registry.get("lanewise.budget.switches").functionCounter().count());
            assertEquals(0.5, state.compute(), 1e-9);
        }
    }
}
