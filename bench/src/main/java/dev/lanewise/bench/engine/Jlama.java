package dev.lanewise.bench.engine;

import com.github.tjake.jlama.model.AbstractModel;
import com.github.tjake.jlama.model.ModelSupport;
import com.github.tjake.jlama.model.functions.Generator.PoolingType;
import com.github.tjake.jlama.safetensors.DType;
import com.github.tjake.jlama.util.PhysicalCoreExecutor;
import java.nio.file.Path;

/**
 * Jlama in float, one text at a time, which is what its interface takes. A run includes its tokeniser and its pooling, which
 * cannot be left out and take little.
 */
public final class Jlama implements Contender {
    private final AbstractModel model;
    private String text;

    /** The number of threads holds for the whole process, so all instances of a process need the same. */
    public Jlama(Path folder, int threads) {
        PhysicalCoreExecutor.overrideThreadCount(threads);
        model = ModelSupport.loadEmbeddingModel(folder.toFile(), DType.F32, DType.F32);
    }

    @Override
    public String name() {
        return Engines.JLAMA;
    }

    @Override
    public void prepare(Case c) {
        text = c.text();
    }

    @Override
    public void run() {
        model.embed(text, PoolingType.AVG);
    }

    /** The pooled vector. */
    @Override
    public float[] output() {
        return model.embed(text, PoolingType.AVG);
    }
}
