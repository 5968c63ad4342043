// Trainer half of batch_norm: per channel (the last axis)
//
//   y = gamma * (x - mean) / sqrt(variance + epsilon) + beta
//
// with the batch's mean and variance in training (Ioffe and Szegedy 2015, arXiv:1502.03167), whose
// moving averages are inputs 3 and 4, and with those averages otherwise.

#include <algorithm>
#include <cmath>
#include <vector>

#include "learn/layer.hpp"
#include "learn/vectorised.hpp"

namespace mote {
namespace {

using learn::Pass;

constexpr float momentum = 0.1f;      // weight of one batch in the moving averages
constexpr int64_t rows_per_sum = 64;  // rows added in float before going to double

// sums[c] += sum over rows of (x - shift)^power, power 1 or 2.
MOTE_VECTORISED void add_rows(const float* x, const float* shift, int64_t rows, int64_t channels,
                              bool squared, float* partial) {
  for (int64_t r = 0; r < rows; ++r) {
    for (int64_t c = 0; c < channels; ++c) {
      const float d = x[r * channels + c] - shift[c];
      partial[c] += squared ? d * d : d;
    }
  }
}

// a[c] += sum dy; b[c] += sum dy * (x - mean).
MOTE_VECTORISED void add_products(const float* x, const float* dy, const float* mean, int64_t rows,
                                  int64_t channels, float* a, float* b) {
  for (int64_t r = 0; r < rows; ++r) {
    for (int64_t c = 0; c < channels; ++c) {
      const float g = dy[r * channels + c];
      a[c] += g;
      b[c] += g * (x[r * channels + c] - mean[c]);
    }
  }
}

// y = x * scale + offset.
MOTE_VECTORISED void scale_rows(const float* x, const float* scale, const float* offset,
                                int64_t rows, int64_t channels, float* y) {
  for (int64_t r = 0; r < rows; ++r) {
    for (int64_t c = 0; c < channels; ++c) {
      y[r * channels + c] = x[r * channels + c] * scale[c] + offset[c];
    }
  }
}

// dx = dy * p + x * q + s.
MOTE_VECTORISED void combine_rows(const float* x, const float* dy, const float* p, const float* q,
                                  const float* s, int64_t rows, int64_t channels, float* dx) {
  for (int64_t r = 0; r < rows; ++r) {
    for (int64_t c = 0; c < channels; ++c) {
      const int64_t i = r * channels + c;
      dx[i] = dy[i] * p[c] + x[i] * q[c] + s[c];
    }
  }
}

class BatchNormLayer : public learn::Layer {
 public:
  BatchNormLayer(const ir::Graph& graph, const ir::Node& node)
      : epsilon_(static_cast<float>(node.real("epsilon", 1e-3))) {
    const ir::Tensor& x = graph.tensor(node.inputs.at(0));
    channels_ = x.shape.back();
    rows_ = x.elements() / channels_;
    const auto c = static_cast<size_t>(channels_);
    for (auto* v : {&mean_, &inverse_, &scale_, &offset_, &a_, &b_}) v->assign(c, 0.0f);
  }

  void forward(const Pass& pass) override {
    const int64_t rows = rows_ * pass.batch;
    const float* gamma = pass.inputs[1];
    const float* beta = pass.inputs[2];
    if (pass.training) {
      measure(pass, rows);
    } else {
      for (size_t c = 0; c < mean_.size(); ++c) {
        mean_[c] = pass.inputs[3][c];
        inverse_[c] = 1.0f / std::sqrt(pass.inputs[4][c] + epsilon_);
      }
    }
    trained_ = pass.training;
    for (size_t c = 0; c < mean_.size(); ++c) {
      scale_[c] = gamma[c] * inverse_[c];
      offset_[c] = beta[c] - mean_[c] * scale_[c];
    }
    scale_rows(pass.inputs[0], scale_.data(), offset_.data(), rows, channels_, pass.output);
  }

  void backward(const Pass& pass) override {
    const int64_t rows = rows_ * pass.batch;
    const float* x = pass.inputs[0];
    const float* dy = pass.output_gradient;
    std::vector<double> sum(mean_.size(), 0.0), product(mean_.size(), 0.0);
    for (int64_t r = 0; r < rows; r += rows_per_sum) {
      std::fill(a_.begin(), a_.end(), 0.0f);
      std::fill(b_.begin(), b_.end(), 0.0f);
      const int64_t count = std::min(rows_per_sum, rows - r);
      add_products(x + r * channels_, dy + r * channels_, mean_.data(), count, channels_, a_.data(),
                   b_.data());
      for (size_t c = 0; c < sum.size(); ++c) {
        sum[c] += a_[c];
        product[c] += b_[c];
      }
    }
    std::vector<float> p(scale_), q(mean_.size(), 0.0f), s(mean_.size(), 0.0f);
    for (size_t c = 0; c < sum.size(); ++c) {
      const double d_gamma = product[c] * inverse_[c];
      if (pass.input_gradients[1]) pass.input_gradients[1][c] = static_cast<float>(d_gamma);
      if (pass.input_gradients[2]) pass.input_gradients[2][c] = static_cast<float>(sum[c]);
      if (!trained_) continue;
      // dx = scale * (dy - mean(dy) - (x - mean) * inverse * d_gamma / rows)
      const double n = static_cast<double>(rows);
      const double slope = -scale_[c] * inverse_[c] * d_gamma / n;
      q[c] = static_cast<float>(slope);
      s[c] = static_cast<float>(-scale_[c] * sum[c] / n - slope * mean_[c]);
    }
    if (pass.input_gradients[0] != nullptr) {
      combine_rows(x, dy, p.data(), q.data(), s.data(), rows, channels_, pass.input_gradients[0]);
    }
  }

 private:
  void mean_of(const float* x, int64_t rows, bool squared, std::vector<double>& result) {
    result.assign(mean_.size(), 0.0);
    for (int64_t r = 0; r < rows; r += rows_per_sum) {
      std::fill(a_.begin(), a_.end(), 0.0f);
      add_rows(x + r * channels_, mean_.data(), std::min(rows_per_sum, rows - r), channels_,
               squared, a_.data());
      for (size_t c = 0; c < result.size(); ++c) result[c] += a_[c];
    }
    for (double& value : result) value /= static_cast<double>(rows);
  }

  void measure(const Pass& pass, int64_t rows) {
    std::vector<double> moment;
    std::fill(mean_.begin(), mean_.end(), 0.0f);
    mean_of(pass.inputs[0], rows, false, moment);
    for (size_t c = 0; c < mean_.size(); ++c) mean_[c] = static_cast<float>(moment[c]);
    mean_of(pass.inputs[0], rows, true, moment);
    const double unbiased =
        rows > 1 ? static_cast<double>(rows) / static_cast<double>(rows - 1) : 1;
    for (size_t c = 0; c < mean_.size(); ++c) {
      inverse_[c] = static_cast<float>(1.0 / std::sqrt(moment[c] + epsilon_));
      float& mean = pass.inputs[3][c];
      float& variance = pass.inputs[4][c];
      mean += momentum * (mean_[c] - mean);
      variance += momentum * (static_cast<float>(moment[c] * unbiased) - variance);
    }
  }

  float epsilon_;
  int64_t channels_ = 0, rows_ = 0;
  bool trained_ = false;
  std::vector<float> mean_, inverse_, scale_, offset_, a_, b_;
};

}  // namespace

extern const learn::LayerDef batch_norm_layer;
const learn::LayerDef batch_norm_layer{"batch_norm", learn::make_layer<BatchNormLayer>, 0b00110};

}  // namespace mote
