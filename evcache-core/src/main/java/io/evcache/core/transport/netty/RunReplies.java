package io.evcache.core.transport.netty;

import io.evcache.core.command.StoreReply;
import io.evcache.core.error.ServerError;
import java.util.ArrayList;
import java.util.List;

/**
 * What a server says to a {@linkplain StoreRuns run of sets}: nothing of those that it has stored, an error for each that it has refused, which does not say which that is, and the end. Confined to the event loop.
 */
final class RunReplies {
    private final String node;
    private final InFlightQueue inFlight;
    private final InFlightLimit limit;
    private final StoreRuns runs;
    private int refusals;
    private String text = "";

    RunReplies(String node, InFlightQueue inFlight, InFlightLimit limit, StoreRuns runs) {
        this.node = node;
        this.inFlight = inFlight;
        this.limit = limit;
        this.runs = runs;
    }

    /** One of the run that is being answered was refused. */
    void refused(String error) {
        refusals++;
        text = error;
    }

    /** The run that is being answered ends. */
    void end(Answers answers) {
        if (refusals == 0) {
            inFlight.endRun(stored -> answers.add(stored, StoreReply.STORED));
            return;
        }
        answers.tell(); // what was answered before
        List<Call<?>> run = new ArrayList<>();
        inFlight.endRun(run::add);
        int refused = refusals;
        refusals = 0;
        runs.refused();
        for (Call<?> call : run) {
            limit.release(call);
            call.giveUp(refusal(call, refused, run.size()));
        }
    }

    private ServerError refusal(Call<?> call, int refused, int sent) {
        return refused >= sent
                ? new ServerError(node + " answered " + call.what() + " with: " + text)
                : ServerError.ofSome(node + " answered " + refused + " of " + sent
                        + " sets that left together, perhaps " + call.what() + ", with: " + text);
    }
}
