package dev.lanewise.loaders.testing;

import static org.junit.jupiter.api.Assertions.fail;

import com.sun.management.ThreadMXBean;
import dev.lanewise.LanewiseException;
import dev.lanewise.ModelFormatException;
import dev.lanewise.UnsupportedModelException;
import java.io.IOException;
import java.lang.management.ManagementFactory;

/**
 * What reading any file keeps to: it ends in a model or in an exception that says what is wrong, within a second and 64 MiB above the
 * file's size. The second is one of the processor, since the machine may be busy; the memory is all that the thread has asked for,
 * whether or not it was held at one time.
 */
public final class Promise {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final long BYTES = 64L << 20;
    private static final long NANOS = 1_000_000_000;
    /** What is done for the first time loads classes. */
    private static final int TRIES = 3;

    /** Reads a file. */
    public interface Reader {
        void read() throws IOException;
    }

    private Promise() {
    }

    /** The exception that says what is wrong with the file, or null where nothing is. */
    public static LanewiseException kept(String what, long fileBytes, Reader reader) {
        LanewiseException e = refused(what, fileBytes, reader);
        if (e != null && !(e instanceof ModelFormatException) && !(e instanceof UnsupportedModelException)) {
            fail(what, e);
        }
        return e;
    }

    /** The same for what is given besides the file, which may be wrong as well. */
    public static LanewiseException refused(String what, long fileBytes, Reader reader) {
        long bytes = Long.MAX_VALUE;
        long nanos = Long.MAX_VALUE;
        LanewiseException outcome = null;
        for (int i = 0; i < TRIES && (bytes > BYTES + fileBytes || nanos > NANOS); i++) {
            long startBytes = THREADS.getCurrentThreadAllocatedBytes();
            long start = THREADS.getCurrentThreadCpuTime();
            outcome = outcome(what, reader);
            nanos = THREADS.getCurrentThreadCpuTime() - start;
            bytes = THREADS.getCurrentThreadAllocatedBytes() - startBytes;
        }
        if (bytes > BYTES + fileBytes || nanos > NANOS) {
            fail(what + " took " + nanos / 1_000_000 + " ms and " + (bytes >> 10) + " KiB for a file of "
                    + (fileBytes >> 10) + " KiB");
        }
        return outcome;
    }

    private static LanewiseException outcome(String what, Reader reader) {
        try {
            reader.read();
            return null;
        } catch (LanewiseException e) {
            return e;
        } catch (IOException | RuntimeException | StackOverflowError | OutOfMemoryError e) {
            return fail(what, e);
        }
    }
}
