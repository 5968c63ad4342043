// A device in its field: an application image on a board (or natively), its sensor fed with
// recordings, its decisions collected from a real MQTT broker.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "lab/board.hpp"
#include "lab/event_ledger.hpp"
#include "lab/sensor_feed.hpp"

namespace mote::lab {

struct FieldOptions {
  std::string broker_host;      // empty: a private mosquitto is started for the run
  uint16_t broker_port = 1883;  // of broker_host
  std::string device = "mote";  // topics are mote/1/<partition>/<device>/...
  std::string partition = "lab";
  std::string topic;  // levels below .../event; may be empty
  uint8_t qos = 1;    // of events
  uint16_t keep_alive_s = 20;
  uint32_t boot = 0;          // of telemetry; 0: one that no earlier run had
  double speed = 0;           // times real time; 0: as fast as the device takes samples
  int broker_kills = 0;       // times that the private broker is killed and restarted
  uint32_t kill_seed = 0;     // of random moments and down times; 0: evenly spread
  int listener_away_ms = 20;  // for so long the reader stays away when it lost the broker
  int silence_s_max = 60;     // without any progress for so long the run is given up
  // Called after each step, for progress bars: samples sent, samples in all.
  std::function<void(uint64_t, uint64_t)> progress;
};

struct FieldReport {
  std::vector<sensor_link::Window> windows;  // every inference, from the sensor link
  std::vector<FieldEvent> events;            // over the broker, each sequence number once, in order
  uint32_t duplicates = 0;                   // events that came again
  uint32_t lost = 0;                         // events that the device counted and nobody received
  uint32_t invented = 0;                     // sequence numbers that the device never gave
  uint32_t boot = 0;                         // of this start of the device
  uint32_t of_other_starts = 0;              // events left over from earlier runs; not counted
  sensor_link::Ready ready = {};
  sensor_link::Summary summary = {};  // the device's own count
  double sensor_seconds = 0;          // time that the recordings last
  double wall_seconds = 0;            // time that the replay took
  std::vector<std::string> statuses;  // payloads of the status topic, as they came
  std::string log;                    // the device's console
};

// package: a .mote with a pipeline section, compiled for the board. Throws LabError.
FieldReport run_field(const Board& board, std::span<const uint8_t> package,
                      const std::vector<FieldRecording>& recordings, const FieldOptions& options);

// What the device found out, against what the recordings say.
struct FieldScore {
  struct Line {
    int64_t windows = 0, windows_right = 0;  // windows that the label covers by half or more
    int64_t events = 0, events_right = 0;    // events whose window lies there
    int64_t recordings = 0, detected = 0;    // recordings with the label; with a right event in it
  };
  std::map<std::string, Line> lines;  // by true label; "" is where the recordings say nothing
  Line total;                         // of labelled parts
};
// labels: the package's.
FieldScore score_field(const FieldReport& report, const std::vector<FieldRecording>& recordings,
                       const std::vector<std::string>& labels);

}  // namespace mote::lab
