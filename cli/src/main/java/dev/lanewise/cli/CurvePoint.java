package dev.lanewise.cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a size of a model costs and how good it is.
 *
 * @param model which model
 * @param method how the size came to be, as {@code matformer} for one that the model was trained in
 * @param name the size's name, or its widths
 * @param widths neurons of each feed-forward block
 * @param compute multiply-adds of its linear layers for a token, as a share of those of the largest of all points; not a number
 *        where each input decides and none was run
 * @param parameters weights that a run reads
 * @param measured null where nothing was
 */
record CurvePoint(String model, String method, String name, List<Integer> widths, double compute, long parameters,
        Measured measured) {
    /**
     * @param latencyMillis of one sample, as the mean over samples
     * @param quality by the evaluation's metric
     */
    record Measured(double latencyMillis, double quality) {
    }

    Map<String, Object> document() {
        Map<String, Object> point = new LinkedHashMap<>();
        point.put("model", model);
        point.put("method", method);
        point.put("name", name);
        point.put("widths", widths);
        point.put("compute", Double.isNaN(compute) ? null : compute);
        point.put("parameters", parameters);
        if (measured != null) {
            point.put("latency_ms", measured.latencyMillis);
            point.put("quality", measured.quality);
        }
        return point;
    }
}
