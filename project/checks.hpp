// What can't be told from one key alone: impossible combinations.
#pragma once

#include "project/project.hpp"

namespace mote::project {

// Throws ProjectError at the line of the key that is easiest to change.
void check(const Project& project);

}  // namespace mote::project
