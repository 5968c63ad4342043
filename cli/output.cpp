#include "cli/output.hpp"

#include <algorithm>
#include <cstdio>

namespace mote::cli {
namespace {

size_t width_of(const std::string& cell) {
  return static_cast<size_t>(std::count_if(cell.begin(), cell.end(), [](char byte) {
    return (static_cast<unsigned char>(byte) & 0xC0U) != 0x80U;
  }));
}

bool looks_like_number(const std::string& cell) {
  return cell.empty() || cell.find_first_not_of("0123456789.,+-%eE ") == std::string::npos;
}

}  // namespace

void print_json(const nlohmann::json& document) {
  const std::string text =
      document.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
  std::fwrite(text.data(), 1, text.size(), stdout);
}

void print_warning(const std::string& text) {
  std::fprintf(stderr, "mote: warning: %s\n", text.c_str());
}

std::string Table::text() const {
  const size_t columns = rows_.front().size();
  std::vector<size_t> width(columns, 0);
  std::vector<bool> number(columns, true);
  for (size_t r = 0; r < rows_.size(); ++r) {
    for (size_t c = 0; c < std::min(columns, rows_[r].size()); ++c) {
      width[c] = std::max(width[c], width_of(rows_[r][c]));
      if (r > 0 && !looks_like_number(rows_[r][c])) number[c] = false;
    }
  }
  std::string text;
  for (const auto& row : rows_) {
    std::string line;
    for (size_t c = 0; c < columns; ++c) {
      const std::string cell = c < row.size() ? row[c] : "";
      const std::string padding(width[c] - width_of(cell), ' ');
      line += "  " + (number[c] ? padding + cell : cell + padding);
    }
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + "\n";
  }
  return text;
}

}  // namespace mote::cli
