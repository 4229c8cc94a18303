package dev.lanewise.cli;

import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the header of a NumPy file says. It is a Python dictionary with the keys {@code descr}, {@code fortran_order} and
 * {@code shape} in any order, and nothing else.
 *
 * @param code kind and bytes of an element, such as {@code f4}
 */
record NpyHeader(String code, ByteOrder order, boolean fortranOrder, int[] shape) {
    private static final int MAX_RANK = 32;
    private static final Pattern ENTRY = Pattern.compile("\\s*['\"](\\w+)['\"]\\s*:\\s*"
            + "(?:['\"]([<>|=]?)(\\w+)['\"]|(True|False)|\\(([\\d\\s,L]*)\\))\\s*(,|(?=\\}))");

    static NpyHeader parse(String text) {
        String trimmed = text.strip();
        if (!trimmed.startsWith("{") || !trimmed.endsWith("}")) {
            throw NpyFile.error("header", "a Python dictionary", trimmed, "the file is broken");
        }
        String code = null;
        ByteOrder order = ByteOrder.LITTLE_ENDIAN;
        Boolean fortran = null;
        int[] shape = null;
        Matcher m = ENTRY.matcher(trimmed).region(1, trimmed.length()).useTransparentBounds(true);
        int end = 1;
        while (m.lookingAt()) {
            String key = m.group(1);
            if (key.equals("descr") && m.group(3) != null && code == null) {
                code = m.group(3);
                order = m.group(2).equals(">") ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
            } else if (key.equals("fortran_order") && m.group(4) != null && fortran == null) {
                fortran = m.group(4).equals("True");
            } else if (key.equals("shape") && m.group(5) != null && shape == null) {
                shape = shape(m.group(5));
            } else {
                throw NpyFile.error("header", "descr, fortran_order and shape, once each", m.group().strip(),
                        "structured and Python object arrays cannot be read");
            }
            end = m.end();
            m.region(end, trimmed.length());
        }
        if (code == null || fortran == null || shape == null || !trimmed.substring(end).strip().equals("}")) {
            throw NpyFile.error("header", "descr, fortran_order and shape", trimmed,
                    "structured and Python object arrays cannot be read");
        }
        return new NpyHeader(code, order, fortran, shape);
    }

    private static int[] shape(String tuple) {
        List<Integer> dims = new ArrayList<>();
        for (String dim : tuple.isBlank() ? new String[0] : tuple.split(",")) {
            String digits = dim.strip();
            if (!digits.matches("\\d{1,9}") || dims.size() == MAX_RANK) {
                throw NpyFile.error("header", "at most " + MAX_RANK + " dimensions below 10^9", "(" + tuple + ")",
                        "the file is broken or too large for one array");
            }
            dims.add(Integer.parseInt(digits));
        }
        return dims.stream().mapToInt(Integer::intValue).toArray();
    }
}
