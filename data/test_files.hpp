// Small files and folders for this room's tests.
#pragma once

#include <stdlib.h>

#include <array>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "data/import/importer.hpp"

namespace mote::data {

// A folder that is removed at the end of the test.
class ScratchFolder {
 public:
  ScratchFolder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "mote-test-XXXXXX").string();
    path_ = mkdtemp(pattern.data());
  }
  ~ScratchFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;
  std::string operator/(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

inline Bytes bytes_of(const std::string& text) {
  return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}

// A mono PCM WAV of the given counts.
inline std::string wav_file(const std::vector<int16_t>& counts, uint32_t rate_hz) {
  std::string file;
  const auto put = [&](uint32_t value, int bytes) {
    for (int i = 0; i < bytes; ++i) file += static_cast<char>(value >> (8 * i) & 0xFFU);
  };
  const auto size = static_cast<uint32_t>(counts.size() * 2);
  file += "RIFF";
  put(36 + size, 4);
  file += "WAVEfmt ";
  put(16, 4);
  put(1, 2);
  put(1, 2);
  put(rate_hz, 4);
  put(rate_hz * 2, 4);
  put(2, 2);
  put(16, 2);
  file += "data";
  put(size, 4);
  for (const int16_t count : counts) put(static_cast<uint16_t>(count), 2);
  return file;
}

inline const std::string edge_impulse_file =
    R"({"protected":{"ver":"v1","alg":"none"},"signature":"00","payload":{"device_name":"a",)"
    R"("device_type":"b","interval_ms":10,"sensors":[{"name":"x","units":"g"},)"
    R"({"name":"y","units":"g"}],"values":[[1,2],[3.5,-4],[5,6]]}})";

inline const std::string csv_file = "t,x,y,label\n0,1,2,a\n10,3,4,a\n20,5,6,b\n30,7,8,b\n";

inline Recording make_recording(const std::string& name, std::vector<int16_t> counts,
                                const std::string& label = "", const std::string& group = "") {
  Recording recording;
  recording.info.name = name;
  recording.info.axes = {"x"};
  recording.info.units = "g";
  recording.info.rate_hz = 100;
  recording.info.scale = 0.5;
  recording.info.label = label;
  recording.info.group = group;
  recording.info.frames = static_cast<int64_t>(counts.size());
  recording.values = std::move(counts);
  recording.info.hash = content_hash(recording);
  return recording;
}

}  // namespace mote::data
