package io.evcache.core.value;

import static java.util.stream.Collectors.joining;

import io.evcache.core.error.CodecFailure;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InvalidClassException;
import java.io.ObjectInputFilter;
import java.io.ObjectInputFilter.FilterInfo;
import java.io.ObjectInputFilter.Status;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.ObjectStreamClass;
import java.io.OutputStream;
import java.io.Serializable;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The classes whose serialised objects an application is willing to read from its cache.
 *
 * <p>Whoever can write to a cache chooses what a reader deserialises, so everything is denied that was not named: a class that is not in the
 * list is not even loaded. Also denied are proxies, more than 20 levels of nesting, more than 10,000 objects in one value, and arrays of more than 1,000,000
 * elements. A filter that was set for the whole JVM ({@code jdk.serialFilter}) is asked first and can deny more.
 *
 * <p>A list is as safe as the classes in it: name plain data, not everything that happens to be serialisable. Immutable, for any thread.
 */
public final class SerializedObjects {

    private static final int MAX_DEPTH = 20;
    private static final int MAX_REFERENCES = 10_000;
    private static final int MAX_ARRAY_LENGTH = 1_000_000;

    /** What the streams of collections mention, and none of which does anything when read. */
    private static final List<Class<?>> HARMLESS = List.of(Object.class, String.class, Map.Entry.class);

    private final List<Class<?>> named;
    private final Map<String, Class<?>> allowed;

    private SerializedObjects(List<Class<?>> named, Map<String, Class<?>> allowed) {
        this.named = named;
        this.allowed = allowed;
    }

    /**
     * Allows these classes, their superclasses, and arrays of them and of primitives. Name every class that may occur inside a value, also
     * those of the JDK ({@code ArrayList.class}), other than {@code String}.
     *
     * @throws IllegalArgumentException if there are none, or one cannot be serialised
     */
    public static SerializedObjects of(Class<?>... classes) {
        List<Class<?>> named = List.of(classes);
        if (named.isEmpty()) {
            throw new IllegalArgumentException("the list of classes is empty");
        }
        Map<String, Class<?>> allowed = new LinkedHashMap<>();
        HARMLESS.forEach(type -> allowed.put(type.getName(), type));
        for (Class<?> type : named) {
            if (!Serializable.class.isAssignableFrom(type) || type.isInterface() || type.isArray()) {
                throw new IllegalArgumentException(type.getName() + " is not a serialisable class");
            }
            for (Class<?> c = type; c != null; c = c.getSuperclass()) {
                allowed.put(c.getName(), c);
            }
        }
        return new SerializedObjects(named, Map.copyOf(allowed));
    }

    /** Serialises, after checking every class that goes into the stream. */
    byte[] write(Object value) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new CheckedOutput(bytes)) {
            out.writeObject(value);
        } catch (IOException | RuntimeException e) {
            throw new CodecFailure(value.getClass().getName() + " cannot be serialised: " + e.getMessage(), e);
        }
        return bytes.toByteArray();
    }

    Object read(byte[] bytes) {
        try (ObjectInputStream in = new CheckedInput(new ByteArrayInputStream(bytes))) {
            in.setObjectInputFilter(this::check);
            Object value = in.readObject();
            if (value == null) {
                throw new CodecFailure("serialised value of " + bytes.length + " bytes is null");
            }
            return value;
        } catch (CodecFailure e) {
            throw e;
        } catch (InvalidClassException e) { // names the class and never a value
            throw new CodecFailure("serialised value of " + bytes.length + " bytes is refused: " + e.getMessage(), e);
        } catch (IOException | ClassNotFoundException | RuntimeException e) {
            throw new CodecFailure(
                    "serialised value of " + bytes.length + " bytes cannot be read: "
                            + e.getClass().getName(),
                    e);
        }
    }

    private Status check(FilterInfo info) {
        ObjectInputFilter jvmWide = ObjectInputFilter.Config.getSerialFilter();
        if (jvmWide != null && jvmWide.checkInput(info) == Status.REJECTED) {
            return Status.REJECTED;
        }
        boolean tooMuch =
                info.depth() > MAX_DEPTH || info.references() > MAX_REFERENCES || info.arrayLength() > MAX_ARRAY_LENGTH;
        if (tooMuch) {
            return Status.REJECTED;
        }
        Class<?> type = info.serialClass();
        if (type == null) {
            return Status.UNDECIDED;
        }
        while (type.isArray()) {
            type = type.getComponentType();
        }
        return type.isPrimitive() || allowed.get(type.getName()) == type ? Status.ALLOWED : Status.REJECTED;
    }

    /** The class of that name if it is in the list; arrays of primitives and of what is in the list are too. */
    private Class<?> resolve(String name) throws InvalidClassException {
        Class<?> known = allowed.get(name);
        if (known != null) {
            return known;
        }
        String element = name.replaceFirst("^\\[+L?", "").replaceFirst(";$", "");
        boolean ofPrimitives = name.startsWith("[") && element.length() == 1;
        Class<?> component = allowed.get(element);
        if (!name.startsWith("[") || (component == null && !ofPrimitives)) {
            throw new InvalidClassException(name, "not in the list of allowed classes");
        }
        try {
            return Class.forName(name, false, component == null ? null : component.getClassLoader());
        } catch (ClassNotFoundException e) {
            throw new InvalidClassException(name, "not a class");
        }
    }

    @Override
    public String toString() {
        return "serialised " + named.stream().map(Class::getSimpleName).collect(joining(", "));
    }

    /** Loads nothing by a name that came with the bytes. */
    private final class CheckedInput extends ObjectInputStream {

        CheckedInput(InputStream in) throws IOException {
            super(in);
        }

        @Override
        protected Class<?> resolveClass(ObjectStreamClass description) throws InvalidClassException {
            return resolve(description.getName());
        }

        @Override
        protected Class<?> resolveProxyClass(String[] interfaces) throws InvalidClassException {
            throw new InvalidClassException("a proxy is never allowed");
        }
    }

    /** Writes nothing that would be refused when read. */
    private final class CheckedOutput extends ObjectOutputStream {

        CheckedOutput(OutputStream out) throws IOException {
            super(out);
        }

        @Override
        protected void annotateClass(Class<?> type) throws InvalidClassException {
            resolve(type.getName());
        }

        @Override
        protected void annotateProxyClass(Class<?> type) throws InvalidClassException {
            throw new InvalidClassException("a proxy is never allowed");
        }
    }
}
