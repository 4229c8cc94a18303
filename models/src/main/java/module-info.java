/** Tokenisers and task pipelines. */
module dev.lanewise.models {
    requires transitive dev.lanewise.engine;
    requires dev.lanewise.loaders;
    requires dev.lanewise.quant;
    requires static micrometer.core;

    exports dev.lanewise.models;
    exports dev.lanewise.models.tokenizer;
}
