package io.evcache.core.value;

import java.io.File;
import java.lang.reflect.InvocationTargetException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.Arrays;

/** Runs a test class in a class loader of its own, on this class path without the jars of one library. */
public final class WithoutLibrary {

    private WithoutLibrary() {}

    /**
     * Calls the method, which must be public, static and without parameters, and returns what it returns, or throws what it throws.
     *
     * @param jar what the names of the jars to leave out start with
     */
    public static Object run(String jar, Class<?> testClass, String method) throws Throwable {
        URL[] urls = Arrays.stream(System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"))
                        .split(File.pathSeparator))
                .map(Path::of)
                .filter(path -> !path.getFileName().toString().startsWith(jar))
                .map(WithoutLibrary::url)
                .toArray(URL[]::new);
        try (URLClassLoader loader = new URLClassLoader(urls, ClassLoader.getPlatformClassLoader())) {
            return loader.loadClass(testClass.getName()).getMethod(method).invoke(null);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    private static URL url(Path path) {
        try {
            return path.toUri().toURL();
        } catch (MalformedURLException e) {
            throw new IllegalArgumentException(path.toString(), e);
        }
    }
}
