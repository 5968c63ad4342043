#include "compiler/plan/rows.hpp"

namespace mote::plan {

// The tensor whose rows the last stage counts.
int32_t RowSchedule::driver() const {
  const RowStage& last = chain_.stages.back();
  return last.output >= 0 ? last.output : last.inputs.front().tensor;
}

std::optional<RowSchedule> RowSchedule::make(const RowChain& chain, int32_t band) {
  if (chain.stages.empty() || band < 1) return std::nullopt;
  RowSchedule schedule(chain);
  if (!schedule.compute(band)) return std::nullopt;
  return schedule;
}

// Rows of every tensor that there have to be for the first `rows` of the last stage. Without a
// bound below: how far it is below 1 tells how much later the first row is needed.
std::vector<int32_t> RowSchedule::needed(int32_t rows) const {
  std::vector<int32_t> made(chain_.tensors.size(), INT32_MIN);
  const int32_t from = driver();
  made[size_t(from)] = std::min(height(from), rows);
  for (size_t s = chain_.stages.size(); s-- > 0;) {
    const RowStage& stage = chain_.stages[s];
    for (const RowInput& input : stage.inputs) {
      int32_t& own = made[size_t(input.tensor)];
      int32_t end = made[size_t(from)];
      if (stage.output >= 0) {
        const RowWindow& window = input.window;
        end = (made[size_t(stage.output)] - 1) * window.stride - window.pad_top + window.reach;
      }
      own = std::max(own, std::min(end, height(input.tensor)));
    }
  }
  return made;
}

bool RowSchedule::compute(int32_t band) {
  for (const RowStage& stage : chain_.stages) {
    for (const RowInput& input : stage.inputs) {
      if (input.window.reach <= input.window.pad_top) return false;
    }
  }
  const auto any_made = [this](const std::vector<int32_t>& made) {
    return std::ranges::any_of(chain_.stages, [&](const RowStage& stage) {
      return stage.output >= 0 && made[size_t(stage.output)] > 0;
    });
  };
  int32_t rows = band;
  while (any_made(needed(rows - band))) rows -= band;
  made_.resize(chain_.tensors.size());
  for (const int32_t end = height(driver()); rows < end + band; rows += band) {
    const std::vector<int32_t> made = needed(rows);
    for (size_t t = 0; t < made.size(); ++t) made_[t].push_back(std::max(made[t], 0));
    ++iterations_;
  }
  compute_fronts();
  for (size_t s = 0; s < chain_.stages.size(); ++s) {
    for (int32_t i = 0; i < iterations_; ++i) {
      for (size_t k = 0; k < chain_.stages[s].inputs.size() && this->rows(s, i).count() > 0; ++k) {
        if (reads(s, k, i).count() < 1) return false;
      }
    }
  }
  return true;
}

// From the second iteration on the front is the first row that any reader will look at, negative
// in padding, so that it moves by equal steps until readers come to the end.
void RowSchedule::compute_fronts() {
  front_.assign(chain_.tensors.size(), std::vector<int32_t>(size_t(iterations_), 0));
  for (size_t t = 0; t < chain_.tensors.size(); ++t) {
    std::vector<int32_t>& front = front_[t];
    const auto tensor = static_cast<int32_t>(t);
    for (int32_t i = 1; i < iterations_; ++i) {
      int32_t first = before(tensor, i);
      for (const RowStage& stage : chain_.stages) {
        for (const RowInput& input : stage.inputs) {
          if (input.tensor != tensor) continue;
          const int32_t out = stage.output < 0 ? tensor : stage.output;
          const int32_t next = before(out, i);
          if (next >= height(out)) continue;
          first = std::min(first, next * input.window.stride - input.window.pad_top);
        }
      }
      front[size_t(i)] = first;
    }
    if (iterations_ < 2) continue;
    const int32_t step = made_[t][1] - made_[t][0];
    front[0] = std::min(0, front[1] - step);
  }
}

RowRange RowSchedule::rows(size_t stage, int32_t iteration) const {
  const int32_t output = chain_.stages[stage].output;
  const int32_t tensor = output < 0 ? driver() : output;
  return {before(tensor, iteration), made_[size_t(tensor)][size_t(iteration)]};
}

RowRange RowSchedule::reads(size_t stage, size_t input, int32_t iteration) const {
  const RowInput& from = chain_.stages[stage].inputs[input];
  const RowRange made = rows(stage, iteration);
  const RowWindow& window = from.window;
  const int32_t first = made.first * window.stride - window.pad_top;
  const int32_t end = (made.end - 1) * window.stride - window.pad_top + window.reach;
  return {std::max(first, 0), std::min(end, height(from.tensor))};
}

int32_t RowSchedule::pad_top(size_t stage, size_t input, int32_t iteration) const {
  const RowWindow& window = chain_.stages[stage].inputs[input].window;
  return std::max(0, window.pad_top - rows(stage, iteration).first * window.stride);
}

int32_t RowSchedule::front(int32_t tensor, int32_t iteration) const {
  return front_[size_t(tensor)][size_t(iteration)];
}

int32_t RowSchedule::held(int32_t tensor) const {
  int32_t most = 0;
  for (int32_t i = 0; i < iterations_; ++i) {
    most = std::max(most, made_[size_t(tensor)][size_t(i)] - front(tensor, i));
  }
  return most;
}

int32_t RowSchedule::kept(int32_t tensor, int32_t iteration) const {
  if (iteration + 1 >= iterations_) return 0;
  return std::max(0, made_[size_t(tensor)][size_t(iteration)] - front(tensor, iteration + 1));
}

bool RowSchedule::keeps_any(int32_t tensor) const {
  for (int32_t i = 0; i < iterations_; ++i) {
    if (kept(tensor, i) > 0) return true;
  }
  return false;
}

int32_t RowSchedule::first_read(int32_t tensor, int32_t iteration) const {
  int32_t first = height(tensor);
  for (size_t s = 0; s < chain_.stages.size(); ++s) {
    for (size_t k = 0; k < chain_.stages[s].inputs.size(); ++k) {
      if (chain_.stages[s].inputs[k].tensor != tensor) continue;
      for (int32_t i = iteration; i < iterations_; ++i) {
        if (rows(s, i).count() == 0) continue;
        first = std::min(first, reads(s, k, i).first);
        break;
      }
    }
  }
  return first;
}

}  // namespace mote::plan
