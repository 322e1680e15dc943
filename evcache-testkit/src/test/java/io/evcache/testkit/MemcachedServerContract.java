package io.evcache.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** What every server answers: the recorded table, and the same however the bytes come. */
abstract class MemcachedServerContract {
    abstract InetSocketAddress server();

    /** 1.6.18 or 1.6.38: whose replies the server gives. */
    abstract String version();

    /** By how much a time in a reply may differ, where the clock cannot be stopped. */
    abstract int toleratedSeconds();

    @TestFactory
    Stream<DynamicContainer> answersAsRecorded() {
        return WireTable.FILES.stream()
                .map(file -> DynamicContainer.dynamicContainer(
                        file,
                        WireTable.read(file, version()).stream()
                                .map(wireCase -> DynamicTest.dynamicTest(wireCase.title(), () -> play(wireCase)))));
    }

    private void play(WireTable.Case wireCase) throws IOException {
        ReplyMatcher matcher = new ReplyMatcher(toleratedSeconds());
        try (WireConnection connection = new WireConnection(server())) {
            connection.ask(List.of("flush_all"));
            for (WireTable.Step step : wireCase.steps()) {
                List<String> requests =
                        step.requests().stream().map(matcher::fill).toList();
                List<String> replies = connection.ask(requests);
                assertThat(matcher.matches(step.replies(), replies))
                        .as(() -> "to %s expected %s but got %s"
                                .formatted(shorter(requests), shorter(step.replies()), shorter(replies)))
                        .isTrue();
            }
        }
    }

    private static List<String> shorter(List<String> lines) {
        return lines.stream()
                .map(line -> line.length() > 300 ? line.substring(0, 300) + "… (" + line.length() + ")" : line)
                .toList();
    }

    @Test
    void answersTheSameWhenBytesComeOneByOne() throws IOException {
        List<String> requests = List.of(
                "flush_all",
                "ms a 5 F3 T0",
                "a\r\nbc",
                "mg a v f k O12",
                "set b 1 0 2 noreply",
                "xy",
                "get b a missing",
                "ms c 1",
                "toolong",
                "mg c q",
                "ms a 2 Z",
                "hi",
                "ma n N0 J5 v",
                "incr n 3",
                "md a q",
                "md a",
                "mn");
        List<String> atOnce;
        try (WireConnection connection = new WireConnection(server())) {
            atOnce = connection.ask(requests);
        }

        List<String> byteByByte;
        try (WireConnection connection = new WireConnection(server())) {
            String text = String.join("\r\n", requests) + "\r\n" + WireConnection.LAST_QUESTION;
            for (int i = 0; i < text.length(); i++) {
                connection.send(text.substring(i, i + 1));
            }
            byteByByte = connection.answer();
        }

        assertThat(byteByByte).isEqualTo(atOnce).contains("VA 5 f3 ka O12", "CLIENT_ERROR bad data chunk", "8", "MN");
    }

    @Test
    void listsItemsWithTheirKeysEscaped() throws IOException {
        try (WireConnection connection = new WireConnection(server())) {
            connection.ask(
                    List.of("flush_all", "ms a%b/c~d 3 T0 F5", "abc", "ms AQIgAw== 1 T100 b", "x", "mg a%b/c~d v"));

            List<String> dump = connection.dump("lru_crawler metadump hash");

            String flags = version().equals("1.6.38") ? " flags=%d" : "";
            assertThat(dump).hasSize(1);
            assertThat(dump.get(0).split("\n"))
                    .hasSize(2)
                    .anySatisfy(line -> assertThat(line)
                            .matches("key=a%25b%2Fc~d exp=-1 la=\\d{10} cas=\\d+ fetch=yes cls=1 size=73"
                                    + flags.formatted(5)))
                    .anySatisfy(line -> assertThat(line)
                            .matches("key=%01%02%20%03 exp=\\d{10} la=\\d{10} cas=\\d+ fetch=no cls=1 size=64"
                                    + flags.formatted(0)));
        }
    }

    @Test
    void answersALongPipelineInOrder() throws IOException {
        int requests = 20_000;
        StringBuilder pipeline = new StringBuilder("ms a 3\r\nabc\r\n");
        for (int i = 0; i < requests; i++) {
            pipeline.append("mg a v O").append(i).append("\r\n");
        }

        List<String> replies;
        try (WireConnection connection = new WireConnection(server())) {
            Thread sender = new Thread(() -> sendAll(connection, pipeline.append(WireConnection.LAST_QUESTION)));
            sender.setDaemon(true);
            sender.start();
            replies = connection.answer();
        }

        assertThat(replies).hasSize(1 + 2 * requests);
        for (int i = 0; i < requests; i++) {
            assertThat(replies.get(1 + 2 * i)).isEqualTo("VA 3 O" + i);
        }
    }

    private static void sendAll(WireConnection connection, StringBuilder text) {
        try {
            connection.send(text.toString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
