# Language level, warnings and floating-point rules shared by every target.
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
if(NOT MOTE_BOARD)  # firmware runs where it was linked; a table of offsets would only cost
  set(CMAKE_POSITION_INDEPENDENT_CODE ON)
endif()

find_program(MOTE_CCACHE ccache)
if(MOTE_CCACHE)
  # Without this ccache hands every file that reads a precompiled header on to the compiler.
  set(CMAKE_CXX_COMPILER_LAUNCHER env CCACHE_SLOPPINESS=pch_defines,time_macros ${MOTE_CCACHE})
  set(CMAKE_C_COMPILER_LAUNCHER ${MOTE_CCACHE})
endif()

add_library(mote_flags INTERFACE)
target_include_directories(mote_flags INTERFACE ${CMAKE_SOURCE_DIR})
# A contracted multiply-add rounds once where two operations round twice: results would differ
# between cores, so contraction is off everywhere.
# Integer overflow wraps: sums over a corrupt package's constants must be defined on every core.
target_compile_options(mote_flags INTERFACE -Wall -Wextra -Wshadow -Werror -ffp-contract=off
  -fwrapv)
# GCC 12 warns wrongly about std::string and std::vector at -O2 and up (gcc.gnu.org/PR105651,
# PR104475); the sanitizers of host-debug look for the real thing.
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  target_compile_options(mote_flags INTERFACE -Wno-restrict -Wno-array-bounds
    -Wno-stringop-overflow -Wno-stringop-overread)
  if(NOT MOTE_BOARD)
    target_compile_options(mote_flags INTERFACE -fpch-preprocess)  # for ccache, as above
  endif()
endif()
if(MOTE_SANITIZE)
  target_compile_options(mote_flags INTERFACE -fsanitize=address,undefined -fno-omit-frame-pointer
    -fno-sanitize-recover=all)
  # GCC's instrumentation makes -Wmaybe-uninitialized cry wolf inside the standard library; the
  # optimised build keeps that warning. Clang has no such warning.
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    target_compile_options(mote_flags INTERFACE -Wno-maybe-uninitialized)
  endif()
  # What the address sanitizer finds when such a pointer is used, or the optimised build's warnings:
  # a seventh of the time to compile. The fuzzers look for these too.
  if(NOT MOTE_FUZZ)
    target_compile_options(mote_flags INTERFACE -fno-sanitize=null,vptr,object-size,pointer-overflow
      -fno-sanitize=nonnull-attribute,returns-nonnull-attribute,return)
  endif()
  target_link_options(mote_flags INTERFACE -fsanitize=address,undefined)
endif()
if(MOTE_FUZZ)
  target_compile_options(mote_flags INTERFACE -fsanitize=fuzzer-no-link)
endif()
