# mote_library(name [HOT | COLD] [STD n] SOURCES ... DEPS ...): a static library of one room.
#   HOT: what it does takes time (training, kernels), so the optimised build spends time on it.
#   COLD: it waits for files, processes and people: not optimised at all in the sanitised build.
# mote_test(name [HOT] SOURCES ... DEPS ... [LABELS ...] [COST n]): a GoogleTest binary, for ctest.
#   HOT              its own code is what takes the time, not what it tests; others' isn't optimised
#   LABELS release   heavy (training, emulated boards): built and run optimised, not sanitised
#   LABELS nightly   over a few seconds even so: run by `./dev test --all` only
#   COST seconds     roughly what it takes in a fresh checkout: ctest starts the longest first, so
#                    that none is left running alone; later it goes by what it has seen
#   A test is part of the default target of the one build in which it runs.
# mote_bench(name SOURCES ... DEPS ...): a Google Benchmark binary run by `./dev bench`.
# mote_fuzz(name SEEDS folder SOURCES ... DEPS ...): a libFuzzer binary run by `./dev fuzz`; in the
#   other builds a test that replays SEEDS, the folder of kept inputs.
# Most of the host's code waits for files and for people: time spent on optimising it is lost.
function(mote_compile_quickly name)
  if(NOT MOTE_BOARD)  # firmware is measured
    target_compile_options(${name} PRIVATE $<$<CONFIG:Release>:-O1>)
  endif()
endfunction()

# Headers that nearly every file of a host target reads, parsed once for the target, where there are
# enough files to earn it. Not the project's own: a file names what it uses, and the builds without
# (fuzz, lint) see to it. DEPS: what else the target's files are likely to read.
function(mote_precompile_headers name)
  cmake_parse_arguments(arg "" "" "SOURCES;DEPS" ${ARGN})
  list(LENGTH arg_SOURCES count)
  if(MOTE_BOARD OR MOTE_FUZZ OR count LESS 8)
    return()
  endif()
  set(headers <algorithm> <array> <cmath> <cstdint> <cstring> <functional> <map> <memory>
    <optional> <set> <span> <sstream> <stdexcept> <string> <string_view> <utility> <variant>
    <vector>)
  if("GTest::gtest" IN_LIST arg_DEPS)
    list(APPEND headers <gmock/gmock.h> <gtest/gtest.h>)
  endif()
  if("nlohmann_json::nlohmann_json" IN_LIST arg_DEPS)
    list(APPEND headers <nlohmann/json.hpp>)
  endif()
  target_precompile_headers(${name} PRIVATE ${headers})
endfunction()

function(mote_library name)
  cmake_parse_arguments(arg "HOT;COLD" "STD" "SOURCES;DEPS" ${ARGN})
  add_library(${name} STATIC ${arg_SOURCES})
  if(NOT arg_STD)
    set(arg_STD 20)
  endif()
  target_compile_features(${name} PUBLIC cxx_std_${arg_STD})
  target_link_libraries(${name} PUBLIC mote_flags ${arg_DEPS})
  if(NOT arg_HOT)
    mote_compile_quickly(${name})
  endif()
  if(arg_STD EQUAL 20)
    mote_precompile_headers(${name} SOURCES ${arg_SOURCES} DEPS ${arg_DEPS})
  endif()
  if(MOTE_SANITIZE AND NOT arg_COLD)  # not for tests: half the time, and what they test runs fast
    target_compile_options(${name} PRIVATE -O1)
  endif()
endfunction()

function(mote_test name)
  if(MOTE_BOARD)  # tests run on the host
    return()
  endif()
  cmake_parse_arguments(arg "HOT" "TIMEOUT;COST" "SOURCES;DEPS;LABELS" ${ARGN})
  add_executable(${name} ${arg_SOURCES})
  target_compile_features(${name} PRIVATE cxx_std_20)
  target_link_libraries(${name} PRIVATE mote_flags ${arg_DEPS} GTest::gtest GTest::gtest_main
    GTest::gmock)
  mote_precompile_headers(${name} SOURCES ${arg_SOURCES} DEPS ${arg_DEPS} GTest::gtest)
  target_compile_definitions(${name} PRIVATE MOTE_SOURCE_DIR="${CMAKE_SOURCE_DIR}")
  if(NOT arg_HOT)
    target_compile_options(${name} PRIVATE $<$<CONFIG:Release>:-O0>)
  endif()
  if(NOT arg_TIMEOUT)
    set(arg_TIMEOUT 300)
  endif()
  if("release" IN_LIST arg_LABELS)
    set(runs_sanitised OFF)
  else()
    set(runs_sanitised ON)
  endif()
  if(MOTE_FUZZ OR NOT (runs_sanitised STREQUAL MOTE_SANITIZE))
    set_target_properties(${name} PROPERTIES EXCLUDE_FROM_ALL ON)
  endif()
  add_test(NAME ${name} COMMAND ${name})
  if(NOT arg_COST)
    set(arg_COST 0)
  endif()
  set_tests_properties(${name} PROPERTIES LABELS "${arg_LABELS}" TIMEOUT ${arg_TIMEOUT}
    COST ${arg_COST})
endfunction()

add_custom_target(benches)
file(WRITE ${CMAKE_BINARY_DIR}/benches.txt "")
function(mote_bench name)
  cmake_parse_arguments(arg "" "" "SOURCES;DEPS" ${ARGN})
  find_package(benchmark REQUIRED)
  add_executable(${name} EXCLUDE_FROM_ALL ${arg_SOURCES})
  target_compile_features(${name} PRIVATE cxx_std_20)
  target_link_libraries(${name} PRIVATE mote_flags ${arg_DEPS} benchmark::benchmark_main)
  add_dependencies(benches ${name})
  file(APPEND ${CMAKE_BINARY_DIR}/benches.txt "${CMAKE_CURRENT_BINARY_DIR}/${name}\n")
endfunction()

add_custom_target(fuzzers)
file(WRITE ${CMAKE_BINARY_DIR}/fuzzers.txt "")
function(mote_fuzz name)
  cmake_parse_arguments(arg "" "SEEDS" "SOURCES;DEPS" ${ARGN})
  get_filename_component(seeds "${arg_SEEDS}" ABSOLUTE)
  if(MOTE_FUZZ)
    add_executable(${name} EXCLUDE_FROM_ALL ${arg_SOURCES})
    target_link_options(${name} PRIVATE -fsanitize=fuzzer)
    add_dependencies(fuzzers ${name})
    file(APPEND ${CMAKE_BINARY_DIR}/fuzzers.txt
      "${CMAKE_CURRENT_BINARY_DIR}/${name} ${seeds}\n")
  else()  # the kept inputs as an ordinary test
    add_executable(${name} ${arg_SOURCES} ${CMAKE_SOURCE_DIR}/fuzz/replay.cpp)
    if(NOT MOTE_SANITIZE)
      set_target_properties(${name} PROPERTIES EXCLUDE_FROM_ALL ON)
    endif()
    add_test(NAME ${name} COMMAND ${name} ${seeds})
  endif()
  target_compile_features(${name} PRIVATE cxx_std_20)
  target_link_libraries(${name} PRIVATE mote_flags ${arg_DEPS})
endfunction()
