package dev.lanewise.loaders.onnx;

/** The importer of each operator type that is supported. What a model does not use is not even linked. */
final class Registry {
    /** The standard's own domain; files write it as {@code ""} or {@code "ai.onnx"}. */
    static final String STANDARD_DOMAIN = "ai.onnx";

    private Registry() {
    }

    /** The importer, or null where the operator is not supported. */
    static OperatorImporter find(String domain, String type) {
        if (domain.equals(ContribImports.DOMAIN)) {
            return contributed(type);
        }
        if (domain(domain).equals(MlImports.DOMAIN)) {
            return MlImports.find(type);
        }
        if (domain(domain).equals(PreviewImports.DOMAIN)) {
            return PreviewImports.find(type);
        }
        if (!domain(domain).equals(STANDARD_DOMAIN)) {
            return null;
        }
        if (type.equals("SimplifiedLayerNormalization")) {
            return ContribImports.find(type);
        }
        OperatorImporter found = ShapeImports.find(type);
        found = found != null ? found : LinearImports.find(type);
        found = found != null ? found : ReduceImports.find(type);
        found = found != null ? found : ConstantImports.find(type);
        found = found != null ? found : ElementwiseImports.find(type);
        found = found != null ? found : LogicImports.find(type);
        found = found != null ? found : NormImports.find(type);
        found = found != null ? found : AttentionImports.find(type);
        found = found != null ? found : QuantImports.find(type);
        found = found != null ? found : NnImports.find(type);
        found = found != null ? found : ControlImports.find(type);
        found = found != null ? found : SequenceImports.find(type);
        found = found != null ? found : LossImports.find(type);
        found = found != null ? found : SignalImports.find(type);
        found = found != null ? found : TextImports.find(type);
        return found != null ? found : ImageImports.find(type);
    }

    private static OperatorImporter contributed(String type) {
        OperatorImporter found = ContribImports.find(type);
        found = found != null ? found : ContribQuantImports.find(type);
        found = found != null ? found : ContribAttentionImports.find(type);
        found = found != null ? found : GroupedAttentionImports.find(type);
        found = found != null ? found : FusedImports.find(type);
        found = found != null ? found : IntegerProductImports.find(type);
        return found != null ? found : LowBitImports.find(type);
    }

    static String domain(String written) {
        return written.isEmpty() ? STANDARD_DOMAIN : written;
    }
}
