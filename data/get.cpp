#include "data/get.hpp"

#include <curl/curl.h>
#include <fmt/format.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <utility>

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

// The network's or the server's fault: another place may have the file.
class DownloadError : public DataError {
 public:
  using DataError::DataError;
};

struct Transfer {
  const GetProgress& progress;
  uintmax_t there;  // bytes of an earlier attempt
};

int on_transfer(void* user, curl_off_t total, curl_off_t done, curl_off_t, curl_off_t) {
  const auto* transfer = static_cast<const Transfer*>(user);
  if (transfer->progress.report) {
    const auto before = static_cast<size_t>(transfer->there);
    transfer->progress.report("download", before + static_cast<size_t>(done),
                              total > 0 ? before + static_cast<size_t>(total) : 0);
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
  explicit Leftover(std::string p) : path(std::move(p)) {}
  Leftover(Leftover&& other) noexcept : path(std::exchange(other.path, "")) {}
  Leftover& operator=(Leftover&& other) noexcept {
    std::swap(path, other.path);
    return *this;
  }
  ~Leftover() {
    std::error_code ignored;
    if (!path.empty()) fs::remove_all(path, ignored);
  }
};

bool is_url(const std::string& text) {
  return text.find("://") != std::string::npos;
}

std::string last_part(const std::string& url) {
  return url.substr(url.rfind('/') + 1);
}

void verify(const CatalogEntry& entry, const std::string& archive) {
  const std::string found = sha256_of_file(archive);
  if (found == entry.sha256) return;
  throw DataError(
      fmt::format("{}: SHA-256 is {}, but {} should have {}; the file is damaged or"
                  " another version, nothing was imported",
                  archive, found, entry.name, entry.sha256));
}

// Where to get it by hand, for every error about a set that can't be had.
std::string by_hand(const CatalogEntry& entry) {
  return fmt::format(
      "its home is {} (licence: {}). Get it there and use `mote data import`, or set"
      " MOTE_DATA_MIRROR to a folder or URL that holds {}.tar.xz",
      entry.home, entry.licence, entry.name);
}

// Files that were found or downloaded, and whether they are the mirror's archive or the home's.
struct Found {
  std::vector<std::string> files;
  bool from_mirror = false;
  std::string source;              // for the batch
  std::vector<Leftover> leftover;  // downloads, no longer needed after the import
};

// One archive from a mirror, as a path. A download whose hash is wrong is thrown away.
void find_in_mirror(const CatalogEntry& entry, const std::string& folder, const std::string& mirror,
                    const GetProgress& progress, Found& found) {
  const std::string file = entry.name + ".tar.xz";
  found.from_mirror = true;
  found.source = file;
  if (!is_url(mirror)) {
    found.files = {mirror + "/" + file};
    verify(entry, found.files[0]);
    return;
  }
  const std::string path = folder + ".download";
  download(mirror + "/" + file, path, progress);
  found.leftover.emplace_back(path);
  verify(entry, path);
  found.files = {path};
}

void download_from_home(const CatalogEntry& entry, const std::string& folder,
                        const GetProgress& progress, Found& found) {
  for (const std::string& url : entry.download.urls) {
    const std::string path = folder + ".download/" + last_part(url);
    download(url, path, progress);
    found.files.push_back(path);
    found.source += (found.source.empty() ? "" : " ") + url;
  }
  found.leftover.emplace_back(folder + ".download");
}

// The mirror first, then the set's home.
Found find_set(const CatalogEntry& entry, const std::string& folder, const std::string& mirror,
               const GetProgress& progress) {
  Found found;
  std::string tried = "no mirror is set";
  const bool there =
      is_url(mirror) || (!mirror.empty() && fs::exists(mirror + "/" + entry.name + ".tar.xz"));
  try {
    if (there) {
      find_in_mirror(entry, folder, mirror, progress, found);
      return found;
    }
  } catch (const DownloadError& error) {
    tried = error.what();
  }
  if (!mirror.empty() && !there) {
    tried = fmt::format("the mirror {} has no {}.tar.xz", mirror, entry.name);
  }
  if (entry.download.urls.empty()) {
    throw DataError(fmt::format("{}: {}, and there is no address to download it from; {}",
                                entry.name, tried, by_hand(entry)));
  }
  try {
    found = {};
    download_from_home(entry, folder, progress, found);
    return found;
  } catch (const DownloadError& error) {
    throw DataError(
        fmt::format("{}: {}; {}. What has arrived is kept: the same command goes on"
                    " from there. By hand: {}",
                    entry.name, tried, error.what(), by_hand(entry)));
  }
}

bool is_archive(const std::string& file) {
  for (const char* ending : {".zip", ".tar", ".tar.gz", ".tgz", ".tar.xz", ".tar.bz2"}) {
    if (file.ends_with(ending) || file.ends_with(".download")) return true;
  }
  return false;
}

// Unpacks to files in `scratch`, since archives may be larger than memory. A mirror's archive holds
// one folder, NAME/; names inside are taken relative to it.
std::vector<SourceFile> unpack(const std::string& archive, const std::string& folder,
                               const std::string& scratch, const GetProgress& progress) {
  std::vector<SourceFile> files;
  const std::string prefix = folder.empty() ? "" : folder + "/";
  for_each_entry(archive, unpacked_bytes_max, [&](ArchiveEntry&& found) {
    std::string name = std::move(found.path);
    if (!prefix.empty() && !name.starts_with(prefix)) return;
    name.erase(0, prefix.size());
    const std::string path = fmt::format("{}/{}", scratch, files.size());
    write_file(path, found.bytes);
    files.push_back({std::move(name), [path] { return read_file(path); }});
    if (progress.report) progress.report("unpack", files.size(), 0);
  });
  return files;
}

// Appends what comes after `there` bytes to a file. answer: the server's status, 0 for none.
CURLcode transfer(const std::string& url, const std::string& file, uintmax_t there,
                  const GetProgress& progress, long& answer) {
  std::unique_ptr<std::FILE, CloseFile> out(std::fopen(file.c_str(), "ab"));
  if (!out) throw DataError(file + ": can't be written");
  const std::unique_ptr<CURL, CloseCurl> curl(curl_easy_init());
  if (!curl) throw DataError("libcurl does not start");
  Transfer state{progress, there};
  curl_easy_setopt(curl.get(), CURLOPT_URL, url.c_str());
  curl_easy_setopt(curl.get(), CURLOPT_PROTOCOLS_STR, "http,https,file");
  curl_easy_setopt(curl.get(), CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(curl.get(), CURLOPT_FOLLOWLOCATION, 1L);
  curl_easy_setopt(curl.get(), CURLOPT_MAXREDIRS, redirects_max);
  curl_easy_setopt(curl.get(), CURLOPT_FAILONERROR, 1L);
  curl_easy_setopt(curl.get(), CURLOPT_CONNECTTIMEOUT, connect_timeout_s);
  curl_easy_setopt(curl.get(), CURLOPT_LOW_SPEED_LIMIT, stall_bytes_per_s);
  curl_easy_setopt(curl.get(), CURLOPT_LOW_SPEED_TIME, stall_s);
  curl_easy_setopt(curl.get(), CURLOPT_RESUME_FROM_LARGE, static_cast<curl_off_t>(there));
  curl_easy_setopt(curl.get(), CURLOPT_WRITEDATA, out.get());
  curl_easy_setopt(curl.get(), CURLOPT_NOPROGRESS, 0L);
  curl_easy_setopt(curl.get(), CURLOPT_XFERINFOFUNCTION, on_transfer);
  curl_easy_setopt(curl.get(), CURLOPT_XFERINFODATA, &state);
  const CURLcode result = curl_easy_perform(curl.get());
  curl_easy_getinfo(curl.get(), CURLINFO_RESPONSE_CODE, &answer);
  if (std::fflush(out.get()) != 0) throw DataError(file + ": can't be written; is the disk full?");
  return result;
}

ImportReport import_found(Dataset& dataset, const CatalogEntry& entry, const Found& found,
                          const std::string& folder, const GetProgress& progress) {
  const Leftover scratch(folder + ".unpacked");
  const HomeDownload& home = entry.download;
  std::vector<SourceFile> files;
  for (const std::string& file : found.files) {
    if (!is_archive(file)) {
      files.push_back({last_part(file), [file] { return read_file(file); }});
      continue;
    }
    for (SourceFile& inside :
         unpack(file, found.from_mirror ? entry.name : home.folder, scratch.path, progress)) {
      files.push_back(std::move(inside));
    }
  }
  ImportRequest request;
  request.source = found.source;
  request.sha256 = found.from_mirror ? entry.sha256 : "";
  request.format = entry.format;
  request.options = entry.options;
  request.rewrites = found.from_mirror ? entry.rewrites : home.rewrites;
  if (!found.from_mirror) {
    request.only = home.only;
    dataset.set_note(entry.note + (home.note.empty() ? "" : "; from its home: " + home.note));
  }
  return import_files(dataset, files, request, [&progress](size_t done, size_t total) {
    if (progress.report) progress.report("import", done, total);
  });
}

}  // namespace

std::string data_mirror() {
  const char* mirror = std::getenv("MOTE_DATA_MIRROR");
  return mirror != nullptr ? mirror : "";
}

void download(const std::string& url, const std::string& file, const GetProgress& progress) {
  std::error_code ignored;
  fs::create_directories(fs::path(file).parent_path(), ignored);
  const std::string part = file + ".part";
  const uintmax_t there = fs::exists(part) ? fs::file_size(part, ignored) : 0;
  long answer = 0;
  CURLcode result = transfer(url, part, there, progress, answer);
  // What is there may be all there is (416), or the server can't go on from the middle.
  constexpr long range_not_satisfiable = 416;
  const bool complete = there > 0 && answer == range_not_satisfiable;
  if (there > 0 && (result == CURLE_RANGE_ERROR || result == CURLE_BAD_DOWNLOAD_RESUME)) {
    fs::remove(part, ignored);
    result = transfer(url, part, 0, progress, answer);
  }
  if (result != CURLE_OK && !complete) {
    throw DownloadError(fmt::format(
        "{}: {}{}", url, curl_easy_strerror(result),
        result == CURLE_HTTP_RETURNED_ERROR ? fmt::format(" (it answers {})", answer) : ""));
  }
  fs::rename(part, file, ignored);
  if (ignored) throw DataError(file + ": can't be written: " + ignored.message());
}

ImportReport get_dataset(const CatalogEntry& entry, const std::string& folder,
                         const std::string& mirror, const GetProgress& progress) {
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
    result =
        import_found(dataset, entry, find_set(entry, folder, mirror, progress), folder, progress);
  }
  if (result.files == 0) {
    const std::string why = result.skipped.empty()
                                ? "it holds nothing of what is known of this set"
                                : result.skipped[0].file + " " + result.skipped[0].reason;
    throw DataError(
        fmt::format("{}: no file could be imported: {}; {}", entry.name, why, by_hand(entry)));
  }
  fs::rename(partial, folder, error);
  if (error) throw DataError(fmt::format("{}: can't be created: {}", folder, error.message()));
  return result;
}

}  // namespace mote::data
