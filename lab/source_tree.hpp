// Where the device sources are, which firmware is built from at run time.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace mote::lab {

// The folder that holds core/, ops/, formats/, device/ and lab/firmware/. Looked for in this order:
// the environment variable MOTE_SOURCE_DIR, the tree that this program was built from, the folders
// above the program, share/mote beside its bin folder. Throws LabError when there is none.
const std::filesystem::path& source_tree();

// Digest of every device header in the source tree: objects built from other headers differ in it.
const std::string& header_digest();

// Where built firmware is kept: $MOTE_CACHE_DIR, $XDG_CACHE_HOME/mote or ~/.cache/mote; the folder
// is made. Throws LabError when it can't be.
std::filesystem::path cache_folder(std::string_view kind);

// SHA-256 in hexadecimal.
std::string sha256_hex(std::string_view bytes);

// Whole file as bytes; throws LabError naming the file.
std::string read_file(const std::filesystem::path& path);
// Writes beside the target and renames, so that nobody sees half a file; throws LabError.
void write_file(const std::filesystem::path& path, std::string_view bytes);

// A fresh folder that is removed, with all that is in it, when this goes out of scope.
class ScratchFolder {
 public:
  ScratchFolder();
  ~ScratchFolder();
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace mote::lab
