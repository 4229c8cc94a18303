/** Readers of model files. */
module dev.lanewise.loaders {
    requires dev.lanewise.engine;
    requires com.google.protobuf;
}
