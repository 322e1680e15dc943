package io.evcache.benchmarks.load;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The main of a contender's JVM, which lives for the whole run. Reads {@code run <scenario> <milliseconds>} or {@code warm <scenario> <milliseconds at least> <at most>} per line and answers each with one
 * line: {@code ok <numbers>}, none after a warm-up, {@code unable}, {@code wrong <what>} for a reply that is not what was stored, or {@code failed <why>}. Ends with its input.
 *
 * <p>Arguments: the contender, then {@code pid:port,port,..} of the single server, of each zone's, and of the one with many ports.
 */
public final class Worker {
    private static final Place SINGLE = new Place(1, 1);

    private final Entry entry;
    private final List<Server> single;
    private final List<Server> zones;
    private final Server many;
    private final Map<Place, Contender> open = new HashMap<>();
    private final Set<Scenario> preloaded = new HashSet<>();
    private long seed;

    /** Whom a contender is connected to. */
    private record Place(int zones, int nodes) {}

    private record Server(long pid, List<Integer> ports) {
        static Server parse(String text) {
            int colon = text.indexOf(':');
            List<Integer> ports = Arrays.stream(text.substring(colon + 1).split(",", -1))
                    .map(Integer::valueOf)
                    .toList();
            return new Server(Long.parseLong(text.substring(0, colon)), ports);
        }

        int port() {
            return ports.get(0);
        }
    }

    private Worker(Entry entry, List<Server> servers) {
        this.entry = entry;
        this.single = servers.subList(0, 1);
        this.zones = servers.subList(1, servers.size() - 1);
        this.many = servers.get(servers.size() - 1);
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
            answers.println(worker.answer(words));
        }
        // Not every client's threads are daemons.
        System.exit(0);
    }

    private String answer(String[] words) {
        Scenario scenario = Scenario.named(words[1]);
        try {
            Optional<Contender> contender = contender(new Place(scenario.zones(), scenario.nodes()));
            if (contender.isEmpty() || !contender.get().abilities().contains(scenario.kind())) {
                return "unable";
            }
            if (words[0].equals("warm")) {
                WarmUp.parse(words, 2).until(length -> run(contender.get(), scenario, length));
                return "ok ";
            }
            Duration length = Duration.ofMillis(Long.parseLong(words[2]));
            return "ok " + run(contender.get(), scenario, length).line();
        } catch (Dataset.WrongValue e) {
            return "wrong " + e.getMessage();
        } catch (Exception e) {
            e.printStackTrace();
            return "failed " + String.valueOf(e).replace('\n', ' ');
        }
    }

    private Measured run(Contender contender, Scenario scenario, Duration length) throws Exception {
        List<Server> servers = scenario.nodes() > 1 ? List.of(many) : scenario.zones() == 1 ? single : zones;
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

    private Optional<Contender> contender(Place place) throws ReflectiveOperationException {
        Contender known = open.get(place);
        if (known != null) {
            return Optional.of(known);
        }
        Optional<Contender> made = place.nodes() == 1
                ? Optional.of(make(place.zones() == 1 ? single : zones))
                : contender(SINGLE).orElseThrow().spread(many.ports().subList(0, place.nodes()));
        made.ifPresent(contender -> open.put(place, contender));
        return made;
    }

    private Contender make(List<Server> servers) throws ReflectiveOperationException {
        return Class.forName(entry.className())
                .asSubclass(Contender.class)
                .getConstructor(String.class, List.class)
                .newInstance(
                        entry.protocol(), servers.stream().map(Server::port).toList());
    }
}
