// The functions of the C library that compilers call by themselves; copies go word by word where
// both ends are aligned.
#include <cstddef>
#include <cstdint>

// Without it the compiler would see memcpy's loop and call memcpy.
#define MOTE_NO_IDIOMS __attribute__((optimize("no-tree-loop-distribute-patterns")))

namespace {

constexpr size_t word_bytes = sizeof(uint32_t);
using Word = uint32_t __attribute__((may_alias));

bool aligned(const void* a, const void* b) {
  return ((reinterpret_cast<uintptr_t>(a) | reinterpret_cast<uintptr_t>(b)) % word_bytes) == 0;
}

// From the lowest address on, four words at a time: right too where `to` lies below `from` and both
// overlap, since words that are aligned to each other differ by whole words.
MOTE_NO_IDIOMS void copy_forward(uint8_t* to, const uint8_t* from, size_t size) {
  if (aligned(to, from)) {
    auto* t = reinterpret_cast<Word*>(to);
    const auto* f = reinterpret_cast<const Word*>(from);
    for (; size >= 4 * word_bytes; size -= 4 * word_bytes, t += 4, f += 4) {
      const Word a = f[0], b = f[1], c = f[2], d = f[3];
      t[0] = a;
      t[1] = b;
      t[2] = c;
      t[3] = d;
    }
    for (; size >= word_bytes; size -= word_bytes) *t++ = *f++;
    to = reinterpret_cast<uint8_t*>(t);
    from = reinterpret_cast<const uint8_t*>(f);
  }
#pragma GCC unroll 4
  for (const uint8_t* const end = from + size; from != end;) *to++ = *from++;
}

}  // namespace

extern "C" {

MOTE_NO_IDIOMS void* memcpy(void* __restrict to, const void* __restrict from, size_t size) {
  copy_forward(static_cast<uint8_t*>(to), static_cast<const uint8_t*>(from), size);
  return to;
}

MOTE_NO_IDIOMS void* memmove(void* to, const void* from, size_t size) {
  auto* t = static_cast<uint8_t*>(to);
  const auto* f = static_cast<const uint8_t*>(from);
  if (t <= f || t >= f + size) {
    copy_forward(t, f, size);
  } else {
    for (size_t i = size; i > 0; --i) t[i - 1] = f[i - 1];
  }
  return to;
}

MOTE_NO_IDIOMS void* memset(void* to, int value, size_t size) {
  auto* t = static_cast<uint8_t*>(to);
  const auto byte = static_cast<uint8_t>(value);
  for (; size > 0 && reinterpret_cast<uintptr_t>(t) % word_bytes != 0; --size) *t++ = byte;
  auto* tw = reinterpret_cast<Word*>(t);
  for (const Word word = byte * 0x01010101u; size >= word_bytes; size -= word_bytes) *tw++ = word;
  t = reinterpret_cast<uint8_t*>(tw);
  for (; size > 0; --size) *t++ = byte;
  return to;
}

MOTE_NO_IDIOMS int memcmp(const void* a, const void* b, size_t size) {
  const auto* x = static_cast<const uint8_t*>(a);
  const auto* y = static_cast<const uint8_t*>(b);
  for (size_t i = 0; i < size; ++i) {
    if (x[i] != y[i]) return x[i] < y[i] ? -1 : 1;
  }
  return 0;
}

MOTE_NO_IDIOMS size_t strlen(const char* text) {
  size_t size = 0;
  while (text[size] != '\0') ++size;
  return size;
}
}
