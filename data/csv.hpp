// Comma- (or otherwise) separated values after RFC 4180, without line breaks inside quotes.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace mote::data {

struct CsvRow {
  int64_t line = 0;  // in the file, from 1
  std::vector<std::string> cells;
};

// Splits text into rows; empty lines are left out, CR LF is taken as LF. `delimiter` 0: the one
// of , ; and tab that the first line holds most of. Throws DataError with `name` and line for an
// unclosed quote.
std::vector<CsvRow> parse_csv(std::string_view name, std::string_view text, char delimiter);

// The whole of `text`, but for spaces around it, as a finite number. False when it is none.
bool parse_number(std::string_view text, double& number);

}  // namespace mote::data
