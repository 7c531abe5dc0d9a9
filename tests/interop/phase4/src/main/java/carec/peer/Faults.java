package carec.peer;

import com.helger.json.IJsonObject;
import com.helger.json.JsonObject;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** What goes wrong because a test asked for it. */
final class Faults {
    private final Map<String, String> refused = new ConcurrentHashMap<>();
    private final Map<String, Integer> lost = new ConcurrentHashMap<>();

    /** By action, in place of what was set before: the ebMS code to refuse with, how many answers get lost. */
    IJsonObject set(IJsonObject command) {
        refused.clear();
        if (command.getAsObject("refuse") != null) {
            command.getAsObject("refuse").forEach((action, code) -> refused.put(action, code.getAsValue().getAsString()));
        }
        lost.clear();
        if (command.getAsObject("lose") != null) {
            command.getAsObject("lose").forEach((action, count) -> lost.put(action, count.getAsValue().getAsInt()));
        }
        return new JsonObject().add("outcome", "set");
    }

    /** The error to answer a message of this action with, or null. */
    String codeFor(String action) {
        return refused.get(action);
    }

    /** Whether the answer to the message in this envelope is one of those that get lost. */
    boolean losesAnswer(String envelope) {
        return lost.keySet().stream()
                .filter(action -> envelope.contains(">" + action + "<"))
                .anyMatch(action -> lost.merge(action, -1, Integer::sum) >= 0);
    }
}
