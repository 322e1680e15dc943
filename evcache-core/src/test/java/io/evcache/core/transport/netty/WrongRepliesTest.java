package io.evcache.core.transport.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.evcache.core.command.Lookup;
import io.evcache.core.command.Pending;
import io.evcache.core.error.CodecFailure;
import io.evcache.core.error.DeadlineExceeded;
import io.evcache.core.error.NodeUnavailable;
import io.evcache.core.error.ServerError;
import io.evcache.core.transport.TransportConfig;
import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Two gets, of {@code a} with token 0 and of {@code b} with token 1, and everything that can be wrong with the answers. In the script {@code /} ends a packet, and {@code ~} lets
 * both callers' deadlines pass, {@code .} is the end of a line and {@code ^} a blank at the end of a packet.
 */
class WrongRepliesTest {

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            in order           | VA 1 O0 . A . VA 1 O1 . B .        | A       | B       | open
            split              | V / A 1^ / O0 . / A / . VA 1 O1 . B / . | A   | B       | open
            split in CRLF      | VA 1 O0 \\r/\\n A \\r/\\n EN O1 \\r/\\n | A   | MISS    | open
            late               | ~ VA 1 O0 . A . VA 1 O1 . B .      | EXPIRED | EXPIRED | open
            half late          | VA 1 O0 . A . ~ VA 1 O1 . B .      | A       | EXPIRED | open
            late within value  | VA 1 O0 . / ~ A . VA 1 O1 . B .    | EXPIRED | EXPIRED | open
            never              | ~                                  | EXPIRED | EXPIRED | open
            second only        | VA 1 O1 . B .                      | LOST    | LOST    | closed
            exchanged          | VA 1 O1 . B . VA 1 O0 . A .        | LOST    | LOST    | closed
            duplicate          | VA 1 O0 . A . VA 1 O0 . A .        | A       | LOST    | closed
            late duplicate     | VA 1 O0 . A . VA 1 O1 . B . / VA 1 O1 . B . | A | B    | closed
            duplicate miss     | EN O0 . EN O0 .                    | MISS    | LOST    | closed
            one too many       | EN O0 . EN O1 . EN O2 .            | MISS    | MISS    | closed
            no token           | EN . EN O1 .                       | LOST    | LOST    | closed
            other kind         | HD O0 . EN O1 .                    | LOST    | LOST    | closed
            refusal of one     | SERVER_ERROR busy . VA 1 O1 . B .  | REFUSED | B       | open
            too short          | VA 2 O0 . A . VA 1 O1 . B .        | LOST    | LOST    | closed
            too long           | VA 1 O0 . AA . VA 1 O1 . B .       | LOST    | LOST    | closed
            over the bound     | VA 4 O0 . AAAA . VA 1 O1 . B .     | LARGE   | B       | open
            over the bound, late | ~ VA 4 O0 . AA / AA . VA 1 O1 . B . | EXPIRED | EXPIRED | open
            over the bound, cut | VA 4 O0 . AAA . VA 1 O1 . B .     | LOST    | LOST    | closed
            too large          | VA 1073741825 O0 . A .             | LOST    | LOST    | closed
            negative           | VA -1 O0 . A .                     | LOST    | LOST    | closed
            cut                | VA 1 O0 . A                        | -       | -       | open
            cut, then another  | VA 1 O0 . VA 1 O1 . B .            | LOST    | LOST    | closed
            garbage            | ?? .                               | LOST    | LOST    | closed
            garbage between    | VA 1 O0 . A . ?? . VA 1 O1 . B .   | A       | LOST    | closed
            another protocol   | HTTP 1 400 Bad Request .         | LOST    | LOST    | closed
            shared line's end  | END .                              | LOST    | LOST    | closed
            shared line's value | VALUE a 0 1 . A . END .           | LOST    | LOST    | closed
            """)
    void eachCallerGetsItsOwnAnswerOrAFailure(String name, String script, String a, String b, String connection) {
        try (EmbeddedConnection server =
                new EmbeddedConnection(TransportConfig.defaults().withMaxValueBytes(3))) {
            Pending<Lookup> first = server.get("a");
            Pending<Lookup> second = server.get("b");

            play(server, script);

            assertThat(outcome(first)).as("a").isEqualTo(a);
            assertThat(outcome(second)).as("b").isEqualTo(b);
            assertThat(server.isClosed() ? "closed" : "open").isEqualTo(connection);
        }
    }

    private static void play(EmbeddedConnection server, String script) {
        for (String act : script.split("(?=~)|(?<=~)", -1)) {
            if (act.equals("~")) {
                server.pass(Duration.ofMillis(110));
                continue;
            }
            for (String packet : act.split("/", -1)) {
                String bytes = packet.strip().replaceAll(" *(\\.|\\\\r|\\\\n) *", "$1");
                server.say(bytes.replace('^', ' ')
                        .replace(".", "\r\n")
                        .replace("\\r", "\r")
                        .replace("\\n", "\n"));
            }
        }
    }

    private static String outcome(Pending<Lookup> call) {
        if (!call.isSettled()) {
            return "-";
        }
        if (call.value() instanceof Lookup.Hit) {
            return Outcomes.text(call);
        }
        if (call.value() != null) {
            return "MISS";
        }
        if (call.failure() instanceof NodeUnavailable lost) {
            return lost.reason() == NodeUnavailable.Reason.CONNECTION_LOST ? "LOST" : lost.toString();
        }
        if (call.failure() instanceof CodecFailure) {
            return "LARGE";
        }
        return call.failure() instanceof DeadlineExceeded
                ? "EXPIRED"
                : call.failure() instanceof ServerError ? "REFUSED" : String.valueOf(call.failure());
    }
}
