// Row schedules: when a chain of layers computes which rows, so that only a few rows of what lies
// between the layers are kept.
//
// A chain runs in iterations. In each, its last layer makes `band` further rows, and every layer
// before it the rows that are needed for those and don't exist yet: no row is computed twice. The
// first iterations only lead in: layers make as many rows as in any other, until there are enough
// for the last one's first. A tensor inside the chain keeps its newest rows, oldest first, in a
// buffer that is moved to the front after each iteration.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <vector>

namespace mote::plan {

struct RowRange {
  int32_t first = 0;
  int32_t end = 0;
  int32_t count() const { return end - first; }
  bool operator==(const RowRange&) const = default;
};

// Row r of an output is made of rows [r * stride - pad_top, r * stride - pad_top + reach) of an
// input; those outside [0, height) are padding.
struct RowWindow {
  int32_t reach = 1;  // > pad_top
  int32_t stride = 1;
  int32_t pad_top = 0;
};

struct RowInput {
  int32_t tensor = 0;  // index in RowChain::tensors
  RowWindow window;
};

// A layer. One without inputs takes its rows from outside of the arena.
struct RowStage {
  std::vector<RowInput> inputs;
  int32_t output = 0;  // index in RowChain::tensors; -1: takes its inputs' rows and makes none
};

struct RowTensor {
  int32_t height = 0;
  bool whole = false;  // all rows have their place: what goes into the chain and what comes out
};

struct RowChain {
  std::vector<RowTensor> tensors;
  std::vector<RowStage> stages;  // in order; every tensor that isn't whole is made by one of them
};

class RowSchedule {
 public:
  // band: rows that the last stage makes (or takes, when it has no output) in an iteration, >= 1.
  // No value when the chain can't run that way.
  static std::optional<RowSchedule> make(const RowChain& chain, int32_t band);

  int32_t iterations() const { return iterations_; }

  // Rows that the stage makes (or takes) in an iteration; may be none.
  RowRange rows(size_t stage, int32_t iteration) const;
  // Rows of the stage's input that it reads for rows(): those outside the image are left out.
  RowRange reads(size_t stage, size_t input, int32_t iteration) const;
  // Padding above the first of them.
  int32_t pad_top(size_t stage, size_t input, int32_t iteration) const;

  // Of a tensor that isn't whole: the row at the front of its buffer, negative where the buffer
  // begins with room for rows that there are not.
  int32_t front(int32_t tensor, int32_t iteration) const;
  // Rows that its buffer holds at most.
  int32_t held(int32_t tensor) const;
  // Rows that the iteration leaves to the next.
  int32_t kept(int32_t tensor, int32_t iteration) const;
  bool keeps_any(int32_t tensor) const;

  // First row that this iteration and later ones read; the height when none is.
  int32_t first_read(int32_t tensor, int32_t iteration) const;

 private:
  explicit RowSchedule(const RowChain& chain) : chain_(chain) {}
  bool compute(int32_t band);
  std::vector<int32_t> needed(int32_t rows) const;
  void compute_fronts();
  // Rows made before an iteration begins.
  int32_t before(int32_t tensor, int32_t iteration) const {
    return iteration == 0 ? 0 : made_[static_cast<size_t>(tensor)][size_t(iteration) - 1];
  }
  int32_t height(int32_t tensor) const { return chain_.tensors[size_t(tensor)].height; }
  int32_t driver() const;

  RowChain chain_;
  int32_t iterations_ = 0;
  std::vector<std::vector<int32_t>> made_;  // [tensor][iteration]: rows made (or needed) by its end
  std::vector<std::vector<int32_t>> front_;  // [tensor][iteration]
};

}  // namespace mote::plan
