/** The {@code lanewise} command. */
module dev.lanewise.cli {
    requires dev.lanewise.engine;
    requires dev.lanewise.loaders;
    requires dev.lanewise.quant;
    requires dev.lanewise.models;
    requires com.fasterxml.jackson.core;
    requires info.picocli;
    requires java.desktop;
    requires org.jfree.jfreechart;
    requires static com.microsoft.onnxruntime;

    // The adapter class of a peer is in another class loader, beside the peer's own classes.
    exports dev.lanewise.cli.peer;

    opens dev.lanewise.cli to info.picocli;
}
