// Adam (Kingma and Ba 2015, arXiv:1412.6980) with decoupled weight decay (Loshchilov and Hutter
// 2019, arXiv:1711.05101).
#pragma once

#include <cstdint>
#include <vector>

#include "learn/network.hpp"

namespace mote::learn {

class Adam {
 public:
  struct Options {
    float beta1 = 0.9f;    // decay of the mean gradient, [0, 1)
    float beta2 = 0.999f;  // decay of the mean squared gradient, [0, 1)
    float epsilon = 1e-7f;
    float weight_decay = 0;  // part of a weight lost per unit of learning rate, >= 0
  };
  Adam(std::vector<Parameter>& parameters, const Options& options);

  // One update of all trained parameters from their gradients.
  void step(float learning_rate);

 private:
  std::vector<Parameter>& parameters_;
  Options options_;
  std::vector<Buffer> mean_, square_;
  int64_t steps_ = 0;
};

}  // namespace mote::learn
