// SHA-256 (FIPS 180-4) through OpenSSL.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace mote::data {

class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(Sha256&&) noexcept;
  Sha256& operator=(Sha256&&) noexcept;

  Sha256& add(const void* bytes, size_t size);
  // Adds the length first, so that ("ab","c") and ("a","bc") differ.
  Sha256& add_field(std::string_view text);
  // 64 hex digits. The object takes no more bytes afterwards.
  std::string hex();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// Of a whole file. Throws DataError when it can't be read.
std::string sha256_of_file(const std::string& path);

}  // namespace mote::data
