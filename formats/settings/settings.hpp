// A device's identity and link settings; SPEC.md beside this file gives the bytes.
#pragma once

#include <cstddef>
#include <cstring>

#include "core/crc32.hpp"
#include "core/span.hpp"
#include "core/status.hpp"

namespace mote::settings {

struct Settings {
  uint8_t magic[4] = {'M', 'S', 'E', 'T'};
  uint16_t version = 2;
  uint16_t keep_alive_s = 30;
  uint32_t ack_timeout_ms = 10000;
  uint32_t backoff_ms_min = 1000;
  uint32_t backoff_ms_max = 60000;
  uint32_t seed = 1;
  char device[48] = "mote";
  char partition[32] = "0";
  char topic[68] = "";
  uint32_t boot = 0;
  uint8_t qos = 1;
  uint8_t zero[7] = {};
  uint32_t checksum = 0;
};
static_assert(sizeof(Settings) == 188 && offsetof(Settings, device) == 24 &&
                  offsetof(Settings, partition) == 72 && offsetof(Settings, topic) == 104 &&
                  offsetof(Settings, boot) == 172 && offsetof(Settings, checksum) == 184,
              "the bytes are fixed by SPEC.md");

inline bool name_valid(const char* name, size_t room) {
  size_t size = 0;
  for (; size < room && name[size]; ++size) {
    if (name[size] == '/' || name[size] == '+' || name[size] == '#') return false;
  }
  return size > 0 && size < room;
}

// A topic's own levels below `event/`: may be empty, no + or #.
inline bool topic_valid(const char* topic, size_t room) {
  size_t size = 0;
  for (; size < room && topic[size]; ++size) {
    if (topic[size] == '+' || topic[size] == '#') return false;
  }
  return size < room;
}

inline void seal(Settings* settings) {
  settings->checksum =
      crc32(0, reinterpret_cast<const uint8_t*>(settings), offsetof(Settings, checksum));
}

// Errors: truncated, bad_magic, bad_version, bad_checksum, bad_params.
inline Result<Settings> read(ConstBytes block) {
  if (block.size < sizeof(Settings)) return Status::truncated;
  const Settings defaults;
  Settings s;
  std::memcpy(&s, block.data, sizeof s);
  if (std::memcmp(s.magic, defaults.magic, sizeof s.magic) != 0) return Status::bad_magic;
  if (s.version != defaults.version) return Status::bad_version;
  if (s.checksum != crc32(0, block.data, offsetof(Settings, checksum))) {
    return Status::bad_checksum;
  }
  const bool good = s.ack_timeout_ms > 0 && s.backoff_ms_min > 0 &&
                    s.backoff_ms_max >= s.backoff_ms_min && name_valid(s.device, sizeof s.device) &&
                    name_valid(s.partition, sizeof s.partition) &&
                    topic_valid(s.topic, sizeof s.topic) && s.qos <= 1;
  return good ? Result<Settings>(s) : Result<Settings>(Status::bad_params);
}

}  // namespace mote::settings
