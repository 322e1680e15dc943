package io.evcache.client;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/** What a class logs while this is open, INFO and above. */
public final class LogLines implements AutoCloseable {
    private final Logger logger;
    /** Null: that of its parent. */
    private final @Nullable Level before;

    private final ListAppender<ILoggingEvent> lines = new ListAppender<>();

    private LogLines(Logger logger) {
        this.logger = logger;
        this.before = logger.getLevel();
        logger.setLevel(Level.INFO); // tests are quieter
        lines.start();
        logger.addAppender(lines);
    }

    public static LogLines of(Class<?> who) {
        return new LogLines((Logger) LoggerFactory.getLogger(who));
    }

    /** Returns each line so far, its level first: {@code WARN text}. */
    public List<String> lines() {
        return List.copyOf(lines.list).stream()
                .map(line -> line.getLevel() + " " + line.getFormattedMessage())
                .toList();
    }

    @Override
    public void close() {
        logger.detachAppender(lines);
        logger.setLevel(before);
    }
}
