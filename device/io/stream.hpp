// A byte stream to a peer (TCP, a UART joined to one, TLS over either), as a board provides it.
#pragma once

#include "core/span.hpp"
#include "core/status.hpp"

namespace mote {

// No function blocks. context must outlive every user of the struct.
struct StreamIo {
  void* context;

  // Starts or continues to connect. ok: connected, and bytes that a former connection left behind
  // are gone; busy: under way, call again; anything else: failed, call close() and try later.
  // A link without a notion of connection (a UART) discards its input and returns ok.
  Status (*open)(void* context);

  // Reads at most data.size bytes. The count may be 0 (nothing there now). closed or io_error: the
  // connection is over. A UART never reports this: its user must notice silence.
  Result<size_t> (*read)(void* context, Bytes data);

  // Writes at most data.size bytes; the count may be 0 (no room now). Errors as read().
  Result<size_t> (*write)(void* context, ConstBytes data);

  // Ends the connection; harmless when there is none.
  void (*close)(void* context);
};

}  // namespace mote
