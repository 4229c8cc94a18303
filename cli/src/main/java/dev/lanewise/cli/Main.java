package dev.lanewise.cli;

import dev.lanewise.Version;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Entry point of the command line. */
@Command(name = "lanewise", description = "Runs neural networks in pure Java.", mixinStandardHelpOptions = true,
        versionProvider = Main.Versions.class, sortOptions = false, subcommands = {EmbedCommand.class,
            InspectCommand.class, RunCommand.class, CheckCommand.class, BenchCommand.class, ElasticCommand.class,
            PruneCommand.class, QuantizeCommand.class, VadCommand.class, OcrCommand.class},
        footer = {"", "Exit codes: 0 well, 1 failed, 2 wrong usage, 3 a model that cannot be used."})
public final class Main implements Runnable {
    @Spec
    private CommandSpec spec;

    public static void main(String[] arguments) {
        System.exit(commandLine().execute(arguments));
    }

    /** The command as {@code main} runs it. */
    public static CommandLine commandLine() {
        CommandLine line = new CommandLine(new Main());
        line.setColorScheme(CommandLine.Help.defaultColorScheme(Style.ansi()));
        line.setCaseInsensitiveEnumValuesAllowed(true);
        line.setExecutionExceptionHandler(Failures::handle);
        return line;
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Which command?");
    }

    /** What {@code --version} prints. */
    static final class Versions implements IVersionProvider {
        @Override
        public String[] getVersion() {
            return new String[] {"lanewise " + Version.current() + " (Java " + Runtime.version() + ")"};
        }
    }
}
