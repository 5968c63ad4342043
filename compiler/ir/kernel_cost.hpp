// What a kernel costs on one core, measured: a line of the table that a target chooses kernels by.
#pragma once

#include <string>

namespace mote::ir {

// In instructions. A node's cost is the sum of its work (NodeWork) times these.
struct KernelCost {
  std::string kernel;       // KernelInfo::symbol
  double per_estimate = 0;  // instruction of the kernel's own estimate
  double per_step = 0;      // multiply-accumulate, or value under a pooling window
  double per_output = 0;    // value of the output
  double per_pixel = 0;     // run of outputs along the last axis
  double per_call = 0;
};

}  // namespace mote::ir
