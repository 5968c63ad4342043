#include "device/app/app.hpp"

#include "formats/telemetry/event.hpp"

namespace mote {
namespace {

using sensor_link::FrameType;
using telemetry::TextWriter;

void write_topic(const settings::Settings& settings, const char* leaf, const char* levels,
                 Span<char> out) {
  TextWriter writer({out.data, out.size - 1});
  writer.text("mote/1/").text(settings.partition).text("/").text(settings.device).text("/");
  writer.text(leaf);
  if (levels[0]) writer.text("/").text(levels);
  out[writer.written().size] = '\0';
}

ConstBytes bytes_of(const char* text, size_t size) {
  return {reinterpret_cast<const uint8_t*>(text), size};
}

uint32_t axes_of(const AppConfig& config) {
  package::Reader reader;
  if (package::Reader::open(config.package, &reader) != Status::ok || !reader.pipeline() ||
      !reader.pipeline()->axes) {
    return 1;  // start() will say what is wrong
  }
  return reader.pipeline()->axes;
}

uint32_t saturated(uint64_t value) {
  return value > UINT32_MAX ? UINT32_MAX : static_cast<uint32_t>(value);
}

}  // namespace

App::App(const AppConfig& config)
    : config_(config),
      client_(config.network, client_config(config)),
      axes_(axes_of(config)),
      link_(config.sensor, axes_),
      sensor_(link_.io()) {}

mqtt::ClientConfig App::client_config(const AppConfig& config) {
  const settings::Settings& s = config.settings;
  TextWriter id({client_id_, sizeof client_id_ - 1});
  id.text("mote-").text(s.partition).text("-").text(s.device);
  client_id_[id.written().size] = '\0';
  write_topic(s, "event", s.topic, event_topic_);
  write_topic(s, "status", "", status_topic_);
  online_size_ = telemetry::write_status(true, s.boot, Span<char>(online_)).value;
  offline_size_ = telemetry::write_status(false, s.boot, Span<char>(offline_)).value;
  mqtt::ClientConfig client;
  client.connect.client_id = mqtt::text(client_id_);
  client.connect.keep_alive_s = s.keep_alive_s;
  client.connect.clean_session = true;  // it subscribes to nothing that must wait for it
  client.connect.will = {mqtt::text(status_topic_), bytes_of(offline_, offline_size_), 1, true};
  client.birth = {mqtt::text(status_topic_), bytes_of(online_, online_size_), 0, true};
  client.ack_timeout_ms = s.ack_timeout_ms;
  client.backoff_ms_min = s.backoff_ms_min;
  client.backoff_ms_max = s.backoff_ms_max;
  client.replay_max = replay_max;
  client.seed = s.seed;
  client.receive = receive_;
  client.control = control_;
  client.queue = queue_;
  return client;
}

void App::log_line(const char* what, const char* detail) {
  char line[160];
  TextWriter writer(line);
  writer.number(static_cast<uint32_t>(micros(config_.clock) / 1000)).text(" ms ");
  writer.text(what).text(detail).text("\n");
  config_.log.write(config_.log.context, writer.written().data, writer.written().size);
}

Status App::start() {
  Status status = model_.load(config_.package, *config_.kernels);
  if (status == Status::ok) status = model_.verify_checksum();
  if (status == Status::ok) status = pipeline_.begin(model_, config_.memory);
  if (status == Status::ok && model_.package().header().golden_seed != 0) {
    status = model_.self_test(config_.memory.arena);
  }
  if (status == Status::ok && (axes_ > 256 || axes_ * 1u > sizeof block_ / sizeof block_[0])) {
    status = Status::bad_params;
  }
  if (status != Status::ok) {
    log_line("package refused: ", status_text(status));
    return status;
  }
  const package::Header& header = model_.package().header();
  const package::Pipeline& p = *model_.package().pipeline();
  const sensor_link::Ready ready = {sensor_link::version, p.axes,          p.rate_millihertz,
                                    p.window_length,      p.window_stride, header.checksum};
  log_line("started as ", client_id_);
  return link_.send(FrameType::ready, sensor_link::payload_bytes(ready));
}

void App::watch_connection() {
  if (client_.state() == client_state_) return;
  client_state_ = client_.state();
  log_line("broker: ", mqtt::state_text(client_state_));
}

bool App::step() {
  (void)client_.poll(millis(config_.clock));  // it comes back by itself after any loss
  watch_connection();
  (void)link_.poll();
  // Nothing new is sensed before the last result is in safe hands: pressure goes back to the sensor
  // through its credit, so that no decision is ever dropped.
  if (!publish_pending()) return false;
  if (take_samples()) return true;
  if (link_.power_off()) finish();
  return false;
}

bool App::publish_pending() {
  if (window_pending_) {
    if (link_.send(FrameType::window, sensor_link::payload_bytes(window_)) != Status::ok) {
      return false;
    }
    window_pending_ = false;
  }
  if (payload_size_ == 0) return true;
  const ConstBytes payload = bytes_of(payload_, payload_size_);
  const uint8_t qos = config_.settings.qos;
  if (client_.publish({mqtt::text(event_topic_), payload, qos, false}) != Status::ok) return false;
  payload_size_ = 0;
  return true;
}

// Pushes frames until a window is full or the block is used up. True when anything was done.
bool App::take_samples() {
  if (block_at_ == block_frames_) {
    const Result<SensorBlock> read = sensor_.read(sensor_.context, Span<int16_t>(block_));
    if (!read.ok()) return false;
    const SensorBlock& block = read.value;
    if (block.ended) {
      in_recording_ = false;
      return true;
    }
    if (block.frames == 0) return false;
    // A new recording, or frames are missing: a window must not span the gap.
    if (!in_recording_ || block.recording != recording_ || block.first_frame != next_frame_) {
      pipeline_.restart();
      recording_ = block.recording;
      first_frame_ = block.first_frame;
      in_recording_ = true;
    }
    next_frame_ = block.first_frame + static_cast<uint32_t>(block.frames);
    block_frames_ = block.frames;
    block_at_ = 0;
  }
  while (block_at_ < block_frames_) {
    if (pipeline_.push(block_ + axes_ * block_at_++)) {
      infer();
      break;
    }
  }
  return true;
}

void App::infer() {
  if (config_.interrupts) config_.interrupts(false);
  const uint64_t us_before = micros(config_.clock);
  const uint64_t instructions_before = config_.clock.instructions(config_.clock.context);
  Event event{};
  const Result<bool> decided = pipeline_.infer(&event);
  const uint32_t instructions =
      saturated(config_.clock.instructions(config_.clock.context) - instructions_before);
  const uint32_t us = saturated(micros(config_.clock) - us_before);
  if (config_.interrupts) config_.interrupts(true);
  if (!decided.ok()) {
    log_line("inference failed: ", status_text(decided.status));
    return;
  }
  const package::Pipeline& p = *model_.package().pipeline();
  const float* scores = pipeline_.last_scores();
  uint16_t best = 0;
  for (uint32_t i = 1; i < pipeline_.score_count(); ++i) {
    if (scores[i] > scores[best]) best = static_cast<uint16_t>(i);
  }
  const float score = scores[best];
  if (p.decision == package::Decision::anomaly) best = score >= p.threshold ? 1 : 0;
  const uint32_t window = pipeline_.windows() - 1;
  window_ = {recording_,
             first_frame_ + window * p.window_stride,
             window,
             best,
             static_cast<uint16_t>(decided.value ? 1 : 0),
             score,
             instructions,
             us};
  window_pending_ = true;
  ++windows_;
  if (decided.value) queue_event(event, us, instructions);
}

void App::queue_event(const Event& event, uint32_t us, uint32_t instructions) {
  const telemetry::Event out = {config_.settings.boot,
                                ++events_,
                                recording_,
                                model_.package().label(event.label),
                                event.score,
                                event.window,
                                first_frame_ + static_cast<uint32_t>(event.first_frame),
                                us,
                                instructions};
  const Result<size_t> size = telemetry::write_event(out, Span<char>(payload_));
  if (!size.ok()) {  // only a label of over a hundred characters can do that
    --events_;
    log_line("event does not fit: ", out.label);
    return;
  }
  payload_size_ = size.value;
}

// A goodbye with QoS 1: DISCONNECT drops the will, so a reader would take the device for online
// for ever. Its acknowledgement also tells that the broker has stored every event before it.
bool App::say_goodbye() {
  if (goodbye_said_) return true;
  if (client_.counters().connects == 0 && client_.pending() == 0) return true;  // nobody knows it
  const mqtt::Message goodbye{mqtt::text(status_topic_), bytes_of(offline_, offline_size_), 1,
                              true};
  goodbye_said_ = client_.publish(goodbye) == Status::ok;
  return goodbye_said_;
}

void App::finish() {
  if (!say_goodbye()) return;
  if (!summary_sent_) {
    client_.stop();
    if (client_.state() != mqtt::ClientState::stopped) return;
    const mqtt::ClientCounters& counters = client_.counters();
    const sensor_link::Summary summary = {windows_,
                                          events_,
                                          counters.acknowledged - (goodbye_said_ ? 1 : 0),
                                          counters.connects,
                                          counters.losses,
                                          link_.dropped(),
                                          config_.stack_bytes ? config_.stack_bytes() : 0};
    if (link_.send(FrameType::summary, sensor_link::payload_bytes(summary)) != Status::ok) return;
    summary_sent_ = true;
    log_line("stopped", "");
  }
  (void)link_.poll();
  finished_ = link_.sent();
}

}  // namespace mote
