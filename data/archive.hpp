// Archives (tar.xz, tar.gz, zip, ...) through libarchive.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "data/recording.hpp"

namespace mote::data {

struct ArchiveEntry {
  std::string path;  // relative, '/' between folders, without "." and ".."
  std::string bytes;
};

// Calls `take` for each regular file of an archive in turn. Folders, links and devices are passed
// over. Throws DataError when the archive is broken, a path is absolute or leads outside, or
// everything unpacked is larger than `bytes_max`.
void for_each_entry(const std::string& file, int64_t bytes_max,
                    const std::function<void(ArchiveEntry&&)>& take);

// The same from memory; `name` is for messages.
std::vector<ArchiveEntry> read_archive(std::string_view name, std::span<const uint8_t> bytes,
                                       int64_t bytes_max);

// A gzipped (or xz'd, ...) single file. Throws DataError when it is broken or truncated.
std::string decompress(std::string_view name, std::span<const uint8_t> bytes, int64_t bytes_max);

}  // namespace mote::data
