#include "lab/event_ledger.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "lab/board.hpp"

namespace mote::lab {

bool EventLedger::take(const std::string& payload) {
  constexpr size_t quoted_chars_max = 200;
  FieldEvent event;
  try {
    const auto json = nlohmann::json::parse(payload);
    event = {json.at("boot"),  json.at("seq"),   json.at("recording"),
             json.at("label"), json.at("score"), json.at("window"),
             json.at("frame"), json.at("us"),    json.at("instructions")};
  } catch (const nlohmann::json::exception& error) {
    throw LabError(fmt::format("the device published an event that is no event: {} ({})",
                               payload.substr(0, quoted_chars_max), error.what()));
  }
  const bool is_new = events_.emplace(std::pair{event.boot, event.sequence}, event).second;
  if (!is_new) ++duplicates_;
  return is_new;
}

std::vector<uint32_t> EventLedger::boots() const {
  std::vector<uint32_t> boots;
  for (const auto& [key, event] : events_) {
    if (boots.empty() || boots.back() != key.first) boots.push_back(key.first);
  }
  return boots;
}

std::vector<FieldEvent> EventLedger::of(uint32_t boot) const {
  std::vector<FieldEvent> events;
  for (auto it = events_.lower_bound({boot, 0}); it != events_.end() && it->first.first == boot;
       ++it) {
    events.push_back(it->second);
  }
  return events;
}

std::vector<uint32_t> EventLedger::missing(uint32_t boot) const {
  std::vector<uint32_t> missing;
  uint32_t next = 1;
  for (const FieldEvent& event : of(boot)) {
    for (; next < event.sequence; ++next) missing.push_back(next);
    next = event.sequence + 1;
  }
  return missing;
}

}  // namespace mote::lab
