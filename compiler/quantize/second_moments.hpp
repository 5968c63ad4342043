// How much an error of a weight matters: what is known of the inputs that it is multiplied with.
#pragma once

#include <cstddef>
#include <vector>

namespace mote::quantize {

// Of a linear node whose output channel o is sum_t w[o, t] * x_t + bias[o] at each place: the means
// of x_s * x_t over places and samples, whatever factor all of them have. t counts the weights of a
// channel in the order in which they are stored.
struct SecondMoments {
  size_t taps = 0;  // 0: not known
  // [taps, taps]: one for all channels, or one for each (depthwise).
  std::vector<std::vector<double>> of_channel;

  const std::vector<double>& channel(size_t c) const {
    return of_channel[of_channel.size() == 1 ? 0 : c];
  }
};

}  // namespace mote::quantize
