// The application that a device runs: samples in, inference, decisions out over MQTT. It knows no
// board: main() of a board or the lab's host run gives it streams, a clock and memory.
#pragma once

#include "device/app/sensor_link.hpp"
#include "device/io/clock.hpp"
#include "device/io/log.hpp"
#include "device/mqtt/client.hpp"
#include "device/pipeline/pipeline.hpp"
#include "formats/settings/settings.hpp"

namespace mote {

// Everything is copied or kept by reference: contexts, memory and package must outlive the App.
struct AppConfig {
  StreamIo sensor;   // the sensor link
  StreamIo network;  // to the broker
  ClockIo clock;
  LogIo log;
  settings::Settings settings;
  ConstBytes package;  // a .mote package with a pipeline section, aligned to 16
  const KernelTable* kernels;
  Pipeline::Memory memory;    // see Pipeline
  uint32_t (*stack_bytes)();  // peak stack use, or nullptr where that isn't known
  // Turns interrupts off around an inference, so that its instruction count is exact; or nullptr.
  void (*interrupts)(bool on);
};

class App {
 public:
  explicit App(const AppConfig& config);

  // Loads the package, compares it with its checksum and golden vector, and announces the device on
  // the sensor link. Errors: those of Vm and Pipeline. The log says which.
  Status start();

  // Does what can be done now. Result: true when there may be more to do at once; false when the
  // device can sleep until a byte arrives or a millisecond has passed.
  bool step();

  // Everything was delivered after the sensor link's power-off.
  bool finished() const { return finished_; }

 private:
  static constexpr size_t name_chars_max = 168;
  static constexpr size_t payload_chars_max = 304;
  static constexpr size_t status_chars_max = 40;
  // As many acknowledged events as may be lost with a broker that is killed;
  // formats/telemetry/SPEC.
  static constexpr uint32_t replay_max = 8;

  mqtt::ClientConfig client_config(const AppConfig& config);
  bool take_samples();
  void infer();
  void queue_event(const Event& event, uint32_t us, uint32_t instructions);
  bool publish_pending();
  bool say_goodbye();
  void finish();
  void log_line(const char* what, const char* detail);
  void watch_connection();

  AppConfig config_;
  char client_id_[name_chars_max];
  char event_topic_[name_chars_max];
  char status_topic_[name_chars_max];
  char online_[status_chars_max];
  char offline_[status_chars_max];
  size_t online_size_ = 0, offline_size_ = 0;
  uint8_t receive_[256];
  uint8_t control_[512];
  uint8_t queue_[4096];
  mqtt::Client client_;
  mqtt::ClientState client_state_ = mqtt::ClientState::waiting;
  Vm model_;
  Pipeline pipeline_;
  uint32_t axes_ = 1;
  SensorLink link_;
  SensorIo sensor_;

  int16_t block_[256];
  size_t block_frames_ = 0, block_at_ = 0;
  uint32_t recording_ = 0;
  uint32_t next_frame_ = 0;   // number of the frame that should come next
  uint32_t first_frame_ = 0;  // number in the recording of the pipeline's frame 0
  bool in_recording_ = false;

  sensor_link::Window window_ = {};
  bool window_pending_ = false;
  char payload_[payload_chars_max];
  size_t payload_size_ = 0;  // an event that the queue has not taken yet
  uint32_t events_ = 0;
  uint32_t windows_ = 0;
  bool goodbye_said_ = false;
  bool summary_sent_ = false;
  bool finished_ = false;
};

}  // namespace mote
