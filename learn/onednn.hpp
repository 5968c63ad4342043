// oneDNN as the trainer uses it: one CPU engine, one in-order stream, one thread.
#pragma once

#include <oneapi/dnnl/dnnl.hpp>

namespace mote::learn {

// The process's engine and stream. The first call limits oneDNN to one thread, so that sums are
// made in one order and a seed gives the same bits again.
dnnl::engine& onednn_engine();
dnnl::stream& onednn_stream();

// c [m, n] = op(a) [m, k] * op(b) [k, n] + (accumulate ? c : 0), all row-major and dense;
// op transposes where the flag says so (a is then stored [k, m], b [n, k]).
struct MatrixProduct {
  bool transpose_a = false;
  bool transpose_b = false;
  int64_t m = 0, n = 0, k = 0;
  bool accumulate = false;
};
void multiply(const MatrixProduct& shape, const float* a, const float* b, float* c);

}  // namespace mote::learn
