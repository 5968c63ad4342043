#include "lab/source_tree.hpp"

#include <fmt/format.h>
#include <openssl/evp.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <sstream>
#include <vector>

#include "lab/board.hpp"

namespace mote::lab {
namespace {

namespace fs = std::filesystem;

bool is_source_tree(const fs::path& folder) {
  std::error_code ignored;
  return fs::exists(folder / "core/kernel.hpp", ignored) &&
         fs::exists(folder / "lab/firmware/runner.cpp", ignored);
}

fs::path locate_source_tree() {
  std::vector<fs::path> candidates;
  if (const char* named = std::getenv("MOTE_SOURCE_DIR")) candidates.emplace_back(named);
  candidates.emplace_back(MOTE_SOURCE_DIR);
  std::error_code ignored;
  const fs::path program = fs::read_symlink("/proc/self/exe", ignored);
  for (fs::path up = program.parent_path(); !up.empty() && up != up.root_path();
       up = up.parent_path()) {
    candidates.push_back(up);
  }
  candidates.push_back(program.parent_path() / "../share/mote");
  for (const fs::path& candidate : candidates) {
    if (is_source_tree(candidate)) return fs::canonical(candidate);
  }
  throw LabError(
      "the device sources (core/, ops/, device/, lab/firmware/) that firmware is built from are "
      "not found; set MOTE_SOURCE_DIR to a source tree of mote");
}

std::string digest_headers() {
  std::vector<fs::path> headers;
  for (const char* room : {"core", "ops", "formats", "device", "lab/firmware"}) {
    const fs::path folder = source_tree() / room;
    if (!fs::exists(folder)) continue;
    for (const auto& entry : fs::recursive_directory_iterator(folder)) {
      const fs::path extension = entry.path().extension();
      if (extension == ".hpp" || extension == ".inc" || extension == ".ld") {
        headers.push_back(entry.path());
      }
    }
  }
  std::ranges::sort(headers);
  std::string all;
  for (const fs::path& header : headers) {
    all += fs::relative(header, source_tree()).string() + '\0' + read_file(header) + '\0';
  }
  return sha256_hex(all);
}

}  // namespace

const fs::path& source_tree() {
  static const fs::path found = locate_source_tree();
  return found;
}

const std::string& header_digest() {
  static const std::string digest = digest_headers();
  return digest;
}

fs::path cache_folder(std::string_view kind) {
  fs::path base;
  if (const char* own = std::getenv("MOTE_CACHE_DIR")) {
    base = own;
  } else if (const char* xdg = std::getenv("XDG_CACHE_HOME"); xdg != nullptr && *xdg != '\0') {
    base = fs::path(xdg) / "mote";
  } else if (const char* home = std::getenv("HOME"); home != nullptr && *home != '\0') {
    base = fs::path(home) / ".cache/mote";
  } else {
    base = fs::temp_directory_path() / fmt::format("mote-{}", getuid());
  }
  std::error_code failure;
  fs::create_directories(base / kind, failure);
  if (failure) {
    throw LabError(
        fmt::format("can't make the cache folder {}: {}; set MOTE_CACHE_DIR to a folder "
                    "that can be written",
                    (base / kind).string(), failure.message()));
  }
  return fs::canonical(base / kind);
}

std::string sha256_hex(std::string_view bytes) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest;
  unsigned int size = 0;
  EVP_Digest(bytes.data(), bytes.size(), digest.data(), &size, EVP_sha256(), nullptr);
  std::string text;
  for (unsigned int i = 0; i < size; ++i) text += fmt::format("{:02x}", digest[i]);
  return text;
}

std::string read_file(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::stringstream text;
  if (file) text << file.rdbuf();
  if (!file) throw LabError(fmt::format("{}: can't be read: {}", path.string(), strerror(errno)));
  return std::move(text).str();
}

void write_file(const fs::path& path, std::string_view bytes) {
  static std::atomic<int> serial{0};
  const fs::path part = fmt::format("{}.{}.{}.part", path.string(), getpid(), serial++);
  std::ofstream file(part, std::ios::binary);
  file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  file.close();
  std::error_code failure;
  if (file) fs::rename(part, path, failure);
  if (!file || failure) {
    fs::remove(part, failure);
    throw LabError(fmt::format("{}: can't be written: {}", path.string(), strerror(errno)));
  }
}

ScratchFolder::ScratchFolder() {
  std::string name = (fs::temp_directory_path() / "mote-XXXXXX").string();
  if (mkdtemp(name.data()) == nullptr) {
    throw LabError(fmt::format("can't make a folder {}: {}", name, strerror(errno)));
  }
  path_ = name;
}

ScratchFolder::~ScratchFolder() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

}  // namespace mote::lab
