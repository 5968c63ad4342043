// Resource variables of a .tflite file: state that VAR_HANDLE names, CALL_ONCE initialises, and
// READ_VARIABLE and ASSIGN_VARIABLE use.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>

#include "compiler/import/tflite_file.hpp"

namespace mote::tflite {

struct Resource {
  int32_t like = -1;                 // tensor of the main graph with its type and shape; -1: none
  std::span<const uint8_t> initial;  // bytes of the file; empty: the zero point, else 0
};

class Resources {
 public:
  // Throws ir::GraphError when an initialising graph does anything but assign constants.
  explicit Resources(const File& file);

  // Name of the variable that a tensor of the main graph is the handle of; throws ir::GraphError
  // when there is none.
  const std::string& name(int32_t handle) const;
  const Resource& at(const std::string& name) const { return all_.at(name); }

  // Whether the operator only names or initialises variables, so that no node comes of it.
  static bool is_declaration(int32_t builtin_code);

 private:
  void read_main(const File& file);
  void initialise(const File& file, int32_t graph);

  std::map<int32_t, std::string> names_;  // by handle, a tensor of the main graph
  std::map<std::string, Resource> all_;
};

}  // namespace mote::tflite
