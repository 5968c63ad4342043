// Data sets that Mote knows: where their home is, under which licence they are, and how they are
// read. Adding one is one entry in catalog.cpp.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "data/annotate.hpp"
#include "data/dataset.hpp"
#include "data/import/importer.hpp"

namespace mote::data {

// Where a set can be downloaded from its real home, when no mirror has it. What lies there is the
// publisher's own archive: more or other files than the mirror's, so that it is another dataset.
struct HomeDownload {
  std::vector<std::string> urls = {};  // of an archive, or of single files; empty: by hand only
  std::string folder = {};             // inside the archive; names are relative to it
  std::string only = {};               // regex of the names to import; empty: all
  std::vector<Rewrite> rewrites = {};  // instead of the mirror's, which has an index.csv
  std::string note = {};
};

struct CatalogEntry {
  std::string name = {};
  std::string title = {};
  std::string home = {};  // where it really comes from
  std::string licence = {};
  std::string sha256 = {};  // of the mirror's NAME.tar.xz; empty: built in or not importable
  std::string format = {};  // of importers()
  ImportOptions options = {};
  std::vector<Rewrite> rewrites = {};
  std::string note = {};  // what one should know before making claims with it
  HomeDownload download = {};
  // Built-in sets make their recordings instead of fetching them.
  std::vector<Recording> (*generate)(const std::function<void(size_t, size_t)>& progress) = nullptr;
};

const std::vector<CatalogEntry>& catalog();

// Throws DataError with the names there are.
const CatalogEntry& catalog_entry(std::string_view name);

}  // namespace mote::data
