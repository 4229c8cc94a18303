/** Tokenisers and task pipelines. */
module dev.lanewise.models {
    requires transitive dev.lanewise.engine;
    requires dev.lanewise.loaders;
    requires dev.lanewise.quant;
    requires transitive java.desktop;
    requires static micrometer.core;

    exports dev.lanewise.models;
    exports dev.lanewise.models.checkpoint;
    exports dev.lanewise.models.evaluation;
    exports dev.lanewise.models.ocr;
    exports dev.lanewise.models.speech;
    exports dev.lanewise.models.tokenizer;

    provides dev.lanewise.ModelFormat with dev.lanewise.models.checkpoint.CheckpointFormat;
}
