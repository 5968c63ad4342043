// How fast training is: samples per CPU-second of whole steps (forward, loss, backward, Adam) on
// one thread.
#pragma once

#include <cstdint>
#include <string>

namespace mote::learn {

struct TrainingSpeed {
  std::string model;  // "ds_cnn" or "autoencoder"
  int32_t batch = 0;
  int64_t samples = 0;     // measured, after warm-up
  double cpu_seconds = 0;  // of the process, CLOCK_PROCESS_CPUTIME_ID
  double samples_per_second() const { return static_cast<double>(samples) / cpu_seconds; }
};

// model: "ds_cnn" (MLPerf Tiny keyword spotter: 49x10x1, 12 classes) or "autoencoder"
// (640-128x4-8-128x4-640 with batch norm). Runs `steps` steps on random data after `warmup`.
TrainingSpeed measure_training(const std::string& model, int32_t batch, int32_t steps,
                               int32_t warmup);

}  // namespace mote::learn
