package carec.peer;

import com.helger.json.IJsonObject;
import com.helger.json.JsonObject;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** What goes wrong because a test asked for it. */
final class Faults {
    private final Map<String, String> refused = new ConcurrentHashMap<>();
    private final AtomicInteger lost = new AtomicInteger();

    /** {@code refuse}: ebMS code by action, in place of those before; {@code lose}: answers that get lost. */
    IJsonObject set(IJsonObject command) {
        refused.clear();
        if (command.getAsObject("refuse") != null) {
            command.getAsObject("refuse").forEach((action, code) -> refused.put(action, code.getAsValue().getAsString()));
        }
        lost.set(command.getAsInt("lose", 0));
        return new JsonObject().add("outcome", "set");
    }

    /** The error to answer a message of this action with, or null. */
    String codeFor(String action) {
        return refused.get(action);
    }

    /** Whether this answer is one of those that get lost. */
    boolean losesAnswer() {
        return lost.getAndUpdate(left -> Math.max(0, left - 1)) > 0;
    }
}
