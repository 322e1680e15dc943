/*
 * The limit without a client: one thread, one connection, epoll, so many requests outstanding on memcached's meta protocol.
 *
 *   generator <port> <get|set> <outstanding> <value bytes> <milliseconds>
 *   generator 0 echo 1 <value bytes> <milliseconds>
 *
 * Sends a batch, reads all its answers, compares each with what is expected, and sends the next batch. Prints one line of numbers: operations, nanoseconds, p50, p99 and p99.9 in
 * microseconds (of a batch: its requests leave together), processor time in nanoseconds, 0, 0, context switches. Any reply that is not the expected one ends it with status 1.
 */
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { KEYS = 1000, BUCKETS = 1 << 20 };

static int fd, poller;
static size_t value_bytes;
static char *values, *out, *in;
static size_t in_size;
static uint32_t latency[BUCKETS]; /* in units of 100 ns */

static void die(const char *why) {
    fprintf(stderr, "generator: %s\n", why);
    exit(1);
}

static uint64_t now(clockid_t clock) {
    struct timespec t;
    clock_gettime(clock, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

/* printf would cost as much as all the rest. */
static char *decimal(char *to, unsigned number) {
    char digits[10];
    int n = 0;
    do digits[n++] = (char)('0' + number % 10);
    while (number /= 10);
    while (n > 0) *to++ = digits[--n];
    return to;
}

static char *text(char *to, const char *what, size_t size) { return (char *)memcpy(to, what, size) + size; }

#define TEXT(to, what) text(to, what, sizeof(what) - 1)

static char *value(char *to, unsigned key) { return TEXT(text(to, values + key * value_bytes, value_bytes), "\r\n"); }

static char *opaque_end(char *to, unsigned opaque) { return TEXT(decimal(TEXT(to, " O"), opaque), "\r\n"); }

static size_t put(char *const start, int set, unsigned key, unsigned opaque) {
    char *to = decimal(TEXT(start, "mg generator:"), KEYS + key);
    if (!set) return (size_t)(opaque_end(TEXT(to, " v f"), opaque) - start);
    start[1] = 's';
    to = opaque_end(TEXT(decimal(TEXT(to, " "), (unsigned)value_bytes), " T0 F0"), opaque);
    return (size_t)(value(to, key) - start);
}

/* What memcached must answer, byte for byte. */
static size_t expected(char *const start, int set, unsigned key, unsigned opaque) {
    if (set) return (size_t)(opaque_end(TEXT(start, "HD"), opaque) - start);
    char *to = opaque_end(TEXT(decimal(TEXT(start, "VA "), (unsigned)value_bytes), " f0"), opaque);
    return (size_t)(value(to, key) - start);
}

static void send_all(size_t size) {
    for (size_t sent = 0; sent < size;) {
        ssize_t n = write(fd, out + sent, size - sent);
        if (n <= 0) die("write failed");
        sent += (size_t)n;
    }
}

/* Reads and checks the answers to requests first .. first + count - 1. */
static void receive(int set, const unsigned *keys, unsigned first, unsigned count) {
    static char want[1 << 16];
    size_t filled = 0, read_to = 0;
    for (unsigned i = 0; i < count;) {
        struct epoll_event event;
        if (epoll_wait(poller, &event, 1, 5000) != 1) die("no answer within 5 s");
        ssize_t n = recv(fd, in + filled, in_size - filled, MSG_DONTWAIT);
        if (n <= 0) die("connection lost");
        filled += (size_t)n;
        while (i < count) {
            size_t size = expected(want, set, keys[i], first + i);
            if (filled - read_to < size) break;
            if (memcmp(in + read_to, want, size) != 0) die("wrong answer");
            read_to += size;
            i++;
        }
    }
    if (filled != read_to) die("more answers than questions");
}

static void batch(int set, unsigned *keys, unsigned first, unsigned count) {
    static uint32_t random = 1;
    size_t size = 0;
    for (unsigned i = 0; i < count; i++) {
        random = random * 1664525u + 1013904223u;
        keys[i] = set == 2 ? (first + i) % KEYS : (random >> 8) % KEYS;
        size += put(out + size, set != 0, keys[i], first + i);
    }
    send_all(size);
    receive(set != 0, keys, first, count);
}

static double percentile(uint64_t total, double share) {
    uint64_t seen = 0;
    for (int i = 0; i < BUCKETS; i++) {
        seen += latency[i];
        if (seen >= total * share) return i / 10.0;
    }
    return BUCKETS / 10.0;
}

enum { ASKED = 60, FRAME = 20 }; /* bytes of a get with a key of usual length; bytes of an answer around the value */

/* Answers from a process of its own until the connection ends. Returns its port. */
static uint16_t start_echo(pid_t *child) {
    struct sockaddr_in address = {.sin_family = AF_INET};
    socklen_t size = sizeof address;
    int listener = socket(AF_INET, SOCK_STREAM, 0), on = 1;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (bind(listener, (struct sockaddr *)&address, size) != 0 || listen(listener, 1) != 0) die("cannot listen");
    if (getsockname(listener, (struct sockaddr *)&address, &size) != 0) die("no port");
    *child = fork();
    if (*child < 0) die("cannot fork");
    if (*child == 0) {
        fd = accept(listener, NULL, NULL);
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        for (ssize_t n; (n = read(fd, in, ASKED)) > 0;) {
            if (n != ASKED) die("part of a question");
            memcpy(out, in, ASKED);
            send_all(FRAME + value_bytes);
        }
        _exit(0);
    }
    close(listener);
    return ntohs(address.sin_port);
}

static void echo(unsigned number) {
    memcpy(out, &number, sizeof number);
    send_all(ASKED);
    size_t size = FRAME + value_bytes;
    for (size_t filled = 0; filled < size;) {
        ssize_t n = read(fd, in + filled, size - filled);
        if (n <= 0) die("connection lost");
        filled += (size_t)n;
    }
    if (memcmp(in, &number, sizeof number) != 0) die("wrong answer");
}

/* Ends the echoing process and returns what it has used. */
static uint64_t end_echo(pid_t child) {
    struct rusage used;
    close(fd);
    if (wait4(child, NULL, 0, &used) != child) die("no child");
    return ((uint64_t)used.ru_utime.tv_sec + (uint64_t)used.ru_stime.tv_sec) * 1000000000u
        + ((uint64_t)used.ru_utime.tv_usec + (uint64_t)used.ru_stime.tv_usec) * 1000u;
}

int main(int argc, char **argv) {
    if (argc != 6) die("usage: generator <port> <get|set|echo> <outstanding> <value bytes> <milliseconds>");
    int set = strcmp(argv[2], "set") == 0, echoing = strcmp(argv[2], "echo") == 0;
    unsigned outstanding = (unsigned)atoi(argv[3]), opaque = 0;
    pid_t child = 0;
    value_bytes = (size_t)atoi(argv[4]);
    in_size = (outstanding + 1) * (value_bytes + 64);
    unsigned *keys = calloc(outstanding, sizeof *keys);
    values = malloc(KEYS * value_bytes);
    out = malloc(in_size);
    in = malloc(in_size);
    if (!keys || !values || !out || !in || value_bytes > 60000) die("no memory");
    for (size_t i = 0; i < KEYS * value_bytes; i++) values[i] = (char)(i * 31 + i / value_bytes);

    uint16_t port = echoing ? start_echo(&child) : (uint16_t)atoi(argv[1]);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    fd = socket(AF_INET, SOCK_STREAM, 0);
    int on = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (connect(fd, (struct sockaddr *)&address, sizeof address) != 0) die("cannot connect");
    poller = epoll_create1(0);
    struct epoll_event event = {.events = EPOLLIN};
    epoll_ctl(poller, EPOLL_CTL_ADD, fd, &event);

    for (unsigned i = 0; i < KEYS && !echoing; i++) batch(2, keys, i, 1); /* each key once, in order */
    struct rusage before, after;
    getrusage(RUSAGE_SELF, &before);
    uint64_t start = now(CLOCK_MONOTONIC), cpu = now(CLOCK_PROCESS_CPUTIME_ID), ops = 0, at = start;
    uint64_t end = start + (uint64_t)atoi(argv[5]) * 1000000u;
    while (at < end) {
        if (echoing) echo(opaque);
        else batch(set, keys, opaque, outstanding);
        opaque += outstanding;
        uint64_t done = now(CLOCK_MONOTONIC), units = (done - at) / 100;
        latency[units < BUCKETS ? units : BUCKETS - 1] += outstanding;
        ops += outstanding;
        at = done;
    }
    getrusage(RUSAGE_SELF, &after);
    cpu = now(CLOCK_PROCESS_CPUTIME_ID) - cpu;
    uint64_t server = echoing ? end_echo(child) : 0;
    printf("%lu %lu %.2f %.2f %.2f %lu %lu 0 %ld\n", ops, at - start, percentile(ops, .5), percentile(ops, .99),
        percentile(ops, .999), cpu, server, after.ru_nvcsw + after.ru_nivcsw - before.ru_nvcsw - before.ru_nivcsw);
    return 0;
}
