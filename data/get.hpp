// `mote data get`: a known set, from a mirror or made on the spot, into a dataset folder.
#pragma once

#include <functional>
#include <string>

#include "data/catalog/catalog.hpp"
#include "data/import_files.hpp"

namespace mote::data {

struct GetProgress {
  // `what`: "download", "unpack", "import", "generate"; total 0: unknown.
  std::function<void(const std::string& what, size_t done, size_t total)> report;
};

// Where the archive of a set is looked for: $MOTE_DATA_MIRROR, a folder or a URL (http, https,
// file) under which NAME.tar.xz lies. Empty when it is not set.
std::string data_mirror();

// Fetches, verifies against the catalogue's SHA-256, unpacks and imports a set into `folder`, which
// must not be a dataset yet. Downloads go to a file beside `folder` first. Throws DataError that
// says where the set's home is when there is no mirror, and never leaves half a dataset.
ImportReport get_dataset(const CatalogEntry& entry, const std::string& folder,
                         const std::string& mirror, const GetProgress& progress);

// Downloads a URL to a file. Throws DataError with the server's answer.
void download(const std::string& url, const std::string& file, const GetProgress& progress);

}  // namespace mote::data
