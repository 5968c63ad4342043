#include "cli/model_file.hpp"

#include <cstring>
#include <fstream>
#include <stdexcept>

#include "compiler/import_model.hpp"

namespace mote::cli {

std::vector<uint8_t> read_file(const std::filesystem::path& path) {
  std::ifstream stream(path, std::ios::binary);
  if (!stream) throw std::runtime_error(path.string() + ": can't be read; does the file exist?");
  return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
}

void write_file(const std::filesystem::path& path, std::span<const uint8_t> bytes) {
  const std::filesystem::path temporary = path.string() + ".part";
  std::ofstream stream(temporary, std::ios::binary);
  stream.write(reinterpret_cast<const char*>(bytes.data()),
               static_cast<std::streamsize>(bytes.size()));
  stream.close();
  if (!stream) throw std::runtime_error(path.string() + ": can't be written; is the disk full?");
  std::filesystem::rename(temporary, path);
}

ir::Graph import_model_file(const std::filesystem::path& path) {
  const auto bytes = read_file(path);
  if (bytes.size() >= 4 && std::memcmp(bytes.data(), "MOTE", 4) == 0) {
    throw std::runtime_error(path.string() +
                             ": a package holds kernels, no operators; give the model that it was "
                             "compiled from");
  }
  return import_model(bytes, path.filename().string());
}

}  // namespace mote::cli
