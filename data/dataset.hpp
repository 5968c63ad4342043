// A dataset: a folder that knows exactly what it holds.
//
//   <folder>/dataset.json                  the manifest: every recording, every import
//   <folder>/samples/ab/abcdef....npy      samples, named by the content's SHA-256
//
// The samples are plain NumPy arrays [frames, axes], int16 counts or float32 units, so that other
// tools read them; the manifest is JSON and may be edited by hand (labels, groups, splits).
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "data/recording.hpp"

namespace mote::data {

// One import; `undo` takes the last one back.
struct Batch {
  int64_t id = 0;
  std::string source;  // what was imported, for people: "fsdd.tar.xz", "recordings/*.wav"
  std::string sha256;  // of the archive it came from; empty for loose files
  int64_t recordings = 0;
};

class Dataset {
 public:
  // Opens an existing folder. Throws DataError when it has no manifest or a broken one.
  static Dataset open(const std::string& folder);

  // Starts an empty dataset in a folder that has none yet. Nothing is written before save().
  static Dataset create(const std::string& folder, const std::string& name);

  static bool exists(const std::string& folder);

  const std::string& name() const { return name_; }
  const std::string& folder() const { return folder_; }
  const std::vector<RecordingInfo>& recordings() const { return recordings_; }
  const std::vector<Batch>& batches() const { return batches_; }

  // What people should know about the set before they make claims with it.
  const std::string& note() const { return note_; }
  void set_note(std::string note) { note_ = std::move(note); }

  // SHA-256 over all recordings' names, contents, labels, groups and splits, in the order of
  // names: equal exactly when a training run would see the same data.
  std::string hash() const;

  // Reads a recording's samples and checks them against its hash. Throws DataError when they are
  // missing or were changed.
  Recording load(const RecordingInfo& info) const;

  // Adds recordings (checked, hashed) as one batch. Samples are written at once, the manifest by
  // save(). A recording that is there already (same name, same content) is left out.
  // Throws DataError when a name is taken by other content. Returns how many were added.
  int64_t add(Batch batch, const std::vector<Recording>& recordings);

  // Lets `change` correct labels, segments, group and split of each recording; it returns whether
  // it did. Returns how many were changed. Throws DataError when what it leaves makes no sense.
  int64_t edit(const std::function<bool(RecordingInfo&)>& change);

  // Whether the last save() was of an edit, which can be taken back.
  static bool can_undo_edit(const std::string& folder);
  // Takes it back. Throws DataError when there is none.
  static void undo_edit(const std::string& folder);

  // Forgets the last batch. Samples that nothing else uses are deleted by the next save().
  Batch undo();

  // Writes the manifest: to a new file first, then renamed, so that a crash leaves the old one.
  void save();

 private:
  std::string sample_path(const std::string& hash) const;

  std::string folder_;
  std::string name_;
  std::string note_;
  std::vector<RecordingInfo> recordings_;
  std::vector<int64_t> batch_of_;  // one per recording
  std::vector<Batch> batches_;
  std::vector<std::string> unused_;  // hashes to delete on save()
  bool edited_ = false;              // since it was opened
};

// Where named datasets live: $MOTE_DATASETS, else $XDG_DATA_HOME/mote/datasets, else
// ~/.local/share/mote/datasets.
std::string datasets_home();

// The folder of "name" in datasets_home(), or of a path (holds '/', or is a dataset already). A
// relative path starts at `base`.
std::string dataset_folder(const std::string& name_or_path, const std::string& base = ".");

// Whole-file reading and writing with DataError. write_file replaces atomically (rename).
std::string read_file(const std::string& path);
void write_file(const std::string& path, const std::string& bytes);

}  // namespace mote::data
