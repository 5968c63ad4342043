#include "lab/field.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstring>
#include <memory>
#include <nlohmann/json.hpp>
#include <set>

#include "lab/broker.hpp"
#include "lab/field_device.hpp"
#include "lab/listener.hpp"

namespace mote::lab {
namespace {

using Clock = std::chrono::steady_clock;

settings::Settings settings_of(const FieldOptions& options) {
  settings::Settings s;
  if (options.device.size() >= sizeof s.device || options.partition.size() >= sizeof s.partition) {
    throw LabError(fmt::format("a device's name has at most {} bytes and a partition's {}",
                               sizeof s.device - 1, sizeof s.partition - 1));
  }
  std::memset(s.device, 0, sizeof s.device);
  std::memcpy(s.device, options.device.data(), options.device.size());
  std::memset(s.partition, 0, sizeof s.partition);
  std::memcpy(s.partition, options.partition.data(), options.partition.size());
  // Virtual time runs up to twenty times as fast as ours while the board computes, so a short
  // time-out would fire while the broker is merely waiting for its turn on this machine.
  s.ack_timeout_ms = 8000;
  s.keep_alive_s = 20;
  s.backoff_ms_min = 1500;
  s.backoff_ms_max = 6000;
  return s;
}

// Events in the order of their sequence numbers, each once.
class Collector {
 public:
  explicit Collector(FieldReport& report) : report_(report) {}

  void take(const std::vector<Received>& messages) {
    for (const Received& message : messages) {
      if (message.topic.ends_with("/status")) report_.statuses.push_back(message.payload);
      if (message.topic.ends_with("/event")) take_event(message.payload);
    }
  }
  size_t count() const { return events_.size(); }

  void finish() {
    const uint32_t given = report_.summary.events;
    for (auto& [sequence, event] : events_) {
      if (sequence == 0 || sequence > given) ++report_.invented;
      report_.events.push_back(std::move(event));
    }
    report_.lost = given + report_.invented - static_cast<uint32_t>(report_.events.size());
  }

 private:
  void take_event(const std::string& payload) {
    FieldEvent event;
    try {
      const auto json = nlohmann::json::parse(payload);
      event = {json.at("seq"),    json.at("recording"), json.at("label"), json.at("score"),
               json.at("window"), json.at("frame"),     json.at("us"),    json.at("instructions")};
    } catch (const nlohmann::json::exception& error) {
      throw LabError(fmt::format("the device published an event that is no event: {} ({})",
                                 payload.substr(0, 200), error.what()));
    }
    if (!events_.emplace(event.sequence, event).second) ++report_.duplicates;
  }

  FieldReport& report_;
  std::map<uint32_t, FieldEvent> events_;
};

// Kills and restarts the private broker at evenly spread points of the replay.
class Mischief {
 public:
  Mischief(Broker* broker, int kills) : broker_(broker), kills_(kills) {}
  void step(uint64_t sent, uint64_t total) {
    if (!broker_ || done_ >= kills_) return;
    const uint64_t due =
        total * static_cast<uint64_t>(done_ + 1) / (static_cast<uint64_t>(kills_) + 1);
    if (!down_ && sent >= due) {
      broker_->kill();
      down_ = true;
      since_ = Clock::now();
    }
    if (down_ && Clock::now() - since_ > std::chrono::milliseconds(300)) {
      broker_->start();
      down_ = false;
      ++done_;
    }
  }
  bool down() const { return down_; }

