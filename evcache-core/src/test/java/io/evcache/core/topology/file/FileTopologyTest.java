package io.evcache.core.topology.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.evcache.core.topology.Topology;
import io.evcache.core.topology.TopologyListener;
import io.evcache.core.topology.TopologyProvider;
import io.evcache.core.topology.TopologyProviderContract;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileTopologyTest extends TopologyProviderContract {

    @TempDir
    Path directory;

    private Path file;

    @BeforeEach
    void nameFile() {
        file = directory.resolve("zones");
    }

    @Override
    protected TopologyProvider provider() {
        return FileTopology.at(file).on(time);
    }

    @Override
    protected void exist(int... nodesOfA) throws IOException {
        String nodes =
                Arrays.stream(nodesOfA).mapToObj(number -> node(number).text()).collect(Collectors.joining(","));
        Files.writeString(file, "a=" + nodes + ";b=" + node(9).text());
    }

    @Override
    protected void fail() throws IOException {
        Files.deleteIfExists(file);
    }

    @Test
    void zonesMayStandOnLinesWithCommentsAndModes() throws Exception {
        Files.writeString(file, """
                # where we are
                a=h:1,
                  h:2

                b(WRITE_ONLY)=h:3;
                c=h:4
                """);

        assertThat(once()).containsExactly(Topology.parse("a=h:1,h:2;b(WRITE_ONLY)=h:3;c=h:4"));
    }

    @Test
    void halfAFileIsAFailureThatNamesTheProblem() throws Exception {
        List<Exception> failures = new ArrayList<>();
        Files.writeString(file, "a=h:1,h");

        AutoCloseable watch = provider().watch(listener(failures));
        time.run();
        watch.close();

        assertThat(failures).singleElement().asString().contains("zone 'a': node 'h' has no port");
    }

    @Test
    void fileThatIsTooLargeIsNotRead() throws Exception {
        List<Exception> failures = new ArrayList<>();
        Files.writeString(file, "#".repeat((1 << 20) + 1));

        AutoCloseable watch = provider().watch(listener(failures));
        time.run();
        watch.close();

        assertThat(failures).singleElement().asString().contains("has 1048577 bytes, over the limit");
    }

    @Test
    void fileReplacedByWayOfALinkIsReadAgain() throws Exception {
        Path first = Files.writeString(directory.resolve("first"), "a=h:1");
        Path second = Files.writeString(directory.resolve("second"), "a=h:2");
        List<Topology> heard = new ArrayList<>();
        Files.createSymbolicLink(file, first);

        AutoCloseable watch = provider().watch(heard::add);
        time.run();
        Files.delete(file);
        Files.createSymbolicLink(file, second);
        time.pass(ROUND);
        watch.close();

        assertThat(heard).containsExactly(Topology.parse("a=h:1"), Topology.parse("a=h:2"));
    }

    @Test
    void threadOfAWatchIsADaemonAndEndsWithIt() throws Exception {
        exist(1);
        LinkedBlockingQueue<Thread> threads = new LinkedBlockingQueue<>();

        AutoCloseable watch = FileTopology.at(file).watch(topology -> threads.add(Thread.currentThread()));
        Thread thread = threads.poll(1, TimeUnit.MINUTES);

        assertThat(thread).isNotNull();
        assertThat(thread.isDaemon()).isTrue();
        assertThat(thread.getName()).startsWith("evcache-topology-");
        assertThatCode(watch::close).doesNotThrowAnyException();
        thread.join(60_000);
        assertThat(thread.isAlive()).isFalse();
    }

    private List<Topology> once() throws Exception {
        List<Topology> heard = new ArrayList<>();
        AutoCloseable watch = provider().watch(heard::add);
        time.run();
        watch.close();
        return heard;
    }

    private static TopologyListener listener(List<Exception> failures) {
        return new TopologyListener() {
            @Override
            public void changed(Topology topology) {
                throw new AssertionError("not expected: " + topology);
            }

            @Override
            public void failed(Exception failure) {
                failures.add(failure);
            }
        };
    }
}
