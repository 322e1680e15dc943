package io.evcache.core.topology;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evcache.core.error.InvalidConfiguration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NodeAddressTest {

    @ParameterizedTest
    @CsvSource({
        "localhost:11211, localhost, , 11211, localhost:11211",
        "10.0.0.1:1, 10.0.0.1, , 1, 10.0.0.1:1",
        "Cache-1.eu_west.example:65535, Cache-1.eu_west.example, , 65535, Cache-1.eu_west.example:65535",
        "cache-1/10.0.0.1:11211, cache-1, 10.0.0.1, 11211, cache-1:11211",
        "[::1]:11211, ::1, , 11211, [::1]:11211",
        "[2001:db8::A]:11211, 2001:db8::A, , 11211, [2001:db8::A]:11211",
        "cache-1/[2001:db8::1]:11211, cache-1, 2001:db8::1, 11211, cache-1:11211",
        "localhost:011211, localhost, , 11211, localhost:11211"
    })
    void readsEachFormAndKeepsTheHostAsWritten(String text, String host, String ip, int port, String shown) {
        NodeAddress address = NodeAddress.parse(text);

        assertThat(address).isEqualTo(new NodeAddress(host, ip, port)).hasToString(shown);
        assertThat(NodeAddress.parse(address.text())).isEqualTo(address);
        assertThat(NodeAddress.problems(text)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "a3@10.0.0.1:11211, a3, 10.0.0.1, , 1",
        "a3@cache-1/10.0.0.1:11211*2, a3, cache-1, 10.0.0.1, 2",
        "localhost:11211*1000, , localhost, , 1000",
        "A.b_c-1@[::1]:11211*7, A.b_c-1, ::1, , 7"
    })
    void readsIdAndWeight(String text, String id, String host, String ip, int weight) {
        NodeAddress address = NodeAddress.parse(text);

        assertThat(address).isEqualTo(new NodeAddress(id, host, ip, 11211, weight));
        assertThat(address.text()).isEqualTo(text);
        assertThat(address.toString()).endsWith(":11211").doesNotContain("@").doesNotContain("*");
    }

    @ParameterizedTest
    @CsvSource({
        "@localhost:1, id ''",
        "a b@localhost:1, id 'a b'",
        "a@b@localhost:1, illegal host",
        "localhost:1*0, weight 0",
        "localhost:1*1001, weight 1001",
        "localhost:1*x, weight 'x'",
        "localhost:1*, weight ''",
        "localhost:1*2*3, weight '2*3'",
        "localhost*2:1*-1, weight '-1'"
    })
    void wrongIdsAndWeightsAreNamed(String text, String problem) {
        assertThat(NodeAddress.problems(text))
                .anySatisfy(each -> assertThat(each).contains(text).contains(problem));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "\"\" | no port",
                "localhost | no port",
                "[::1] | no port",
                "::1 | brackets",
                "2001:db8::1:11211 | brackets",
                "cache-1/::1:11211 | brackets",
                ":11211 | no host",
                "localhost: | port ''",
                "localhost:http | port 'http'",
                "localhost:0 | port 0",
                "localhost:65536 | port 65536",
                "localhost:-1 | port '-1'",
                "localhost:+1 | port '+1'",
                "localhost:99999999999 | port '99999999999'",
                "localhost:١١ | port",
                "local host:11211 | illegal host",
                "localhost :11211 | illegal host",
                "a;b:11211 | illegal host",
                "a=b:11211 | illegal host",
                "[]:11211 | illegal host",
                "[10.0.0.1]:11211 | illegal host",
                "[xyz::1]:11211 | illegal host",
                "[1:2]:11211 | illegal host",
                "http://localhost:11211 | brackets",
                "cache-1/:11211 | '' where an IP address is expected",
                "cache-1/cache-2:11211 | 'cache-2' where an IP address is expected",
                "cache-1/10.0.0.256:11211 | '10.0.0.256' where an IP address is expected",
                "cache-1/10.0.0:11211 | '10.0.0' where an IP address is expected"
            })
    void refusesAnythingElseAndSaysWhy(String text, String why) {
        assertThatThrownBy(() -> NodeAddress.parse(text))
                .isInstanceOf(InvalidConfiguration.class)
                .hasMessageContaining(why)
                .hasMessageContaining("'" + text + "'");
        assertThat(NodeAddress.problems(text)).singleElement().asString().contains(why);
    }

    @Test
    void everyProblemOfOneAddressIsReported() {
        assertThat(NodeAddress.problems("a b/c:99999")).hasSize(3);
        assertThatThrownBy(() -> new NodeAddress("", "x", 0))
                .isInstanceOfSatisfying(
                        InvalidConfiguration.class,
                        e -> assertThat(e.problems()).hasSize(3));
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 0, 65_536})
    void constructorChecksThePort(int port) {
        assertThatThrownBy(() -> new NodeAddress("localhost", port)).hasMessageContaining("port " + port);
    }

    @Test
    void messageStaysOnItsLineAndShort() {
        assertThatThrownBy(() -> NodeAddress.parse("a\r\nb" + "x".repeat(10_000)))
                .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(200).doesNotContain("\r", "\n"));
    }
}
