package io.evcache.client.zones;

import io.evcache.core.command.Pending;
import io.evcache.core.command.Receiver;
import io.evcache.core.command.Reply;
import java.util.Objects;

/** The answer of a zone that is asked once another has decided; fails with {@link NotAsked} if it never is. */
final class Follower extends Pending<Reply> implements Receiver<Reply> {

    @Override
    public void settled(Pending<? extends Reply> answer) {
        Reply reply = answer.value();
        if (reply != null) {
            complete(reply);
        } else {
            fail(Objects.requireNonNull(answer.failure()));
        }
    }
}
