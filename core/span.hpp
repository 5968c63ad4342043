// A pointer and a length: the freestanding C++17 side's view of memory that someone else owns.
#pragma once

#include <cstddef>
#include <cstdint>

namespace mote {

template <class T>
struct Span {
  T* data = nullptr;
  size_t size = 0;  // elements

  constexpr Span() = default;
  constexpr Span(T* d, size_t n) : data(d), size(n) {}
  template <size_t n>
  constexpr Span(T (&array)[n]) : data(array), size(n) {}
  constexpr operator Span<const T>() const { return {data, size}; }

  constexpr T& operator[](size_t i) const { return data[i]; }
  constexpr T* begin() const { return data; }
  constexpr T* end() const { return data + size; }
  constexpr bool empty() const { return size == 0; }
  // The part from `offset` on, clipped to what there is.
  constexpr Span drop(size_t offset) const {
    return offset > size ? Span{data + size, 0} : Span{data + offset, size - offset};
  }
};

using Bytes = Span<uint8_t>;
using ConstBytes = Span<const uint8_t>;

}  // namespace mote
