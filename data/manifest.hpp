// dataset.json: the manifest of a dataset folder, version 1.
//
//   {"mote_dataset": 1, "name", "note",
//    "batches":    [{"id", "source", "sha256", "recordings"}],
//    "recordings": [{"name", "hash", "axes": [..], "units", "rate_hz", "scale", "frames", "label",
//                    "segments": [[begin, end, "label"], ..], "group", "split", "batch"}]}
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "data/dataset.hpp"

namespace mote::data {

struct Manifest {
  std::string name;
  std::string note;
  std::vector<RecordingInfo> recordings;
  std::vector<int64_t> batch_of;
  std::vector<Batch> batches;
};

std::string write_manifest(const Manifest& manifest);

// Throws DataError with `path` and the field in front for anything that is not as above.
Manifest parse_manifest(const std::string& path, std::string_view text);

}  // namespace mote::data
