/** The inference engine: public API, graph, operators, compiler, kernels, executors. Depends on the JDK alone. */
module dev.lanewise.engine {
    requires jdk.incubator.vector;
    requires jdk.jfr;

    exports dev.lanewise;
}
