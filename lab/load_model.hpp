// From a file to something that can be measured.
#pragma once

#include <filesystem>
#include <optional>

#include "lab/model.hpp"

namespace mote::lab {

// A .tflite is imported and compiled for the board; a .mote is taken as it is. Which of the two a
// file is, is told by its content. Throws LabError or ir::GraphError naming the file.
Model load_model(const std::filesystem::path& file, const Board& board);

}  // namespace mote::lab
