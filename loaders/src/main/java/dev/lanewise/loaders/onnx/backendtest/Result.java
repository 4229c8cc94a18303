package dev.lanewise.loaders.onnx.backendtest;

import java.util.List;

/**
 * How a case went.
 *
 * @param unsupported the operators or types for want of which it was skipped
 * @param detail why it failed, or null
 * @param largestError largest absolute difference of an element from the one due
 * @param cause the exception that ended it, or null
 */
public record Result(TestCase test, Status status, List<String> unsupported, String detail, double largestError,
        Throwable cause) {
    public enum Status {
        PASSED, FAILED, SKIPPED
    }

    static Result passed(TestCase test, double largestError) {
        return new Result(test, Status.PASSED, List.of(), null, largestError, null);
    }

    static Result failed(TestCase test, String detail, double largestError) {
        return new Result(test, Status.FAILED, List.of(), detail, largestError, null);
    }

    static Result failed(TestCase test, Throwable cause) {
        return new Result(test, Status.FAILED, List.of(), cause.toString(), 0, cause);
    }

    static Result skipped(TestCase test, List<String> unsupported) {
        return new Result(test, Status.SKIPPED, unsupported, null, 0, null);
    }
}