 private:
  Broker* broker_;
  int kills_;
  int done_ = 0;
  bool down_ = false;
  Clock::time_point since_;
};

[[noreturn]] void give_up(const std::string& what, const FieldDevice& device) {
  const std::string log = device.log();
  throw LabError(fmt::format("{}; the device's log ends with:\n{}", what,
                             log.substr(log.size() > 1500 ? log.size() - 1500 : 0)));
}

// Serves sensor and broker until the device says that it is done.
void replay(FieldDevice& device, SensorFeed& feed, Listener& listener, Collector& collector,
            Mischief& mischief, const FieldOptions& options) {
  constexpr int wait_ms = 5;
  Clock::time_point last_progress = Clock::now();
  uint64_t last_sent = 0;
  size_t last_windows = 0, last_events = 0;
  while (!feed.summary()) {
    try {
      feed.serve(wait_ms);
    } catch (const LabError& error) {
      give_up(error.what(), device);
    }
    collector.take(listener.take(0));
    mischief.step(feed.sent(), feed.total());
    if (feed.sent() != last_sent || feed.windows().size() != last_windows ||
        collector.count() != last_events) {
      last_sent = feed.sent();
      last_windows = feed.windows().size();
      last_events = collector.count();
      last_progress = Clock::now();
      if (options.progress) options.progress(feed.sent(), feed.total());
    }
    if (Clock::now() - last_progress > std::chrono::seconds(options.silence_s_max)) {
      give_up(fmt::format("no progress for {} s", options.silence_s_max), device);
    }
  }
}

}  // namespace

FieldReport run_field(const Board& board, std::span<const uint8_t> package,
                      const std::vector<FieldRecording>& recordings, const FieldOptions& options) {
  FieldReport report;
  std::unique_ptr<Broker> broker;
  if (options.broker_host.empty()) broker = std::make_unique<Broker>();
  if (!broker && options.broker_kills > 0) {
    throw LabError("only a private broker can be killed; leave out the broker's address");
  }
  const std::string host = broker ? "127.0.0.1" : options.broker_host;
  const uint16_t port = broker ? broker->port() : options.broker_port;
  const std::string base = "mote/1/" + options.partition + "/" + options.device;
  Listener listener(host, port, "lab-" + options.partition + "-" + options.device, base + "/#");
  if (broker) broker->save();

  FieldDevice device(board, package, settings_of(options), host, port);
  const auto started = Clock::now();
  SensorFeed feed(device.sensor(), recordings, options.speed);
  Collector collector(report);
  Mischief mischief(broker.get(), options.broker_kills);
  replay(device, feed, listener, collector, mischief, options);

  report.wall_seconds = std::chrono::duration<double>(Clock::now() - started).count();
  report.summary = *feed.summary();
  // The broker has acknowledged every event to the device; they may still be on their way to us.
  for (int i = 0; i < 50 && collector.count() < report.summary.events; ++i) {
    collector.take(listener.take(100));
  }
  collector.take(listener.take(50));  // anything that must not be there
  collector.finish();
  report.windows = feed.windows();
  report.ready = feed.ready().value();
  report.sensor_seconds = feed.sensor_seconds();
  report.log = device.log();
  return report;
}

namespace {

// The label that covers at least half of frames [begin, end), or "".
std::string label_at(const FieldRecording& recording, int64_t begin, int64_t end) {
  for (const LabelSpan& span : recording.labels) {
    const int64_t overlap = std::min(end, span.end) - std::max(begin, span.begin);
    if (2 * overlap >= end - begin) return span.label;
  }
  return "";
}

}  // namespace

FieldScore score_field(const FieldReport& report, const std::vector<FieldRecording>& recordings,
                       const std::vector<std::string>& labels) {
  FieldScore score;
  const auto length = static_cast<int64_t>(report.ready.window_length);
  for (const sensor_link::Window& window : report.windows) {
    const std::string truth =
        label_at(recordings.at(window.recording), window.first_frame, window.first_frame + length);
    FieldScore::Line& line = score.lines[truth];
    ++line.windows;
    if (window.label < labels.size() && labels[window.label] == truth) ++line.windows_right;
  }
  std::set<std::pair<uint32_t, std::string>> detected;
  for (const FieldEvent& event : report.events) {
    if (event.recording >= recordings.size()) continue;
    const std::string truth =
        label_at(recordings[event.recording], event.first_frame, event.first_frame + length);
    FieldScore::Line& line = score.lines[truth];
    ++line.events;
    if (event.label == truth) {
      ++line.events_right;
      detected.insert({event.recording, truth});
    }
  }
  for (uint32_t i = 0; i < recordings.size(); ++i) {
    std::set<std::string> there;
    for (const LabelSpan& span : recordings[i].labels) there.insert(span.label);
    for (const std::string& label : there) {
      ++score.lines[label].recordings;
      if (detected.contains({i, label})) ++score.lines[label].detected;
    }
  }
  for (const auto& [label, line] : score.lines) {
    if (label.empty()) continue;
    score.total.windows += line.windows;
    score.total.windows_right += line.windows_right;
    score.total.events += line.events;
    score.total.events_right += line.events_right;
    score.total.recordings += line.recordings;
    score.total.detected += line.detected;
  }
  return score;
}

}  // namespace mote::lab
