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

# mote_read_kernels(): sets `kernels` to "<id>|<symbol>|<params>|<sizes>|<isa>|<header>" for each
# line of the op folders' kernels.inc, sorted by id.
function(mote_read_kernels)
  file(GLOB lists CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/ops/*/*/kernels.inc)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${lists})
  set(kernels "")
  foreach(inc ${lists})
    get_filename_component(folder ${inc} DIRECTORY)
    file(RELATIVE_PATH folder ${CMAKE_SOURCE_DIR} ${folder})
    file(STRINGS ${inc} lines REGEX "^MOTE_KERNEL\\(")
    foreach(line ${lines})
      set(id_symbol_params "(0x[0-9a-f]+), ([a-z0-9_]+), ([A-Za-z0-9_]+)")
      string(REGEX MATCH
        "^MOTE_KERNEL\\(${id_symbol_params}, ([0-9]+), ([0-9]+), ([a-z0-9_]+), ([a-z0-9]+), "
        matched "${line}")
      if(NOT matched)
        message(FATAL_ERROR "${inc}: can't read this line: ${line}")
      endif()
      set(sizes "${CMAKE_MATCH_4}, ${CMAKE_MATCH_5}, ${CMAKE_MATCH_6}")
      list(APPEND kernels "${CMAKE_MATCH_1}|${CMAKE_MATCH_2}|${CMAKE_MATCH_3}|${sizes}|\
${CMAKE_MATCH_7}|${folder}/${CMAKE_MATCH_2}.hpp")
    endforeach()
  endforeach()
  list(SORT kernels)
  set(kernels "${kernels}" PARENT_SCOPE)
endfunction()

# mote_generate_kernel_table(out_var NAME ISAS isa... [ACCELERATED isa...]): a source file defining
# `extern const mote::KernelTable NAME` with every kernel of the given instruction sets, by id.
# Those of ACCELERATED are what mote_generate_kernel_runs() makes where the CPU has their set.
function(mote_generate_kernel_table out_var table_name)
  cmake_parse_arguments(arg "" "" "ISAS;ACCELERATED" ${ARGN})
  mote_read_kernels()
  set(lines "")
  set(runs "")
  set(includes "")
  foreach(kernel ${kernels})
    string(REPLACE "|" ";" kernel "${kernel}")
    list(GET kernel 0 id)
    list(GET kernel 1 symbol)
    list(GET kernel 2 params)
    list(GET kernel 3 sizes)
    list(GET kernel 4 isa)
    list(GET kernel 5 header)
    if(isa IN_LIST arg_ACCELERATED)
      list(APPEND lines "    MOTE_ACCELERATED(${isa}, ${id}, ${symbol}, ${params}, ${sizes}),")
      list(APPEND runs "extern \"C\" void mote_run_${id}(const void*, void* const*)\\;")
      list(APPEND includes "#include \"${header}\"")
    elseif(isa IN_LIST arg_ISAS)
      list(APPEND lines "    MOTE_KERNEL_ENTRY(${id}, ${symbol}, ${params}, ${sizes}),")
      list(APPEND includes "#include \"${header}\"")
    endif()
  endforeach()
  list(SORT includes)
  set(cpu "")
  if(runs)
    set(cpu [[
#include "device/vm/cpu.hpp"

namespace mote {
namespace {
constexpr KernelEntry accelerated(KernelEntry entry, KernelRun run) {
  entry.run = run;
  return entry;
}
}  // namespace
}  // namespace mote

#define MOTE_ACCELERATED(ISA, ID, NAME, PARAMS, READS, WRITES, CHECK)                        \
  accelerated(MOTE_KERNEL_ENTRY(ID, NAME, PARAMS, READS, WRITES, CHECK),                     \
              [](const void* params, void* const* operands) {                                \
                if (cpu_runs(Isa::ISA)) return mote_run_##ID(params, operands);              \
                NAME(*static_cast<const PARAMS*>(params), operands);                         \
              })
]])
  endif()
  list(JOIN lines "\n" lines)
  list(JOIN runs "\n" runs)
  list(JOIN includes "\n" includes)
  set(file ${CMAKE_BINARY_DIR}/generated/${table_name}.cpp)
  file(CONFIGURE OUTPUT ${file} CONTENT [[
@includes@
@cpu@
@runs@

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

# mote_generate_kernel_runs(out_var isa): a source file defining a function `mote_run_<id>` for each
# kernel of the instruction set, to be compiled for it.
function(mote_generate_kernel_runs out_var wanted)
  mote_read_kernels()
  set(lines "")
  set(includes "")
  foreach(kernel ${kernels})
    string(REPLACE "|" ";" kernel "${kernel}")
    list(GET kernel 0 id)
    list(GET kernel 1 symbol)
    list(GET kernel 2 params)
    list(GET kernel 4 isa)
    list(GET kernel 5 header)
    if(isa STREQUAL wanted)
      list(APPEND lines "MOTE_RUN(${id}, ${symbol}, ${params})")
      list(APPEND includes "#include \"${header}\"")
    endif()
  endforeach()
  list(SORT includes)
  list(JOIN lines "\n" lines)
  list(JOIN includes "\n" includes)
  set(file ${CMAKE_BINARY_DIR}/generated/kernel_runs_${wanted}.cpp)
  file(CONFIGURE OUTPUT ${file} CONTENT [[
@includes@

#define MOTE_RUN(ID, NAME, PARAMS)                                                    \
  extern "C" void mote_run_##ID(const void* params, void* const* operands) {          \
    mote::NAME(*static_cast<const mote::PARAMS*>(params), operands);                  \
  }
@lines@
]] @ONLY)
  set(${out_var} ${file} PARENT_SCOPE)
endfunction()
