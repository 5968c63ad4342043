// A recording's file from anywhere, in the format that the first byte chooses: whole recordings, or
// a DataError.
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "data/import/importer.hpp"

namespace {

constexpr size_t size_max = 1 << 16;  // small files reach everything, large ones only take time

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0 || size > size_max) return 0;
  const auto& importers = mote::data::importers();
  const auto& importer = importers[data[0] % importers.size()];
  mote::data::ImportOptions options;
  options.label_column = "label";
  if ((data[0] & 0x80U) != 0) {
    options.time_column = "t";
    options.gap_s_max = 1;
  } else {
    options.rate_hz = 100;
  }
  // A record of several files finds the same bytes in each.
  options.companion = [&](const std::string&) {
    return std::optional(std::string(reinterpret_cast<const char*>(data) + 1, size - 1));
  };
  // The exact size, so that the address sanitizer sees a read behind the end.
  const std::vector<uint8_t> file(data + 1, data + size);
  try {
    for (const auto& recording : mote::data::read_recordings(importer, "file", file, options)) {
      mote::data::check(recording);
    }
  } catch (const mote::data::DataError&) {
  }
  return 0;
}
