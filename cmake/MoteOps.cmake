# Generates the op table (host) and kernel tables (device) from the op folders.

# mote_op_halves(suffix variable_suffix type): of every ops/*/NAME/NAME<suffix>, sorted by name,
# sets `declarations` ("extern const TYPE NAME<variable_suffix>;") and `entries` (lines of a table).
function(mote_op_halves suffix variable_suffix type)
  file(GLOB halves CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/ops/*/*/*${suffix})
  set(names "")
  foreach(half ${halves})
    get_filename_component(name ${half} NAME)
    string(REPLACE "${suffix}" "" name ${name})
    list(APPEND names ${name})
  endforeach()
  list(SORT names)
  set(declarations "")
  set(entries "")
  foreach(name ${names})
    string(APPEND declarations "extern const ${type} ${name}${variable_suffix};\n")
    string(APPEND entries "    &${name}${variable_suffix},\n")
  endforeach()
  set(declarations "${declarations}" PARENT_SCOPE)
  set(entries "${entries}" PARENT_SCOPE)
endfunction()

# mote_generate_op_table(out_var): a source file with all_ops() over every ops/*/NAME/NAME.op.cpp.
function(mote_generate_op_table out_var)
  mote_op_halves(.op.cpp _op ir::OpDef)
  set(file ${CMAKE_BINARY_DIR}/generated/op_table.cpp)
  file(CONFIGURE OUTPUT ${file} CONTENT [[
#include "compiler/ir/op.hpp"

namespace mote {
@declarations@
std::span<const ir::OpDef* const> ir::all_ops() {
  static const OpDef* const table[] = {
@entries@  };
  return table;
}
}  // namespace mote
]] @ONLY)
  set(${out_var} ${file} PARENT_SCOPE)
endfunction()

# mote_generate_layer_table(out_var): a source file with all_layers() over every
# ops/*/NAME/NAME.layer.cpp.
function(mote_generate_layer_table out_var)
  mote_op_halves(.layer.cpp _layer learn::LayerDef)
  set(file ${CMAKE_BINARY_DIR}/generated/layer_table.cpp)
  file(CONFIGURE OUTPUT ${file} CONTENT [[
#include "learn/layer.hpp"

namespace mote {
@declarations@
std::span<const learn::LayerDef* const> learn::all_layers() {
  static const LayerDef* const table[] = {
@entries@  };
  return table;
}
}  // namespace mote
]] @ONLY)
  set(${out_var} ${file} PARENT_SCOPE)
endfunction()

# mote_generate_kernel_table(out_var NAME isa...): a source file defining
# `extern const mote::KernelTable NAME` with every kernel of the given instruction sets, by id.
function(mote_generate_kernel_table out_var table_name)
  file(GLOB lists CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/ops/*/*/kernels.inc)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${lists})
  set(lines "")
  set(includes "")
  foreach(inc ${lists})
    get_filename_component(folder ${inc} DIRECTORY)
    file(RELATIVE_PATH folder ${CMAKE_SOURCE_DIR} ${folder})
    file(STRINGS ${inc} kernels REGEX "^MOTE_KERNEL\\(")
    foreach(kernel ${kernels})
      set(id_symbol_params "(0x[0-9a-f]+), ([a-z0-9_]+), ([A-Za-z0-9_]+)")
      string(REGEX MATCH
        "^MOTE_KERNEL\\(${id_symbol_params}, ([0-9]+), ([0-9]+), ([a-z0-9_]+), ([a-z0-9]+), "
        matched "${kernel}")
      if(NOT matched)
        message(FATAL_ERROR "${inc}: can't read this line: ${kernel}")
      endif()
      set(id ${CMAKE_MATCH_1})
      set(symbol ${CMAKE_MATCH_2})
      set(sizes "${CMAKE_MATCH_4}, ${CMAKE_MATCH_5}, ${CMAKE_MATCH_6}")
      set(entry "MOTE_KERNEL_ENTRY(${id}, ${symbol}, ${CMAKE_MATCH_3}, ${sizes})")
      if(CMAKE_MATCH_7 IN_LIST ARGN)
        list(APPEND lines "    ${entry},")
        list(APPEND includes "#include \"${folder}/${symbol}.hpp\"")
      endif()
    endforeach()
  endforeach()
  list(SORT lines)
  list(SORT includes)
  list(JOIN lines "\n" lines)
  list(JOIN includes "\n" includes)
  set(file ${CMAKE_BINARY_DIR}/generated/${table_name}.cpp)
  file(CONFIGURE OUTPUT ${file} CONTENT [[
@includes@

namespace mote {
namespace {
const KernelEntry entries[] = {
@lines@
};
}  // namespace

extern const KernelTable @table_name@;
const KernelTable @table_name@{entries, sizeof(entries) / sizeof(entries[0])};
}  // namespace mote
]] @ONLY)
  set(${out_var} ${file} PARENT_SCOPE)
endfunction()
