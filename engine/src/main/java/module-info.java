/** The inference engine: public API, graph, operators, compiler, kernels, executors. Depends on the JDK alone. */
module dev.lanewise.engine {
    requires jdk.incubator.vector;
    requires java.management;
    requires jdk.jfr;

    uses dev.lanewise.ModelFormat;

    exports dev.lanewise;
    exports dev.lanewise.elastic;
    exports dev.lanewise.compile to dev.lanewise.loaders, dev.lanewise.quant, dev.lanewise.models, dev.lanewise.cli;
    exports dev.lanewise.exec to dev.lanewise.loaders, dev.lanewise.quant, dev.lanewise.models, dev.lanewise.cli;
    exports dev.lanewise.graph to dev.lanewise.loaders, dev.lanewise.quant, dev.lanewise.models, dev.lanewise.cli;
    exports dev.lanewise.kernel to dev.lanewise.loaders, dev.lanewise.quant, dev.lanewise.models, dev.lanewise.cli;
    exports dev.lanewise.op to dev.lanewise.loaders, dev.lanewise.quant, dev.lanewise.models, dev.lanewise.cli;
    exports dev.lanewise.op.adaptive
            to dev.lanewise.loaders, dev.lanewise.quant, dev.lanewise.models, dev.lanewise.cli;
    exports dev.lanewise.op.attention
            to dev.lanewise.loaders, dev.lanewise.quant, dev.lanewise.models, dev.lanewise.cli;
    exports dev.lanewise.op.control to dev.lanewise.loaders, dev.lanewise.quant, dev.lanewise.models, dev.lanewise.cli;
    exports dev.lanewise.op.linear to dev.lanewise.loaders, dev.lanewise.quant, dev.lanewise.models, dev.lanewise.cli;
    exports dev.lanewise.op.logic to dev.lanewise.loaders, dev.lanewise.quant, dev.lanewise.models, dev.lanewise.cli;
    exports dev.lanewise.op.nhwc to dev.lanewise.loaders, dev.lanewise.quant, dev.lanewise.models, dev.lanewise.cli;
    exports dev.lanewise.op.nn to dev.lanewise.loaders, dev.lanewise.quant, dev.lanewise.models, dev.lanewise.cli;
    exports dev.lanewise.op.norm to dev.lanewise.loaders, dev.lanewise.quant, dev.lanewise.models, dev.lanewise.cli;
    exports dev.lanewise.op.quant to dev.lanewise.loaders, dev.lanewise.quant, dev.lanewise.models, dev.lanewise.cli;
    exports dev.lanewise.op.sequence
            to dev.lanewise.loaders, dev.lanewise.quant, dev.lanewise.models, dev.lanewise.cli;
    exports dev.lanewise.op.loss to dev.lanewise.loaders, dev.lanewise.quant, dev.lanewise.models, dev.lanewise.cli;
    exports dev.lanewise.op.ml to dev.lanewise.loaders, dev.lanewise.quant, dev.lanewise.models, dev.lanewise.cli;
    exports dev.lanewise.op.signal to dev.lanewise.loaders, dev.lanewise.quant, dev.lanewise.models, dev.lanewise.cli;
    exports dev.lanewise.op.text to dev.lanewise.loaders, dev.lanewise.quant, dev.lanewise.models, dev.lanewise.cli;
    exports dev.lanewise.op.shape to dev.lanewise.loaders, dev.lanewise.quant, dev.lanewise.models, dev.lanewise.cli;
    exports dev.lanewise.op.elementwise
            to dev.lanewise.loaders, dev.lanewise.quant, dev.lanewise.models, dev.lanewise.cli;
    exports dev.lanewise.op.reduce to dev.lanewise.loaders, dev.lanewise.quant, dev.lanewise.models, dev.lanewise.cli;
}
