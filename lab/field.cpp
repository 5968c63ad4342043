#include "lab/field.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstring>
#include <memory>
#include <random>
#include <set>

#include "lab/broker.hpp"
#include "lab/field_device.hpp"
#include "lab/listener.hpp"

namespace mote::lab {
namespace {

using Clock = std::chrono::steady_clock;

// Different on every call of this machine, whatever the process: tenths of seconds since 1970, one
// more where two calls fall into the same.
uint32_t next_boot() {
  static uint32_t last = 0;
  const auto since_1970 = std::chrono::system_clock::now().time_since_epoch();
  const auto tenths = std::chrono::duration_cast<std::chrono::milliseconds>(since_1970) / 100;
  return last = std::max(last + 1, static_cast<uint32_t>(tenths.count()));
}

void copy_text(const std::string& text, const char* what, std::span<char> out) {
  if (text.size() >= out.size()) {
    throw LabError(
        fmt::format("{} '{}' is too long: {} bytes are allowed", what, text, out.size() - 1));
  }
  std::fill(out.begin(), out.end(), '\0');
  std::copy(text.begin(), text.end(), out.begin());
}

settings::Settings settings_of(const FieldOptions& options) {
  settings::Settings s;
  copy_text(options.device, "the device's name", s.device);
  copy_text(options.partition, "the partition", s.partition);
  copy_text(options.topic, "the topic", s.topic);
  s.qos = options.qos;
  s.boot = options.boot ? options.boot : next_boot();
  s.seed = s.boot;
  // Virtual time runs up to twenty times as fast as ours while the board computes, so a short
  // time-out would fire while the broker is merely waiting for its turn on this machine.
  s.ack_timeout_ms = 8000;
  s.keep_alive_s = options.keep_alive_s;
  s.backoff_ms_min = 1500;
  s.backoff_ms_max = 6000;
  return s;
}

// Sorts what comes over the broker, and counts it at the end.
class Collector {
 public:
  explicit Collector(FieldReport& report) : report_(report) {}

  void take(const std::vector<Received>& messages) {
    for (const Received& message : messages) {
      if (message.topic.ends_with("/status")) {
        report_.statuses.push_back(message.payload);
      } else {
        ledger_.take(message.payload);
      }
    }
  }
  size_t count() const { return ledger_.of(report_.boot).size(); }

  // alone: nobody else ever published on this broker.
  void finish(bool alone) {
    report_.events = ledger_.of(report_.boot);
    report_.duplicates = ledger_.duplicates();
    report_.of_other_starts = static_cast<uint32_t>(ledger_.count() - report_.events.size());
    const uint32_t given = report_.summary.events;
    for (const FieldEvent& event : report_.events) {
      if (event.sequence == 0 || event.sequence > given) ++report_.invented;
    }
    report_.lost = given + report_.invented - static_cast<uint32_t>(report_.events.size());
    if (alone) report_.invented += report_.of_other_starts;
  }

 private:
  FieldReport& report_;
  EventLedger ledger_;
};

// Kills and restarts the private broker, at evenly spread or at random points of the replay.
class Mischief {
 public:
  Mischief(Broker* broker, const FieldOptions& options)
      : broker_(broker), kills_(broker ? options.broker_kills : 0), random_(options.kill_seed) {
    constexpr int down_ms = 300, down_ms_min = 20, down_ms_max = 900;
    for (int i = 0; i < kills_; ++i) {
      const bool is_random = options.kill_seed != 0;
      at_.push_back(is_random ? std::uniform_real_distribution<>(0.02, 0.98)(random_)
                              : (i + 1.0) / (kills_ + 1));
      down_ms_.push_back(
          is_random ? std::uniform_int_distribution<>(down_ms_min, down_ms_max)(random_) : down_ms);
    }
    std::sort(at_.begin(), at_.end());
  }

  void step(uint64_t sent, uint64_t total) {
    if (done_ >= kills_) return;
    if (!down_ && static_cast<double>(sent) >= at_[done_] * static_cast<double>(total)) {
      broker_->kill();
      down_ = true;
      since_ = Clock::now();
    }
    if (down_ && Clock::now() - since_ > std::chrono::milliseconds(down_ms_[done_])) {
      broker_->start();
      down_ = false;
      ++done_;
    }
  }

 private:
  Broker* broker_;
  int kills_;
  std::mt19937 random_;
  std::vector<double> at_;  // parts of all samples
  std::vector<int> down_ms_;
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
  const settings::Settings settings = settings_of(options);
  report.boot = settings.boot;
  Listener listener({host, port, "lab-" + options.partition + "-" + options.device, base + "/#",
                     options.listener_away_ms});
  if (broker) broker->save();

  FieldDevice device(board, package, settings, host, port);
  const auto started = Clock::now();
  SensorFeed feed(device.sensor(), recordings, options.speed);
  Collector collector(report);
  Mischief mischief(broker.get(), options);
  replay(device, feed, listener, collector, mischief, options);

  report.wall_seconds = std::chrono::duration<double>(Clock::now() - started).count();
  report.summary = *feed.summary();
  // The broker has acknowledged every event to the device; they may still be on their way to us.
  const auto until = Clock::now() + std::chrono::milliseconds(5000 + 2 * options.listener_away_ms);
  while (collector.count() < report.summary.events && Clock::now() < until) {
    collector.take(listener.take(100));
  }
  collector.take(listener.take(50));  // anything that must not be there
  collector.finish(broker != nullptr);
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
