package io.evcache.core.transport.netty;

import io.evcache.core.command.StoreReply;
import io.evcache.core.error.ProtocolViolation;
import io.evcache.core.error.ServerError;
import java.util.ArrayList;
import java.util.List;

/**
 * What a server says to a {@linkplain StoreRuns run of sets}: nothing of those that it has stored, an error for each that it has refused, which does not say which that is, and the end. Confined to the event loop.
 */
final class RunReplies {
    private final String node;
    private final InFlightQueue inFlight;
    private final StoreRuns runs;

    /** What the server has said to the run that is being answered. */
    private final List<String> errors = new ArrayList<>();

    RunReplies(String node, InFlightQueue inFlight, StoreRuns runs) {
        this.node = node;
        this.inFlight = inFlight;
        this.runs = runs;
    }

    /** One of the run that is being answered was refused. */
    void refused(String error) {
        if (errors.size() == inFlight.run().size()) {
            throw new ProtocolViolation(node + " sent more errors than the run has sets: " + error);
        }
        errors.add(error);
    }

    /** The run that is being answered ends. */
    void end(Answers answers) {
        if (errors.isEmpty()) {
            inFlight.endRun(stored -> answers.add(stored, StoreReply.STORED));
            return;
        }
        answers.tell(); // what was answered before
        List<Call<?>> run = inFlight.run();
        List<ServerError> refusals = refusals(run); // before they are taken from those in flight
        errors.clear();
        runs.refused();
        for (int i = 0; i < run.size(); i++) {
            inFlight.poll();
            run.get(i).release();
            run.get(i).giveUp(refusals.get(i));
        }
    }

    private List<ServerError> refusals(List<Call<?>> run) {
        List<ServerError> refusals = new ArrayList<>(run.size());
        for (int i = 0; i < run.size(); i++) {
            boolean all = errors.size() == run.size();
            refusals.add(all ? Replies.refusal(run.get(i), errors.get(i), node) : doubt(run.get(i), run.size()));
        }
        return refusals;
    }

    private ServerError doubt(Call<?> call, int sets) {
        return ServerError.ofSome(node + " answered " + errors.size() + " of " + sets
                + " sets that left together, perhaps " + call.what() + ", with: " + errors.get(0));
    }
}
