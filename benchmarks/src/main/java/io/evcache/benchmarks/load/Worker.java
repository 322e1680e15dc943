package io.evcache.benchmarks.load;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The main of a contender's JVM, which lives for the whole run. Reads {@code run <scenario> <milliseconds>} per line and answers each with one line: {@code ok <numbers>}, {@code unable},
 * {@code wrong <what>} for a reply that is not what was stored, or {@code failed <why>}. Ends with its input.
 *
 * <p>Arguments: the contender, then {@code port:pid} of the single server and of each zone's.
 */
public final class Worker {
    private final Entry entry;
    private final List<Server> single;
    private final List<Server> zones;
    private final Map<Integer, Contender> open = new HashMap<>();
    private final Set<Scenario> preloaded = new HashSet<>();
    private long seed;

    private record Server(int port, long pid) {
        static Server parse(String text) {
            int colon = text.indexOf(':');
            return new Server(Integer.parseInt(text.substring(0, colon)), Long.parseLong(text.substring(colon + 1)));
        }
    }

    private Worker(Entry entry, List<Server> servers) {
        this.entry = entry;
        this.single = servers.subList(0, 1);
        this.zones = servers.subList(1, servers.size());
    }

    /** Serves until the input ends. */
    public static void main(String[] args) throws IOException {
        PrintStream answers = System.out;
        System.setOut(System.err); // Some clients print.
        List<Server> servers = new ArrayList<>();
        for (int i = 1; i < args.length; i++) {
            servers.add(Server.parse(args[i]));
        }
        Worker worker = new Worker(Entry.named(args[0]), servers);
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            String[] words = line.split(" ", -1);
            answers.println(worker.answer(Scenario.named(words[1]), Duration.ofMillis(Long.parseLong(words[2]))));
        }
        // Not every client's threads are daemons.
        System.exit(0);
    }

    private String answer(Scenario scenario, Duration length) {
        try {
            Contender contender = contender(scenario.zones());
            return contender.abilities().contains(scenario.kind())
                    ? "ok " + run(contender, scenario, length).line()
                    : "unable";
        } catch (Dataset.WrongValue e) {
            return "wrong " + e.getMessage();
        } catch (Exception e) {
            e.printStackTrace();
            return "failed " + String.valueOf(e).replace('\n', ' ');
        }
    }

    private Measured run(Contender contender, Scenario scenario, Duration length) throws Exception {
        List<Server> servers = scenario.zones() == 1 ? single : zones;
        Dataset data = Dataset.of(scenario, scenario.isWrite() ? ++seed : 0);
        List<RawServer> raw = new ArrayList<>();
        try {
            for (Server server : servers) {
                raw.add(new RawServer(server.port()));
            }
            if (!scenario.isWrite() && !preloaded.contains(scenario)) {
                preload(contender, data);
                raw.get(0).verify(data, contender, data.size());
                preloaded.add(scenario);
            }
            List<Long> pids = servers.stream().map(Server::pid).toList();
            Measured measured = new Trial(contender, scenario, data, length, pids).run();
            if (scenario.isWrite()) {
                for (RawServer server : raw) {
                    server.verify(data, contender, measured.ops());
                }
            }
            return measured;
        } finally {
            for (RawServer server : raw) {
                server.close();
            }
        }
    }

    private static void preload(Contender contender, Dataset data) throws Exception {
        contender.use(data.keys());
        for (int key = 0; key < data.size(); key++) {
            contender.set(key, data.value(key));
        }
    }

    private Contender contender(int zoneCount) throws ReflectiveOperationException {
        Contender contender = open.get(zoneCount);
        if (contender == null) {
            List<Integer> ports =
                    (zoneCount == 1 ? single : zones).stream().map(Server::port).toList();
            contender = Class.forName(entry.className())
                    .asSubclass(Contender.class)
                    .getConstructor(String.class, List.class)
                    .newInstance(entry.protocol(), ports);
            open.put(zoneCount, contender);
        }
        return contender;
    }
}
