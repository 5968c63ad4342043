// The kernel headers that emitted source needs, so that it can be taken to another build.
#pragma once

#include <map>
#include <string>
#include <string_view>

namespace mote::lab {

// Every header of the source tree that `source` includes, straight or through another, as path
// relative to the tree and text. A quoted include that is not in the tree is left alone: it stands
// beside `source`. Throws LabError when the source tree can't be found or read.
std::map<std::string, std::string> carried_headers(std::string_view source);

}  // namespace mote::lab
