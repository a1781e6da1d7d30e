package org.epmpulse.cli;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Loads all classes but those of Java itself from its jars. Its parent is the loader of the class path, because that has some
 * of Java's modules, such as the generators of random numbers; the classes and resources of the class path are hidden.
 * Thread-safe.
 */
final class ExtraClassLoader extends URLClassLoader {

    private static final ClassLoader PLATFORM = ClassLoader.getPlatformClassLoader();

    static {
        registerAsParallelCapable();
    }

    /** @param jars those of the class path, and others behind them */
    ExtraClassLoader(URL[] jars) {
        super("epmpulse", jars, ClassLoader.getSystemClassLoader());
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        synchronized (getClassLoadingLock(name)) {
            Class<?> loaded = findLoadedClass(name);
            return loaded == null ? find(name) : loaded;
        }
    }

    private Class<?> find(String name) throws ClassNotFoundException {
        try {
            return PLATFORM.loadClass(name);
        } catch (ClassNotFoundException notOfJava) {
            try {
                return findClass(name);
            } catch (ClassNotFoundException notInAJar) {
                return super.loadClass(name, false);
            }
        }
    }

    @Override
    public @Nullable URL getResource(String name) {
        URL ofJava = PLATFORM.getResource(name);
        return ofJava == null ? findResource(name) : ofJava;
    }

    @Override
    public Enumeration<URL> getResources(String name) throws IOException {
        List<URL> all = new ArrayList<>(Collections.list(PLATFORM.getResources(name)));
        all.addAll(Collections.list(findResources(name)));
        return Collections.enumeration(all);
    }
}
