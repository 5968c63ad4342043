#include "compiler/ir/scaled_requantization.hpp"

#include <algorithm>
#include <cstdlib>

namespace mote::ir {
namespace {

int64_t floor_divide(int64_t a, int64_t b) {
  return a / b - (a % b < 0 ? 1 : 0);
}
int64_t ceil_divide(int64_t a, int64_t b) {
  return -floor_divide(-a, b);
}

// The least sum whose output is v or more.
int64_t step(const ShiftedRequantization& exact, int64_t v, bool sign_counts) {
  const auto least = [&](int32_t sign) {
    const int64_t steps = (v << exact.shift) - exact.addend - sign;
    return ceil_divide((2 * steps - 1) * (int64_t{1} << 30), exact.multiplier);
  };
  const int64_t sum = least(0);
  // Among negative sums the rule with the sign counts.
  return sign_counts && sum <= 0 ? std::min<int64_t>(least(-1), 0) : sum;
}

// What 2^32 * addend + 2^31 + correction * multiplier may be: [lowest, highest).
struct Window {
  int64_t lowest = INT64_MIN;
  int64_t highest = INT64_MAX;
};

Window find_window(const ShiftedRequantization& exact, int64_t bound,
                   const RequantizationForm& form, int64_t multiplier, int32_t shift) {
  const int64_t unit = int64_t{1} << form.scale;
  Window window;
  for (int64_t v = -127; v <= 127; ++v) {
    const auto missing = [&](int64_t sum) {
      const int64_t sign = form.sign && sum < 0 ? unit / 2 : 0;
      return ((v << shift) + sign) * (int64_t{1} << 32) - unit * sum * multiplier;
    };
    const int64_t sum = step(exact, v, form.sign);
    // On both sides of the step, as far as sums go.
    if (sum <= bound) window.lowest = std::max(window.lowest, missing(std::max(sum, -bound)));
    if (sum > -bound) window.highest = std::min(window.highest, missing(std::min(sum - 1, bound)));
  }
  // Where every output is -128 there is no step to stay above.
  if (window.lowest == INT64_MIN) window.lowest = window.highest - (int64_t{1} << 33);
  return window;
}

}  // namespace

std::optional<ScaledRequantization> scaled_requantization(const ShiftedRequantization& exact,
                                                          int64_t bound,
                                                          const RequantizationForm& form) {
  // Products stay below 2^63, and sums below 2^31.
  constexpr int32_t shift_max = 22;
  constexpr int64_t correction_max = 1 << 20;
  const int64_t unit = int64_t{1} << form.scale;
  if (exact.shift > 23 || unit * bound + correction_max >= int64_t{1} << 31) return std::nullopt;
  const int32_t full_shift = exact.shift + form.scale - 1;
  const int32_t shift = std::min(full_shift, shift_max);
  const int32_t dropped = full_shift - shift;
  const auto with = [&](int64_t correction, int64_t multiplier,
                        int64_t addend) -> std::optional<ScaledRequantization> {
    const int64_t largest = std::llabs(addend) + unit * bound / 2 + unit + correction_max;
    if (largest >= int64_t{1} << 31) return std::nullopt;
    return ScaledRequantization{static_cast<int32_t>(correction), static_cast<int32_t>(multiplier),
                                static_cast<int32_t>(addend), shift};
  };
  if (exact.multiplier == 0) {
    return with(0, 0, floor_divide(int64_t{exact.addend} * unit, int64_t{2} << dropped));
  }
  // A correction must not change the sum's sign where that counts.
  const int64_t candidates = form.sign ? unit : 2 * correction_max;
  const int64_t half = dropped == 0 ? 0 : int64_t{1} << (dropped - 1);
  for (const int32_t nearby : {0, 1, -1, 2, -2, 3, -3}) {
    const int64_t multiplier = ((exact.multiplier + half) >> dropped) + nearby;
    if (multiplier > INT32_MAX) continue;
    const Window window = find_window(exact, bound, form, multiplier, shift);
    if (window.lowest >= window.highest) continue;
    for (int64_t i = 0; i < candidates; ++i) {
      const int64_t correction = form.sign ? i : (i % 2 == 1 ? -(i + 1) / 2 : i / 2);
      const int64_t fixed = (int64_t{1} << 31) + correction * multiplier;
      const int64_t addend = ceil_divide(window.lowest - fixed, int64_t{1} << 32);
      if (addend * (int64_t{1} << 32) + fixed < window.highest) {
        return with(correction, multiplier, addend);
      }
    }
  }
  return std::nullopt;
}

}  // namespace mote::ir
