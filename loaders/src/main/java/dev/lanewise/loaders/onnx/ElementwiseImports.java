package dev.lanewise.loaders.onnx;

/** Importers of the elementwise operators. */
final class ElementwiseImports {
    private ElementwiseImports() {
    }

    static void register(Registry r) {
        for (var f : dev.lanewise.op.elementwise.Binary.Function.values()) {
            r.add(f.name().charAt(0) + f.name().substring(1).toLowerCase(),
                    n -> n.node(new dev.lanewise.op.elementwise.Binary(f)));
        }
        for (var f : dev.lanewise.op.elementwise.Unary.Function.values()) {
            r.add(f.name().charAt(0) + f.name().substring(1).toLowerCase(),
                    n -> n.node(new dev.lanewise.op.elementwise.Unary(f)));
        }
        r.add("Cast", n -> n.node(new dev.lanewise.op.elementwise.Cast(dev.lanewise.DataType.FLOAT)));
    }
}
