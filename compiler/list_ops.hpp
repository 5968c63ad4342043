// The op table as a page.
#pragma once

#include <string>

namespace mote {

// docs/ops.md: every op with its element types, kernels and names in foreign files. Markdown.
std::string list_ops();

}  // namespace mote
