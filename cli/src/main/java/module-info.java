/** The {@code lanewise} command. */
module dev.lanewise.cli {
    requires dev.lanewise.engine;
    requires dev.lanewise.loaders;
    requires dev.lanewise.quant;
    requires dev.lanewise.models;
    requires com.fasterxml.jackson.core;
    requires info.picocli;

    opens dev.lanewise.cli to info.picocli;
}
