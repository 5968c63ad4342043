// What tidy checks: who may know whom, what the device side does without, and the style limits.
// docs/ARCHITECTURE.md and CONTRIBUTING.md tell the rules to people; these functions run them.
#pragma once

#include <vector>

#include "tools/tidy/source.hpp"

namespace mote::tidy {

using Findings = std::vector<Finding>;

// Rule `room`: each `#include "..."` names a file from the repository's root, in a room that the
// including file may know (the table stands in room_rules.cpp).
void check_rooms(const std::vector<Source>& sources, Findings& findings);

// Rule `device`: core, op kernels, the device and whatever they include do without heap,
// exceptions, RTTI, iostream, containers that allocate and libm.
void check_device_side(const std::vector<Source>& sources, Findings& findings);

// Rules `columns` (100), `lines` (500 a file), `function` (70 lines each).
void check_limits(const Source& source, Findings& findings);

// Rule `switch`: no `default:` in a switch over an enum, so that a new value is a compiler error.
void check_switches(const Source& source, Findings& findings);

// Rule `name`: no file, folder or type named after nothing in particular.
void check_names(const Source& source, Findings& findings);

// Rules `machine-path` and `unfinished`: nothing of one person's machine, nothing left for later.
void check_words(const Source& source, Findings& findings);

// Every rule over every file, in the order of paths and lines.
Findings check_all(const std::vector<Source>& sources);

}  // namespace mote::tidy
