#include "data/archive.hpp"

#include <archive.h>
#include <archive_entry.h>
#include <fmt/format.h>

#include <filesystem>
#include <memory>

namespace mote::data {
namespace {

constexpr size_t block_bytes = 1 << 16;

struct Free {
  void operator()(archive* reader) const { archive_read_free(reader); }
};
using Reader = std::unique_ptr<archive, Free>;

class Walk {
 public:
  enum class Kind : uint8_t { archive, one_file };

  Walk(std::string name, int64_t bytes_max, Kind kind = Kind::archive)
      : name_(std::move(name)), bytes_left_(bytes_max) {
    archive_read_support_filter_all(reader_.get());
    if (kind == Kind::one_file) {
      archive_read_support_format_raw(reader_.get());
      return;
    }
    archive_read_support_format_tar(reader_.get());
    archive_read_support_format_zip(reader_.get());
  }

  archive* reader() { return reader_.get(); }

  void check(int result) const {
    if (result == ARCHIVE_OK || result == ARCHIVE_WARN) return;
    const char* text = archive_error_string(reader_.get());
    throw DataError(
        fmt::format("{}: is not a readable archive: {}", name_, text != nullptr ? text : "?"));
  }

  void run(const std::function<void(ArchiveEntry&&)>& take) {
    for (;;) {
      archive_entry* entry = nullptr;
      const int result = archive_read_next_header(reader_.get(), &entry);
      if (result == ARCHIVE_EOF) return;
      check(result);
      if (archive_entry_filetype(entry) != AE_IFREG) continue;
      const char* path = archive_entry_pathname_utf8(entry);
      if (path == nullptr) path = archive_entry_pathname(entry);
      if (path == nullptr) throw DataError(name_ + ": holds a file whose name can't be read");
      take({safe_path(path), contents()});
    }
  }

 private:
  std::string safe_path(const std::string& path) const {
    const std::filesystem::path normal = std::filesystem::path(path).lexically_normal();
    if (path.empty() || normal.is_absolute() || normal.begin() == normal.end() ||
        *normal.begin() == "..") {
      throw DataError(
          fmt::format("{}: file '{}' would be written outside its folder; refused", name_, path));
    }
    return normal.generic_string();
  }

  std::string contents() {
    std::string bytes;
    std::string block(block_bytes, '\0');
    for (;;) {
      const la_ssize_t size = archive_read_data(reader_.get(), block.data(), block.size());
      if (size < 0) check(ARCHIVE_FATAL);
      if (size == 0) return bytes;
      bytes_left_ -= size;
      if (bytes_left_ < 0) throw DataError(name_ + ": unpacks to more than is allowed; refused");
      bytes.append(block.data(), static_cast<size_t>(size));
    }
  }

  std::string name_;
  int64_t bytes_left_;
  Reader reader_{archive_read_new()};
};

}  // namespace

void for_each_entry(const std::string& file, int64_t bytes_max,
                    const std::function<void(ArchiveEntry&&)>& take) {
  Walk walk(file, bytes_max);
  walk.check(archive_read_open_filename(walk.reader(), file.c_str(), block_bytes));
  walk.run(take);
}

std::string decompress(std::string_view name, std::span<const uint8_t> bytes, int64_t bytes_max) {
  Walk walk(std::string(name), bytes_max, Walk::Kind::one_file);
  walk.check(archive_read_open_memory(walk.reader(), bytes.data(), bytes.size()));
  std::string content;
  walk.run([&](ArchiveEntry&& entry) { content = std::move(entry.bytes); });
  return content;
}

std::vector<ArchiveEntry> read_archive(std::string_view name, std::span<const uint8_t> bytes,
                                       int64_t bytes_max) {
  Walk walk(std::string(name), bytes_max);
  walk.check(archive_read_open_memory(walk.reader(), bytes.data(), bytes.size()));
  std::vector<ArchiveEntry> entries;
  walk.run([&](ArchiveEntry&& entry) { entries.push_back(std::move(entry)); });
  return entries;
}

}  // namespace mote::data
