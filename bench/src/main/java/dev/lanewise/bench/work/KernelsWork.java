package dev.lanewise.bench.work;

import dev.lanewise.bench.kernel.KernelBenchmark;
import dev.lanewise.bench.kernel.Work;
import java.util.ArrayList;
import java.util.List;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * The JMH benchmarks of kernels, held against the limits of the machine. Arguments: regular expressions of the benchmarks, none
 * for all.
 */
public final class KernelsWork {
    private static final int ROUNDS = 3;

    private KernelsWork() {
    }

    public static void main(String[] arguments) throws Exception {
        Emit.doing("limits of the machine");
        Roofs roofs = new Roofs(1);
        for (int i = 0; i < ROUNDS; i++) {
            roofs.measure();
        }
        Emit.doing("JMH");
        ChainedOptionsBuilder options = new OptionsBuilder().verbosity(VerboseMode.SILENT).shouldFailOnError(true);
        for (String include : arguments.length == 0
                ? new String[] {KernelBenchmark.class.getPackageName().replace(".", "\\.")} : arguments) {
            options = options.include(include);
        }
        for (RunResult result : new Runner(options.build()).run()) {
            emit(result, roofs);
        }
    }

    private static void emit(RunResult result, Roofs roofs) throws ReflectiveOperationException {
        BenchmarkParams params = result.getParams();
        String type = params.getBenchmark().substring(0, params.getBenchmark().lastIndexOf('.'));
        KernelBenchmark benchmark = (KernelBenchmark) Class.forName(type).getDeclaredConstructor().newInstance();
        List<String> values = new ArrayList<>();
        for (String name : params.getParamsKeys()) {
            values.add(name + " " + params.getParam(name));
            set(benchmark, name, params.getParam(name));
        }
        Work work = benchmark.work();
        double nanos = result.getPrimaryResult().getScore();
        String key = "kernels/" + type.substring(type.lastIndexOf('.') + 1) + "/" + String.join(", ", values);
        Emit.value(key + "/nanos", nanos);
        Emit.value(key + "/bytes", work.bytes() / nanos * 1e9);
        Emit.value(key + "/bandwidth-share", work.bytes() / nanos * 1e9 / roofs.bytesPerSecond());
        if (work.flops() > 0) {
            Emit.value(key + "/flops", work.flops() / nanos * 1e9);
            Emit.value(key + "/share", work.flops() / nanos * 1e9 / roofs.flopsPerSecond());
        }
    }

    private static void set(KernelBenchmark benchmark, String name, String value) throws ReflectiveOperationException {
        var field = benchmark.getClass().getField(name);
        field.set(benchmark, field.getType() == int.class ? (Object) Integer.valueOf(value) : value);
    }
}
