// What a reader of telemetry makes of what the broker delivers: each event once, and what is
// missing (formats/telemetry/SPEC.md).
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace mote::lab {

// A telemetry event as it came over the broker.
struct FieldEvent {
  uint32_t boot = 0;
  uint32_t sequence = 0;
  uint32_t recording = 0;
  std::string label;
  double score = 0;
  uint32_t window = 0;
  uint32_t first_frame = 0;
  uint32_t micros = 0;
  uint32_t instructions = 0;
};

class EventLedger {
 public:
  // Takes one event's payload. False: it is there already. Throws LabError when it is no event.
  bool take(const std::string& payload);

  size_t count() const { return events_.size(); }
  uint32_t duplicates() const { return duplicates_; }
  // Starts of the device that events came from.
  std::vector<uint32_t> boots() const;
  // Events of one start, in the order of their sequence numbers.
  std::vector<FieldEvent> of(uint32_t boot) const;
  // Sequence numbers of one start that did not come, below the last one that did.
  std::vector<uint32_t> missing(uint32_t boot) const;

 private:
  std::map<std::pair<uint32_t, uint32_t>, FieldEvent> events_;  // by boot and sequence
  uint32_t duplicates_ = 0;
};

}  // namespace mote::lab
