package dev.lanewise.bench.work;

/** The limits of this machine with the vector width of {@code -Dlanewise.bench.bits}. Arguments: threads. */
public final class RoofsWork {
    private static final int ROUNDS = 10;

    private RoofsWork() {
    }

    /** Width of the JVM's vectors. */
    public static int widestBits() {
        return FmaPeak.BITS;
    }

    public static void main(String[] arguments) throws InterruptedException {
        int threads = Integer.parseInt(arguments[0]);
        Roofs roofs = new Roofs(threads);
        for (int i = 0; i < ROUNDS; i++) {
            roofs.measure();
        }
        roofs.emit("roofs/" + FmaPeak.BITS + "/" + threads);
    }
}
