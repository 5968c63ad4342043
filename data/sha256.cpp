#include "data/sha256.hpp"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <array>
#include <fstream>
#include <vector>

#include "data/recording.hpp"

namespace mote::data {

struct Sha256::State {
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  ~State() { EVP_MD_CTX_free(context); }
};

Sha256::Sha256() : state_(std::make_unique<State>()) {
  if (EVP_DigestInit_ex(state_->context, EVP_sha256(), nullptr) != 1) {
    throw DataError("OpenSSL offers no SHA-256; check its configuration (openssl.cnf)");
  }
}
Sha256::~Sha256() = default;
Sha256::Sha256(Sha256&&) noexcept = default;
Sha256& Sha256::operator=(Sha256&&) noexcept = default;

Sha256& Sha256::add(const void* bytes, size_t size) {
  if (EVP_DigestUpdate(state_->context, bytes, size) != 1) throw DataError("SHA-256 failed");
  return *this;
}

Sha256& Sha256::add_field(std::string_view text) {
  std::array<unsigned char, 8> size{};
  for (size_t i = 0; i < size.size(); ++i) {
    size[i] = static_cast<unsigned char>(static_cast<uint64_t>(text.size()) >> (8 * i));
  }
  return add(size.data(), size.size()).add(text.data(), text.size());
}

std::string Sha256::hex() {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int size = 0;
  if (EVP_DigestFinal_ex(state_->context, digest.data(), &size) != 1) {
    throw DataError("SHA-256 failed");
  }
  std::string text;
  for (unsigned int i = 0; i < size; ++i) text += fmt::format("{:02x}", digest[i]);
  return text;
}

std::string sha256_of_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw DataError(path + ": can't be read");
  Sha256 sha;
  std::vector<char> block(1 << 20);
  while (file) {
    file.read(block.data(), static_cast<std::streamsize>(block.size()));
    sha.add(block.data(), static_cast<size_t>(file.gcount()));
  }
  if (file.bad()) throw DataError(path + ": reading failed half-way");
  return sha.hex();
}

}  // namespace mote::data
