package io.evcache.examples.daocacheaside;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** People in an H2 database in memory. Counts its queries, and takes 20 ms more for each, as a database across a network under load does. */
final class PersonDao implements AutoCloseable {
    private static final long QUERY_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    private final String url;
    private final Connection keepsTheDatabase;
    private final LongAdder queries = new LongAdder();

    PersonDao(String name, int people) {
        this.url = "jdbc:h2:mem:" + name;
        try {
            this.keepsTheDatabase = DriverManager.getConnection(url);
            fill(people);
        } catch (SQLException e) {
            throw new IllegalStateException("no database", e);
        }
    }

    private void fill(int people) throws SQLException {
        try (Statement create = keepsTheDatabase.createStatement()) {
            create.execute("create table person (id bigint primary key, name varchar)");
        }
        try (PreparedStatement insert =
                keepsTheDatabase.prepareStatement("insert into person (id, name) values (?, ?)")) {
            for (long id = 1; id <= people; id++) {
                insert.setLong(1, id);
                insert.setString(2, "Person " + id);
                insert.addBatch();
            }
            insert.executeBatch();
        }
    }

    @Nullable
    Person findById(long id) throws SQLException {
        return findByIds(Set.of(id)).get(id);
    }

    Map<Long, Person> findByIds(Set<Long> ids) throws SQLException {
        queries.increment();
        LockSupport.parkNanos(QUERY_NANOS);
        try (Connection connection = DriverManager.getConnection(url);
                PreparedStatement select =
                        connection.prepareStatement("select id, name from person where id = any(?)")) {
            select.setObject(1, ids.toArray());
            Map<Long, Person> found = new LinkedHashMap<>();
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    found.put(rows.getLong(1), new Person(rows.getLong(1), rows.getString(2)));
                }
            }
            return found;
        }
    }

    void save(Person person) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url);
                PreparedStatement update = connection.prepareStatement("update person set name = ? where id = ?")) {
            update.setString(1, person.name());
            update.setLong(2, person.id());
            update.executeUpdate();
        }
    }

    long queries() {
        return queries.sum();
    }

    @Override
    public void close() throws SQLException {
        keepsTheDatabase.close();
    }
}
