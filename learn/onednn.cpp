#include "learn/onednn.hpp"

#include <omp.h>

namespace mote::learn {

dnnl::engine& onednn_engine() {
  static dnnl::engine engine = [] {
    omp_set_num_threads(1);
    return dnnl::engine(dnnl::engine::kind::cpu, 0);
  }();
  return engine;
}

dnnl::stream& onednn_stream() {
  static dnnl::stream stream(onednn_engine());
  return stream;
}

void multiply(const MatrixProduct& shape, const float* a, const float* b, float* c) {
  onednn_engine();
  dnnl::sgemm(shape.transpose_a ? 'T' : 'N', shape.transpose_b ? 'T' : 'N', shape.m, shape.n,
              shape.k, 1.0f, a, shape.transpose_a ? shape.m : shape.k, b,
              shape.transpose_b ? shape.k : shape.n, shape.accumulate ? 1.0f : 0.0f, c, shape.n);
}

}  // namespace mote::learn
