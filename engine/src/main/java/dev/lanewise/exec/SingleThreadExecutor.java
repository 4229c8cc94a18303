package dev.lanewise.exec;

/** Everything on the calling thread; allocates nothing. */
public final class SingleThreadExecutor implements Executor, Workers {
    @Override
    public int threads() {
        return 1;
    }

    @Override
    public int count() {
        return 1;
    }

    @Override
    public void run(Frame frame, Step[] steps, RunControl control) {
        frame.control(control);
        for (int i = 0; i < steps.length; i++) {
            control.beforeStep(i);
            steps[i].run(frame, this);
        }
    }

    @Override
    public void forEach(int tiles, Tile body) {
        for (int i = 0; i < tiles; i++) {
            body.run(i, 0);
        }
    }

    @Override
    public void close() {
    }
}
