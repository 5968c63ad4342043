// What a device's sensor delivers in `mote run`: recordings with what should be found in them.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "data/window.hpp"
#include "lab/field.hpp"
#include "lab/model.hpp"
#include "learn/run.hpp"
#include "project/project.hpp"

namespace mote::cli {

struct FieldData {
  std::vector<lab::FieldRecording> recordings;
  std::string split;   // that they are from
  size_t padded = 0;   // recordings shorter than a window, with zeros added
  size_t skipped = 0;  // recordings shorter than a window that the project passes over
  bool changed_since_training = false;
};

struct FieldChoice {
  std::string split;  // "train", "val" or "test"; empty: test, or val where there is no test
  size_t limit = 0;   // at most so many recordings, evenly spread; 0: all
};

using FieldProgress = std::function<void(uint64_t done, uint64_t total)>;

// A recording (int16, as the sensor delivers it) that is shorter than a window of `length` frames
// gets the zeros that training gave it. False: the rule passes over it.
bool pad_short(lab::FieldRecording& recording, int64_t length, int64_t axes,
               data::WindowSpec::Short rule);

// The project's own recordings, split and classes. Throws project::ProjectError and
// data::DataError, UsageError when nothing is in the split.
FieldData project_recordings(const project::Project& project, const learn::TrainedRun& run,
                             const FieldChoice& choice, const FieldProgress& progress);

// Recordings of datasets for a package, which knows no split rule: the default one is taken, and
// short recordings end in zeros. axes: of the recordings; empty: as they are.
FieldData dataset_recordings(const std::vector<std::string>& datasets,
                             const std::vector<std::string>& axes, const lab::Model& model,
                             const FieldChoice& choice, const FieldProgress& progress);

}  // namespace mote::cli
