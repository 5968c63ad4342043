// What `mote quantize` tells: a table for people, a document for programs.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "compiler/mixed_precision.hpp"
#include "compiler/post_training.hpp"

namespace mote::cli {

struct QuantizeAccuracy {
  std::string part;              // of the data: "val", "test"
  std::string measure;           // "accuracy" or "area under the ROC curve"
  double real = 0, integer = 0;  // [0, 1]
  int64_t samples = 0;
};

struct QuantizeReport {
  std::string model, source, method, precision, board;
  int64_t calibration_samples = 0, held_out_samples = 0;
  bool held_out_is_calibration = false;
  int32_t palette_bits = 0;  // 0: no palettes
  int32_t equalised = 0;
  bool corrected = false;
  const quantize::Prepared* prepared = nullptr;
  const quantize::Converted* converted = nullptr;
  std::vector<quantize::Noise> noise;  // by tensor of prepared->graph
  quantize::Noise output_noise;
  std::vector<quantize::Sensitivity> sensitivity;
  std::vector<quantize::MixedStep> steps;
  quantize::Cost cost, real_cost;
  std::vector<QuantizeAccuracy> accuracy;
  std::vector<std::string> written;
};

nlohmann::json to_json(const QuantizeReport& report);
void print_report(const QuantizeReport& report);

}  // namespace mote::cli
