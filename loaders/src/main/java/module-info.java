/** Readers of model files. */
module dev.lanewise.loaders {
    requires transitive dev.lanewise.engine;

    exports dev.lanewise.loaders.json to dev.lanewise.models, dev.lanewise.cli;
    exports dev.lanewise.loaders.onnx;
    exports dev.lanewise.loaders.onnx.backendtest;
    exports dev.lanewise.loaders.safetensors;

    provides dev.lanewise.ModelFormat with dev.lanewise.loaders.onnx.OnnxFormat;
}
