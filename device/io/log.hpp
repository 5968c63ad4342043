// Where a device writes lines for people.
#pragma once

#include <cstddef>

namespace mote {

// May block until the text is taken. context must outlive every user of the struct.
struct LogIo {
  void* context;
  void (*write)(void* context, const char* text, size_t size);
};

inline void log_text(const LogIo& log, const char* text) {
  size_t size = 0;
  while (text[size]) ++size;
  log.write(log.context, text, size);
}

}  // namespace mote
