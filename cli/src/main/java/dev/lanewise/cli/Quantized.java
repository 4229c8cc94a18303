package dev.lanewise.cli;

import dev.lanewise.KernelMode;
import dev.lanewise.Tensor;
import dev.lanewise.graph.Graph;
import dev.lanewise.op.quant.WeightFormat;
import dev.lanewise.quant.calibration.Observed;
import dev.lanewise.quant.weights.ChannelScaling;
import dev.lanewise.quant.weights.LayerResult;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What became of a model that was quantised and written.
 *
 * @param cosine mean of the written model's first output with the first one's, over samples; NaN where there are none
 */
record Quantized(FormatOption.Written written, long bytesBefore, long bytesAfter, double cosine) {
    /**
     * Reads a written model, and compares.
     *
     * @param whole the model as it was before all
     * @param samples that nothing was chosen by
     */
    static Quantized of(Quantizable whole, Path output, FormatOption.Written written,
            List<Map<String, Tensor>> samples) throws IOException {
        double cosine = samples.isEmpty() ? Double.NaN
                : cosine(whole.loaded().graph(), Quantizable.of(output).loaded().graph(), samples);
        return new Quantized(written, whole.bytesBefore(), whole.bytes(output), cosine);
    }

    private static double cosine(Graph before, Graph after, List<Map<String, Tensor>> samples) {
        double sum = 0;
        try (Observed a = Observed.of(before, KernelMode.ofProperty());
                Observed b = Observed.of(after, KernelMode.ofProperty())) {
            for (Map<String, Tensor> sample : samples) {
                sum += cosine(a.run(sample).get(0).floats(), b.run(sample).get(0).floats());
            }
        }
        return sum / samples.size();
    }

    private static double cosine(float[] a, float[] b) {
        double product = 0;
        double ofA = 0;
        double ofB = 0;
        for (int i = 0; i < a.length; i++) {
            product += (double) a[i] * b[i];
            ofA += (double) a[i] * a[i];
            ofB += (double) b[i] * b[i];
        }
        return product / Math.sqrt(ofA * ofB);
    }

    static String text(WeightFormat f) {
        String type = f.type().name().toLowerCase(Locale.ROOT);
        return f.isHalf() ? type : type + (f.group() == 0 ? " per channel" : " group " + f.group());
    }

    void putInto(Map<String, Object> document) {
        document.put("bytes_before", bytesBefore);
        document.put("bytes_after", bytesAfter);
        document.put("mean_cosine", Double.isNaN(cosine) ? null : cosine);
        document.put("scaled", written.scaled().stream().map(Quantized::scaled).toList());
        document.put("layers", written.layers().stream().map(Quantized::layer).toList());
    }

    private static Map<String, Object> scaled(ChannelScaling.Choice c) {
        Map<String, Object> scaled = new LinkedHashMap<>();
        scaled.put("node", c.matrix());
        scaled.put("alpha", c.alpha());
        scaled.put("error_before", c.before());
        scaled.put("error_after", c.after());
        return scaled;
    }

    private static Map<String, Object> layer(LayerResult r) {
        Map<String, Object> layer = new LinkedHashMap<>();
        layer.put("name", r.matrix().name());
        layer.put("node", r.matrix().label());
        layer.put("inputs", r.matrix().k());
        layer.put("outputs", r.matrix().n());
        layer.put("format", r.format() == null ? "float" : text(r.format()));
        layer.put("error", r.error());
        layer.put("bytes_before", r.bytesBefore());
        layer.put("bytes_after", r.bytesAfter());
        return layer;
    }

    void print(PrintWriter out, Path output) {
        if (!written.scaled().isEmpty()) {
            Table scaled = new Table("lrrr").row("scaled matrix", "alpha", "error before", "after");
            written.scaled().forEach(c -> scaled.row(Table.shortened(c.matrix(), 50), c.alpha(),
                    String.format(Locale.ROOT, "%.2e", c.before()), String.format(Locale.ROOT, "%.2e", c.after())));
            out.print(scaled);
            out.println();
        }
        Table table = new Table("lrrlrrr");
        table.row("matrix", "inputs", "outputs", "format", "error", "bytes before", "after");
        for (LayerResult r : written.layers()) {
            table.row(Table.shortened(r.matrix().label(), 50), r.matrix().k(), r.matrix().n(),
                    r.format() == null ? "float" : text(r.format()),
                    r.encoded() == null ? "" : String.format(Locale.ROOT, "%.2e", r.error()), r.bytesBefore(),
                    r.bytesAfter());
        }
        out.print(table);
        out.printf(Locale.ROOT, "%n%s: %,d bytes instead of %,d (%.2f times smaller)%n", output, bytesAfter,
                bytesBefore, (double) bytesBefore / bytesAfter);
        if (!Double.isNaN(cosine)) {
            out.printf(Locale.ROOT, "outputs on samples that were kept apart: mean cosine %.6f%n", cosine);
        }
    }
}
