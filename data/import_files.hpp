// From files to a dataset: finds, annotates and reads them, and says which did not work.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "data/annotate.hpp"
#include "data/dataset.hpp"
#include "data/import/importer.hpp"

namespace mote::data {

struct SourceFile {
  std::string name;                    // path inside what is imported, '/' between folders
  std::function<std::string()> bytes;  // may throw DataError
};

// Files, and folders with everything in them, in the order of names. Names are relative to each
// folder given; a single file's is its file name. Hidden files are left out. Throws DataError
// when a path does not exist.
std::vector<SourceFile> find_files(const std::vector<std::string>& paths);

struct ImportRequest {
  std::string source;  // for the batch: what people call it
  std::string sha256;  // of the archive, if there is one
  std::string format;  // of importers(); empty: by each file's extension
  ImportOptions options;
  Annotation fixed;          // from the command line: wins over everything
  std::string path_pattern;  // PathPattern; empty: none
  std::vector<Rewrite> rewrites;
  std::string only;  // regex (ECMAScript) that names of files to take must match; empty: all
};

struct ImportReport {
  int64_t files = 0;          // read successfully
  int64_t added = 0;          // recordings that are new
  int64_t already_there = 0;  // recordings that the dataset held before
  struct Skipped {
    std::string file;
    std::string reason;
  };
  std::vector<Skipped> skipped;  // corrupt, unknown, or listed but missing
};

// Imports into `dataset` as one batch and saves it. An index.csv at the top says exactly which
// files to take; info.labels at the top or beside a file gives labels. Without either, every file
// with a known extension is taken, and others are left alone. A file that can't be read is
// named in the report and skipped. Throws DataError only when the dataset itself can't be written
// or an annotation file is broken.
ImportReport import_files(Dataset& dataset, const std::vector<SourceFile>& files,
                          const ImportRequest& request,
                          const std::function<void(size_t done, size_t total)>& progress);

}  // namespace mote::data
