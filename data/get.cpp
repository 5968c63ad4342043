#include "data/get.hpp"

#include <curl/curl.h>
#include <fmt/format.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>

#include "data/archive.hpp"
#include "data/sha256.hpp"

namespace mote::data {
namespace {

namespace fs = std::filesystem;

constexpr int64_t unpacked_bytes_max = int64_t{4} << 30;
constexpr long connect_timeout_s = 20;
constexpr long redirects_max = 8;
constexpr long stall_bytes_per_s = 100;
constexpr long stall_s = 60;

int on_transfer(void* user, curl_off_t total, curl_off_t done, curl_off_t, curl_off_t) {
  const auto* progress = static_cast<const GetProgress*>(user);
  if (progress->report) {
    progress->report("download", static_cast<size_t>(done), static_cast<size_t>(total));
  }
  return 0;
}

struct CloseFile {
  void operator()(std::FILE* file) const { std::fclose(file); }
};

struct CloseCurl {
  void operator()(CURL* curl) const { curl_easy_cleanup(curl); }
};

// Removes a file or folder on the way out.
struct Leftover {
  std::string path;
  ~Leftover() {
    std::error_code ignored;
    if (!path.empty()) fs::remove_all(path, ignored);
  }
};

bool is_url(const std::string& text) {
  return text.find("://") != std::string::npos;
}

void verify(const CatalogEntry& entry, const std::string& archive) {
  const std::string found = sha256_of_file(archive);
  if (found == entry.sha256) return;
  throw DataError(
      fmt::format("{}: SHA-256 is {}, but {} should have {}; the file is damaged or"
                  " another version, nothing was imported",
                  archive, found, entry.name, entry.sha256));
}

// Where to get it by hand, for every error about a missing mirror.
std::string by_hand(const CatalogEntry& entry) {
  return fmt::format(
      "its home is {} (licence: {}). Get it there and use `mote data import`, or set"
      " MOTE_DATA_MIRROR to a folder or URL that holds {}.tar.xz",
      entry.home, entry.licence, entry.name);
}

// The archive's path; a downloaded one is noted in `leftover`.
std::string find_archive(const CatalogEntry& entry, const std::string& folder,
                         const std::string& mirror, const GetProgress& progress,
                         Leftover& leftover) {
  if (mirror.empty()) {
    throw DataError(fmt::format("{}: no mirror is set; {}", entry.name, by_hand(entry)));
  }
  const std::string file = entry.name + ".tar.xz";
  if (!is_url(mirror)) {
    const std::string path = mirror + "/" + file;
    if (!fs::exists(path)) {
      throw DataError(
          fmt::format("{}: the mirror {} has no {}; {}", entry.name, mirror, file, by_hand(entry)));
    }
    return path;
  }
  leftover.path = folder + ".download";
  try {
    download(mirror + "/" + file, leftover.path, progress);
  } catch (const DataError& error) {
    throw DataError(fmt::format("{}; {}", error.what(), by_hand(entry)));
  }
  return leftover.path;
}

// A set's archive holds one folder, NAME/; names inside are taken relative to it.
std::vector<SourceFile> unpack(const CatalogEntry& entry, const std::string& archive,
                               const GetProgress& progress) {
  std::vector<SourceFile> files;
  for_each_entry(archive, unpacked_bytes_max, [&](ArchiveEntry&& found) {
    std::string name = std::move(found.path);
    if (name.starts_with(entry.name + "/")) name.erase(0, entry.name.size() + 1);
    auto bytes = std::make_shared<const std::string>(std::move(found.bytes));
    files.push_back({std::move(name), [bytes] { return *bytes; }});
    if (progress.report) progress.report("unpack", files.size(), 0);
  });
  return files;
}

}  // namespace

std::string data_mirror() {
  const char* mirror = std::getenv("MOTE_DATA_MIRROR");
  return mirror != nullptr ? mirror : "";
}

void download(const std::string& url, const std::string& file, const GetProgress& progress) {
  std::error_code ignored;
  fs::create_directories(fs::path(file).parent_path(), ignored);
  std::unique_ptr<std::FILE, CloseFile> out(std::fopen(file.c_str(), "wb"));
  if (!out) throw DataError(file + ": can't be written");
  const std::unique_ptr<CURL, CloseCurl> curl(curl_easy_init());
  if (!curl) throw DataError("libcurl does not start");
  curl_easy_setopt(curl.get(), CURLOPT_URL, url.c_str());
  curl_easy_setopt(curl.get(), CURLOPT_PROTOCOLS_STR, "http,https,file");
  curl_easy_setopt(curl.get(), CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(curl.get(), CURLOPT_FOLLOWLOCATION, 1L);
  curl_easy_setopt(curl.get(), CURLOPT_MAXREDIRS, redirects_max);
  curl_easy_setopt(curl.get(), CURLOPT_FAILONERROR, 1L);
  curl_easy_setopt(curl.get(), CURLOPT_CONNECTTIMEOUT, connect_timeout_s);
  curl_easy_setopt(curl.get(), CURLOPT_LOW_SPEED_LIMIT, stall_bytes_per_s);
  curl_easy_setopt(curl.get(), CURLOPT_LOW_SPEED_TIME, stall_s);
  curl_easy_setopt(curl.get(), CURLOPT_WRITEDATA, out.get());
  curl_easy_setopt(curl.get(), CURLOPT_NOPROGRESS, 0L);
  curl_easy_setopt(curl.get(), CURLOPT_XFERINFOFUNCTION, on_transfer);
  curl_easy_setopt(curl.get(), CURLOPT_XFERINFODATA, &progress);
  const CURLcode result = curl_easy_perform(curl.get());
  if (result != CURLE_OK) {
    throw DataError(fmt::format("{}: {}", url, curl_easy_strerror(result)));
  }
  if (std::fflush(out.get()) != 0) throw DataError(file + ": can't be written; is the disk full?");
}

ImportReport get_dataset(const CatalogEntry& entry, const std::string& folder,
                         const std::string& mirror, const GetProgress& progress) {
  if (!entry.refusal.empty()) {
    throw DataError(
        fmt::format("{} can't be imported: {}. Home: {}", entry.name, entry.refusal, entry.home));
  }
  // Everything is built beside the place and moved there when it is whole.
  const std::string partial = folder + ".partial";
  std::error_code error;
  fs::remove_all(partial, error);
  const Leftover leftover_dataset{partial};
  if (Dataset::exists(folder)) throw DataError(folder + ": is a dataset already");
  Dataset dataset = Dataset::create(partial, entry.name);
  dataset.set_note(entry.note);
  const auto report = [&](const std::string& what) {
    return [&progress, what](size_t done, size_t total) {
      if (progress.report) progress.report(what, done, total);
    };
  };
  ImportReport result;
  if (entry.generate != nullptr) {
    result.added =
        dataset.add({0, "built-in generator", "", 0}, entry.generate(report("generate")));
    result.files = result.added;
    dataset.save();
  } else {
    Leftover leftover_download;
    const std::string archive = find_archive(entry, folder, mirror, progress, leftover_download);
    verify(entry, archive);
    ImportRequest request;
    request.source = entry.name + ".tar.xz";
    request.sha256 = entry.sha256;
    request.format = entry.format;
    request.options = entry.options;
    request.rewrites = entry.rewrites;
    result = import_files(dataset, unpack(entry, archive, progress), request, report("import"));
  }
  fs::rename(partial, folder, error);
  if (error) throw DataError(fmt::format("{}: can't be created: {}", folder, error.message()));
  return result;
}

}  // namespace mote::data
