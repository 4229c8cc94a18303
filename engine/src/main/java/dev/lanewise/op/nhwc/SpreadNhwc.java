package dev.lanewise.op.nhwc;

import dev.lanewise.DataType;
import dev.lanewise.Tensor;
import dev.lanewise.exec.Frame;
import dev.lanewise.exec.Step;
import dev.lanewise.exec.Workers;
import dev.lanewise.graph.Dim;
import dev.lanewise.graph.Fact;
import dev.lanewise.graph.Inference;
import dev.lanewise.op.Lowerable;
import dev.lanewise.op.Lowering;
import java.util.List;
import java.util.function.Supplier;

/**
 * Spreads the channels of each pixel over a block of pixels: {@code [n, h, w, height * width * c]} to
 * {@code [n, h * height, w * width, c]}. After a product it is a transposed convolution whose windows lie side by side.
 */
public record SpreadNhwc(int height, int width) implements Lowerable {
    @Override
    public List<Fact> infer(Inference in) {
        DataType type = in.type(0, DataType.FLOAT);
        Dim[] x = in.shape(0);
        if (x == null || x.length != 4 || !x[3].isConstant() || x[3].value() % (height * width) != 0) {
            throw in.error("x [n, h, w, " + height * width + " c]", in.input(0).toString(), "use DepthToSpace");
        }
        return List.of(Fact.of(type, x[0], x[1].times(height), x[2].times(width),
                Dim.constant(x[3].value() / (height * width))));
    }

    @Override
    public Tensor[] evaluate(Tensor[] inputs) {
        int[] x = inputs[0].shape();
        int channels = x[3] / (height * width);
        Tensor y = Tensor.zeros(DataType.FLOAT, x[0], x[1] * height, x[2] * width, channels);
        for (int line = 0; line < x[0] * x[1]; line++) {
            line(line, x[2], channels, inputs[0].floats(), 0, y.floats(), 0);
        }
        return new Tensor[] {y};
    }

    /** Line {@code line} of all images, of {@code pixels} pixels. */
    private void line(int line, int pixels, int channels, float[] x, int xOffset, float[] y, int yOffset) {
        int piece = width * channels;
        for (int p = 0; p < pixels; p++) {
            for (int dy = 0; dy < height; dy++) {
                System.arraycopy(x, xOffset + ((line * pixels + p) * height + dy) * piece, y,
                        yOffset + ((line * height + dy) * pixels + p) * piece, piece);
            }
        }
    }

    @Override
    public Supplier<Step> lower(Lowering at) {
        int x = at.input(0);
        int y = at.output(0);
        return () -> new SpreadStep(x, y);
    }

    /** A tile is one line of x. */
    private final class SpreadStep implements Step, Workers.Tile {
        private final int x;
        private final int y;
        private Frame frame;
        private int lines;
        private int pixels;
        private int channels;

        SpreadStep(int x, int y) {
            this.x = x;
            this.y = y;
        }

        @Override
        public void bind(Frame f) {
            lines = f.shape(x)[0] * f.shape(x)[1];
            pixels = f.shape(x)[2];
            channels = f.shape(y)[3];
        }

        @Override
        public void run(Frame f, Workers workers) {
            frame = f;
            workers.forEach(lines, this);
            frame = null;
        }

        @Override
        public void run(int index, int worker) {
            line(index, pixels, channels, frame.floats(x), frame.offset(x), frame.floats(y), frame.offset(y));
        }
    }
}
