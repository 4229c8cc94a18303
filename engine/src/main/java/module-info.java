/** The inference engine: public API, graph, operators, compiler, kernels, executors. Depends on the JDK alone. */
module dev.lanewise.engine {
    requires jdk.incubator.vector;
    requires jdk.jfr;

    uses dev.lanewise.ModelFormat;

    exports dev.lanewise;
    exports dev.lanewise.graph;
}
