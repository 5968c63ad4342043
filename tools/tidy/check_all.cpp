#include <algorithm>
#include <tuple>

#include "tools/tidy/rules.hpp"

namespace mote::tidy {

Findings check_all(const std::vector<Source>& sources) {
  Findings findings;
  check_rooms(sources, findings);
  check_device_side(sources, findings);
  for (const Source& source : sources) {
    check_limits(source, findings);
    check_switches(source, findings);
    check_names(source, findings);
    check_words(source, findings);
  }
  std::stable_sort(findings.begin(), findings.end(), [](const Finding& a, const Finding& b) {
    return std::tie(a.path, a.line) < std::tie(b.path, b.line);
  });
  return findings;
}

}  // namespace mote::tidy
