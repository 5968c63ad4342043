// Binding two: the plan as C++ source (C++14 and later) with every constant folded in.
#pragma once

#include <string>

#include "compiler/plan/plan.hpp"

namespace mote::emit {

struct CppSource {
  std::string header;  // NAME.hpp: arena size, ports, invoke()
  std::string source;  // NAME.cpp: constants, params, the ops in order
};

// name: namespace and file stem; [a-z0-9_], starting with a letter; throws GraphError otherwise.
// The source needs the kernel headers of this repository on its include path and nothing else. It
// defines MOTE_PROFILE_OP(index), empty unless defined before, and calls it before each op and once
// after the last.
CppSource write_cpp(const plan::Plan& plan, const std::string& name);

// `text` made into a name that write_cpp accepts.
std::string cpp_name(const std::string& text);

}  // namespace mote::emit
