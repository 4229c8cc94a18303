package dev.lanewise;

/**
 * Elements of a constant that are in memory only while someone needs them as they are: read when they are first asked for,
 * and let go of once they are held in another form, such as packed for a kernel. For loaders and the compiler.
 */
public final class DeferredData {
    private final DataType type;
    private final int size;
    /** Null once pinned. */
    private Source source;
    private boolean heldElsewhere;
    private volatile Object array;

    /** Where elements come from; gives the same each time. */
    public interface Source {
        /** Hands all elements over, in order. */
        void read(Sink sink);

        /** Makes what it reads from independent of a file; false where the elements have to be read for that. */
        default boolean settle() {
            return false;
        }
    }

    /** Takes elements in order, some at a time. */
    public interface Sink {
        /**
         * Elements {@code first} to {@code first + count - 1}.
         *
         * @param array holds them from {@code offset} on, in the type's storage; to be copied, since it is used again
         */
        void take(Object array, int offset, int first, int count);
    }

    /** @param size number of elements */
    public DeferredData(DataType type, int size, Source source) {
        this.type = type;
        this.size = size;
        this.source = source;
    }

    /** Elements that are in memory already and may be let go of. */
    static DeferredData of(DataType type, int size, Object array) {
        DeferredData data = new DeferredData(type, size, sink -> sink.take(array, 0, 0, size));
        data.array = array;
        return data;
    }

    DataType.Storage storage() {
        return type.storage();
    }

    int size() {
        return size;
    }

    /** Where elements come from at present, which may say more about them; null once they are here for good. */
    public synchronized Source source() {
        return source;
    }

    /** All elements, which stay in memory. */
    Object array() {
        Object known = array;
        return known != null ? known : load();
    }

    private synchronized Object load() {
        if (array == null) {
            Object all = type.storage().newArray(size);
            source.read((part, offset, first, count) -> System.arraycopy(part, offset, all, first, count));
            array = all;
        }
        return array;
    }

    /** Hands the elements over, without keeping them where they are not in memory. */
    synchronized void read(Sink sink) {
        if (array != null) {
            sink.take(array, 0, 0, size);
        } else {
            source.read(sink);
        }
    }

    /** Lets go of the elements in memory; who asks for them again gets them from {@code other}. */
    public synchronized void release(Source other) {
        source = other;
        array = null;
        heldElsewhere = true;
    }

    /** Lets go of the elements in memory unless they are there for good. */
    public synchronized void release() {
        if (source != null) {
            array = null;
        }
    }

    /**
     * Makes the elements independent of what they were read from: where they are held in no other form they are read now and
     * kept, unless they can be computed from something else in memory.
     */
    public synchronized void settle() {
        if (!heldElsewhere && !(source != null && source.settle())) {
            array();
            source = null;
        }
    }
}
