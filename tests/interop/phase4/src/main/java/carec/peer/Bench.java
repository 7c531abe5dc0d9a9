package carec.peer;

import com.helger.json.IJsonObject;
import com.helger.json.JsonObject;
import com.helger.phase4.client.AS4ClientBuiltMessage;
import com.helger.phase4.util.AS4ResourceHelper;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.ArrayList;
import java.util.List;

/** Many messages at a time: each built, signed, encrypted, sent, and its receipt verified. */
final class Bench {
    private final Messages messages;
    private final Sender sender;

    Bench(Messages messages, Sender sender) {
        this.messages = messages;
        this.sender = sender;
    }

    IJsonObject run(IJsonObject command) throws Exception {
        final int threads = command.getAsInt("concurrency", 1);
        measured(command, threads, command.getAsInt("warm_up", 0));
        final int count = command.getAsInt("count", 1);
        final long cpu = cpuNanos();
        final long begun = System.nanoTime();
        final long[] nanos = measured(command, threads, count);
        final double seconds = (System.nanoTime() - begun) / 1e9;
        Arrays.sort(nanos);
        return new JsonObject()
                .add("count", count).add("concurrency", threads).add("seconds", seconds)
                .add("messages_per_second", count / seconds)
                .add("p50_ms", at(nanos, 0.50)).add("p95_ms", at(nanos, 0.95)).add("p99_ms", at(nanos, 0.99))
                .add("cpu_ms_per_message", (cpuNanos() - cpu) / 1e6 / count);
    }

    /** Nanoseconds from the beginning of building to the verified receipt, of each message. */
    private long[] measured(IJsonObject command, int threads, int count) throws Exception {
        final long[] nanos = new long[count];
        final AtomicInteger next = new AtomicInteger();
        final ExecutorService pool = Executors.newFixedThreadPool(threads);
        try {
            final List<Callable<Void>> work = new ArrayList<>();
            for (int thread = 0; thread < threads; thread++) {
                work.add(() -> {
                    for (int number = next.getAndIncrement(); number < count; number = next.getAndIncrement()) {
                        final long begun = System.nanoTime();
                        one(command);
                        nanos[number] = System.nanoTime() - begun;
                    }
                    return null;
                });
            }
            for (final Future<Void> future : pool.invokeAll(work)) {
                future.get();
            }
        } finally {
            pool.shutdown();
        }
        return nanos;
    }

    private void one(IJsonObject command) throws Exception {
        try (AS4ResourceHelper resources = new AS4ResourceHelper()) {
            final AS4ClientBuiltMessage built = messages.user(command.getAsObject("message"), resources);
            sender.keep(built);
            final IJsonObject report = sender.posted(command.getAsString("url"), built.getMessageID(), resources);
            sender.forget(built.getMessageID());
            if (!"receipt".equals(report.getAsString("outcome")) || !"equal".equals(report.getAsString("nrr"))
                    || !report.getAsBoolean("signed", false)) {
                throw new IllegalStateException("no receipt: " + report.getAsJsonString());
            }
        }
    }

    private static double at(long[] sorted, double share) {
        return sorted[(int) Math.min(sorted.length - 1L, (long) Math.ceil(share * sorted.length) - 1)] / 1e6;
    }

    static long cpuNanos() {
        return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
                .getProcessCpuTime();
    }
}
