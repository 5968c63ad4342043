// Float arrays aligned for vector instructions.
#pragma once

#include <cstddef>
#include <new>
#include <vector>

namespace mote::learn {

template <class T>
struct CacheLineAllocator {
  using value_type = T;
  static constexpr std::align_val_t alignment{64};

  CacheLineAllocator() = default;
  template <class U>
  CacheLineAllocator(const CacheLineAllocator<U>&) {}

  T* allocate(size_t count) {
    return static_cast<T*>(::operator new(count * sizeof(T), alignment));
  }
  void deallocate(T* memory, size_t) { ::operator delete(memory, alignment); }
  template <class U>
  bool operator==(const CacheLineAllocator<U>&) const {
    return true;
  }
};

using Buffer = std::vector<float, CacheLineAllocator<float>>;

}  // namespace mote::learn
