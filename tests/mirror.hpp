// The data mirror as tests read it: models.tar.xz and the golden vectors, from the folder that the
// environment variable MOTE_DATA_MIRROR names. Tests that need it skip themselves without.
#pragma once

#include <archive.h>
#include <archive_entry.h>

#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

namespace mote::mirror {

// "" when there is none.
inline std::string folder() {
  const char* path = std::getenv("MOTE_DATA_MIRROR");
  return path == nullptr ? "" : path;
}

// Files of models.tar.xz whose names end in `suffix`, by their paths below models/.
inline std::map<std::string, std::vector<uint8_t>> unpack(const std::string& suffix) {
  std::map<std::string, std::vector<uint8_t>> found;
  archive* reader = archive_read_new();
  archive_read_support_filter_all(reader);
  archive_read_support_format_all(reader);
  const std::string path = folder() + "/models.tar.xz";
  if (archive_read_open_filename(reader, path.c_str(), 1 << 16) == ARCHIVE_OK) {
    archive_entry* entry = nullptr;
    while (archive_read_next_header(reader, &entry) == ARCHIVE_OK) {
      std::string name = archive_entry_pathname(entry);
      if (!name.ends_with(suffix)) continue;
      const size_t root = name.find("models/");
      if (root != std::string::npos) name.erase(0, root + 7);
      std::vector<uint8_t> bytes(static_cast<size_t>(archive_entry_size(entry)));
      archive_read_data(reader, bytes.data(), bytes.size());
      found.emplace(name, std::move(bytes));
    }
  }
  archive_read_free(reader);
  return found;
}

// Every .tflite of models.tar.xz by its path below models/; unpacked once.
inline const std::map<std::string, std::vector<uint8_t>>& models() {
  static const auto all = unpack(".tflite");
  return all;
}

// One file of vectors/, by its path without ".json".
inline nlohmann::json golden(const std::string& name) {
  const std::string path = folder() + "/vectors/" + name + ".json";
  std::ifstream file(path);
  if (!file) throw std::runtime_error("can't read " + path);
  return nlohmann::json::parse(file);
}

inline std::string hex(std::span<const uint8_t> bytes) {
  std::string text;
  for (const uint8_t byte : bytes) {
    constexpr const char* digits = "0123456789abcdef";
    text += digits[byte >> 4];
    text += digits[byte & 15];
  }
  return text;
}

}  // namespace mote::mirror
