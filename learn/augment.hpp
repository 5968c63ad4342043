// Variations of a window of samples that keep its label: what a sensor might have delivered too.
#pragma once

#include <cstdint>
#include <span>

#include "learn/random.hpp"
#include "project/project.hpp"

namespace mote::learn {

// Whether anything in the section is on.
bool augments(const project::AugmentSection& section);

// Draws speed, shift, gain and noise within the section's limits and applies them in this order.
// window: [length, axes] counts; varied: the same size. Samples from outside the window are 0;
// results saturate. Values between samples are interpolated linearly.
void augment_window(const project::AugmentSection& section, double rate_hz, int32_t axes,
                    std::span<const int16_t> window, Random& random, std::span<int16_t> varied);

}  // namespace mote::learn
