package io.mainstem.broker;

import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Optional;

/**
 * How records say more of their headers than bytes can: all of them stand once more in one header, with their types, in
 * a form that only who has written it can read. Bindings compare what is read there, where it is there, instead of the
 * headers of the same names. Must give the same for the same bytes for ever, or a restart routes otherwise; is called
 * from several threads.
 */
public interface TypedHeaders {

    /** For brokers whose records never say more. */
    TypedHeaders NONE = new TypedHeaders() {
        @Override
        public String headerName() {
            return MessageAttributes.PREFIX;
        }

        @Override
        public Map<String, Optional<ByteBuffer>> read(ByteBuffer value) {
            return Map.of();
        }
    };

    /** The name of that header. */
    String headerName();

    /**
     * The headers by their names, with bytes that are the same for equal values, as {@link BindingSpec#headers} has
     * them; without them for a header without a value. Empty if the value, which may come from anybody, cannot be read.
     */
    Map<String, Optional<ByteBuffer>> read(ByteBuffer value);
}
