// Kernels for a model that is to take little flash.
#pragma once

#include "compiler/plan/lowering.hpp"

namespace mote::plan {

// From so many layers on a portable kernel's code is one for all of them, with params as data.
constexpr int64_t shared_layers_min = 3;

// A graph bound to kernels so that it takes less flash than with the fastest ones, for a price.
// Bytes of constants and code, instructions and bytes of RAM are weighed by
//
//   2 ln(flash) + ln(instructions) + ln(RAM) / 4:
//
// one percent less flash is worth two percent more instructions, or eight percent more RAM. The
// instructions are those of the target's table of costs, or the kernels' own estimates.
//
// Starting from the fastest kernels, that kernel which gains most takes over those layers for which
// it pays, until none gains. Throws GraphError as lower_all() does.
Lowering lower_small(const ir::Graph& graph, const ir::Target& target);

}  // namespace mote::plan
