package io.evcache.examples.daocacheaside;

import io.evcache.client.EvCache;
import io.evcache.client.EvCacheClient;
import io.evcache.client.EvCacheConfig;
import io.evcache.client.load.CacheAside;
import io.evcache.testkit.EmbeddedZones;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * Two programs with 64 readers ask for people whose cached rows live for one second, so that keys expire all the time: first with the cache-aside that one writes by hand, then with {@link CacheAside} and leases. Prints the queries of each second, draws them, and
 * says whether the second way needed fewer.
 *
 * <p>Options: {@code --seconds N} for each way (default 10), {@code --svg FILE} (default {@code examples/target/dao-cache-aside.svg}).
 */
public final class DaoCacheAside {
    private static final int PEOPLE = 50;
    private static final Duration LIFE = Duration.ofSeconds(1);

    private DaoCacheAside() {}

    public static void main(String[] args) throws Exception {
        int seconds = Integer.parseInt(option(args, "--seconds", "10"));
        Path chart = Path.of(option(args, "--svg", "examples/target/dao-cache-aside.svg"));
        if (!run(seconds, chart)) {
            System.exit(1);
        }
    }

    /** Returns whether the cache-aside with leases asked the database less. */
    static boolean run(int seconds, Path chart) throws Exception {
        try (EmbeddedZones zones = EmbeddedZones.start(1, "a", "b", "c");
                EvCacheClient inA = client(zones, "a");
                EvCacheClient inB = client(zones, "b");
                PersonDao dao = new PersonDao("people", PEOPLE)) {
            LoadGenerator load = new LoadGenerator(dao, PEOPLE);

            List<Long> off = load.run(
                    "Stampede protection off: get, load, set by hand",
                    List.of(byHand(cache(inA, "by-hand"), dao), byHand(cache(inB, "by-hand"), dao)),
                    seconds);
            List<Long> on;
            try (CacheAside<Long, Person> one = aside(cache(inA, "aside"), dao);
                    CacheAside<Long, Person> two = aside(cache(inB, "aside"), dao)) {
                on = load.run("Stampede protection on: CacheAside with leases", List.of(one::get, two::get), seconds);
                showAWrite(one, dao);
            }

            Path directory = chart.toAbsolutePath().getParent();
            if (directory != null) {
                Files.createDirectories(directory);
            }
            Files.writeString(chart, QueryChart.draw(off, on));
            System.out.println(
                    QueryChart.sum(off) + " queries without, " + QueryChart.sum(on) + " with; drawn in " + chart);
            return QueryChart.sum(on) < QueryChart.sum(off);
        }
    }

    private static People byHand(EvCache<Person> cache, PersonDao dao) {
        return id -> {
            Person person = cache.get("id:" + id);
            if (person == null) {
                person = dao.findById(id);
                if (person != null) {
                    cache.set("id:" + id, person);
                }
            }
            return person;
        };
    }

    private static CacheAside<Long, Person> aside(EvCache<Person> cache, PersonDao dao) {
        // snippet: cache-aside
        CacheAside<Long, Person> people = CacheAside.over(cache, (Long id) -> "id:" + id)
                .loader(dao::findById) // null: there is no such person
                .bulkLoader(dao::findByIds)
                .negativeTtl(Duration.ofSeconds(30))
                .leases()
                .maxConcurrentLoads(16)
                .build();
        // end
        return people;
    }

    private static void showAWrite(CacheAside<Long, Person> people, PersonDao dao) throws Exception {
        // snippet: write
        Person changed = new Person(1, "Ada");
        people.writeThenInvalidate(changed.id(), () -> dao.save(changed));
        System.out.println("after the write: " + people.get(1L));
        System.out.println("together: " + people.getAll(List.of(1L, 2L, 3L)).values());
        // end
    }

    private static EvCache<Person> cache(EvCacheClient client, String name) {
        return client.cache(name, new PersonCodec(), options -> options.ttl(LIFE));
    }

    private static EvCacheClient client(EmbeddedZones zones, String zone) {
        return EvCacheClient.connect(
                EvCacheConfig.builder(zones.connectString()).localZone(zone).build());
    }

    private static String option(String[] args, String name, String otherwise) {
        for (int i = 0; i + 1 < args.length; i++) {
            if (args[i].equals(name)) {
                return args[i + 1];
            }
        }
        return otherwise;
    }
}
