package dev.lanewise.cli.peer;

import dev.lanewise.InvalidInputException;
import dev.lanewise.ModelSource;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationTargetException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** Loads a peer's jar and the adapter for it in a class loader of their own. */
public final class Peers {
    /** Name and Maven artefact of the one peer there is. */
    public static final String ONNX_RUNTIME = "onnxruntime";
    private static final String GROUP = "com.microsoft.onnxruntime";

    /** Native code can be loaded by one class loader only, so each jar has one. */
    private static final Map<Path, Loader> LOADERS = new HashMap<>();

    private Peers() {
    }

    /** The peer's version where none is asked for. */
    public static String defaultVersion() {
        try (InputStream in = Peers.class.getResourceAsStream("version.txt")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).strip();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read version.txt of the peers", e);
        }
    }

    /** The jar of a version of ONNX Runtime; it is fetched through Maven the first time. */
    public static Path onnxRuntimeJar(String version) throws IOException, InterruptedException {
        return MavenJar.find(GROUP, ONNX_RUNTIME, version);
    }

    /**
     * Loads a model in a peer; its jar is fetched through Maven the first time.
     *
     * @param peer {@code onnxruntime} or {@code onnxruntime:VERSION}
     */
    public static Peer open(String peer, ModelSource model, int threads) throws Exception {
        String[] parts = peer.split(":", 2);
        if (!parts[0].equals(ONNX_RUNTIME)) {
            throw new InvalidInputException("--against", ONNX_RUNTIME + " or " + ONNX_RUNTIME + ":VERSION", peer,
                    "correct the option");
        }
        Path jar = onnxRuntimeJar(parts.length == 2 ? parts[1] : defaultVersion());
        try {
            return (Peer) Class.forName(OnnxRuntimePeer.class.getName(), true, loader(jar))
                    .getConstructor(ModelSource.class, int.class).newInstance(model, threads);
        } catch (InvocationTargetException e) {
            throw new InvalidInputException("--against", "a model that " + peer + " can load",
                    String.valueOf(e.getCause().getMessage()), "measure without --against");
        }
    }

    private static synchronized Loader loader(Path jar) throws MalformedURLException {
        Loader loader = LOADERS.get(jar);
        if (loader == null) {
            loader = new Loader(jar);
            LOADERS.put(jar, loader);
        }
        return loader;
    }

    /** Has the peer's classes and the adapter, even where the loader above knows them; all else comes from above. */
    private static final class Loader extends URLClassLoader {
        private static final String ADAPTER = OnnxRuntimePeer.class.getName();

        Loader(Path jar) throws MalformedURLException {
            super("peer", new URL[] {jar.toUri().toURL()}, Peers.class.getClassLoader());
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            if (!name.equals(ADAPTER) && !name.startsWith("ai.onnxruntime.") && !name.startsWith(ADAPTER + "$")) {
                return super.loadClass(name, resolve);
            }
            synchronized (getClassLoadingLock(name)) {
                Class<?> loaded = findLoadedClass(name);
                return loaded != null ? loaded : findClass(name);
            }
        }

        /** The native code comes out of the same jar. */
        @Override
        public URL getResource(String name) {
            URL own = name.startsWith("ai/onnxruntime/") ? findResource(name) : null;
            return own != null ? own : super.getResource(name);
        }

        @Override
        protected Class<?> findClass(String name) throws ClassNotFoundException {
            if (!name.startsWith(ADAPTER)) {
                return super.findClass(name);
            }
            String file = name.substring(name.lastIndexOf('.') + 1) + ".class";
            try (InputStream in = Peers.class.getResourceAsStream(file)) {
                byte[] bytes = in.readAllBytes();
                return defineClass(name, bytes, 0, bytes.length);
            } catch (IOException e) {
                throw new ClassNotFoundException(name, e);
            }
        }
    }
}
