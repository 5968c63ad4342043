// Functions of two quantised values, shared by the int8 and int16 kernels.
#pragma once

#include "core/fixed_point.hpp"
#include "ops/shared/binary/binary.hpp"

namespace mote {

template <class P>
struct BinaryRescaled {
  const P& p;

  MOTE_INLINE int32_t left(int32_t a) const {
    return multiply_by_quantized_multiplier((a - p.a_zero) * (1 << p.left_shift), p.a_multiplier,
                                            p.a_shift);
  }
  MOTE_INLINE int32_t right(int32_t b) const {
    return multiply_by_quantized_multiplier((b - p.b_zero) * (1 << p.left_shift), p.b_multiplier,
                                            p.b_shift);
  }
  MOTE_INLINE int32_t finish(int32_t value) const {
    const int32_t y = multiply_by_quantized_multiplier(value, p.output_multiplier, p.output_shift) +
                      p.output_zero;
    return clamp(y, p.activation_min, p.activation_max);
  }
  MOTE_INLINE int32_t prelu(int32_t a, int32_t b) const {
    const int32_t centred = a - p.a_zero;
    if (centred < 0) return finish(centred * (b - p.b_zero));
    const int32_t y =
        multiply_by_quantized_multiplier(centred, p.a_multiplier, p.a_shift) + p.output_zero;
    return clamp(y, p.activation_min, p.activation_max);
  }
  MOTE_INLINE int32_t operator()(int32_t a, int32_t b) const {
    if (p.function == static_cast<int32_t>(BinaryFunction::add)) return finish(left(a) + right(b));
    if (p.function == static_cast<int32_t>(BinaryFunction::subtract)) {
      return finish(left(a) - right(b));
    }
    if (p.function == static_cast<int32_t>(BinaryFunction::squared_difference)) {
      const int32_t difference = left(a) - right(b);
      return finish(difference * difference);
    }
    if (p.function == static_cast<int32_t>(BinaryFunction::multiply)) {
      return finish((a - p.a_zero) * (b - p.b_zero));
    }
    if (p.function == static_cast<int32_t>(BinaryFunction::maximum)) return a > b ? a : b;
    if (p.function == static_cast<int32_t>(BinaryFunction::minimum)) return a < b ? a : b;
    if (p.function == static_cast<int32_t>(BinaryFunction::prelu)) return prelu(a, b);
    return binary_compare(p.function, left(a), right(b)) ? 1 : 0;
  }
};

}  // namespace mote
