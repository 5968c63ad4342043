// Error values of the device side: a function that can fail returns a Status or a Result<T>.
#pragma once

#include <cstdint>

namespace mote {

// One list gives the enum and the names. Values are stable: they appear in logs and telemetry.
#define MOTE_STATUS_LIST(X)                                              \
  X(ok, 0, "ok")                                                         \
  X(invalid_argument, -1, "invalid argument")                            \
  X(out_of_memory, -2, "the caller's buffer is too small")               \
  X(bad_magic, -3, "not a .mote package")                                \
  X(bad_version, -4, "package format version is not supported")          \
  X(truncated, -5, "package is truncated")                               \
  X(bad_checksum, -6, "package checksum does not match")                 \
  X(out_of_bounds, -7, "an offset or size points outside its section")   \
  X(unsupported_kernel, -8, "a kernel is not linked into this firmware") \
  X(bad_params, -9, "kernel parameters are out of range")                \
  X(io_error, -10, "input or output failed")                             \
  X(timeout, -11, "timed out")                                           \
  X(closed, -12, "connection closed")                                    \
  X(protocol_error, -13, "peer broke the protocol")                      \
  X(busy, -14, "no room now, try again")                                 \
  X(refused, -15, "peer refused the request")

enum class [[nodiscard]] Status : int32_t{
#define MOTE_STATUS_ENUM(name, value, text) name = value,
    MOTE_STATUS_LIST(MOTE_STATUS_ENUM)
#undef MOTE_STATUS_ENUM
};

inline const char* status_text(Status status) {
  switch (status) {
#define MOTE_STATUS_TEXT(name, value, text) \
  case Status::name:                        \
    return text;
    MOTE_STATUS_LIST(MOTE_STATUS_TEXT)
#undef MOTE_STATUS_TEXT
  }
  return "unknown status";
}

// A value or the reason why there is none. `value` is meaningful only when ok().
template <class T>
struct [[nodiscard]] Result {
  Status status = Status::ok;
  T value{};

  Result(Status s) : status(s) {}
  Result(const T& v) : value(v) {}
  bool ok() const { return status == Status::ok; }
};

}  // namespace mote
