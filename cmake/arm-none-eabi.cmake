# Toolchain for the virtual Cortex-M boards; MOTE_BOARD chooses the core.
set(CMAKE_SYSTEM_NAME Generic)
set(CMAKE_SYSTEM_PROCESSOR arm)
set(CMAKE_C_COMPILER arm-none-eabi-gcc)
set(CMAKE_CXX_COMPILER arm-none-eabi-g++)
set(CMAKE_TRY_COMPILE_TARGET_TYPE STATIC_LIBRARY)
list(APPEND CMAKE_TRY_COMPILE_PLATFORM_VARIABLES MOTE_BOARD)

if(MOTE_BOARD STREQUAL "mps2-an385")
  set(mote_cpu "-mcpu=cortex-m3 -mthumb -mfloat-abi=soft")
elseif(MOTE_BOARD STREQUAL "mps2-an386")
  set(mote_cpu "-mcpu=cortex-m4 -mthumb -mfloat-abi=hard -mfpu=fpv4-sp-d16")
elseif(MOTE_BOARD STREQUAL "mps2-an500")
  set(mote_cpu "-mcpu=cortex-m7 -mthumb -mfloat-abi=hard -mfpu=fpv5-d16")
elseif(MOTE_BOARD STREQUAL "mps3-an547")
  set(mote_cpu "-mcpu=cortex-m55 -mthumb -mfloat-abi=hard")
else()
  message(FATAL_ERROR "MOTE_BOARD is '${MOTE_BOARD}': choose mps2-an385, mps2-an386, mps2-an500 "
    "or mps3-an547")
endif()
set(CMAKE_C_FLAGS_INIT "${mote_cpu} -ffunction-sections -fdata-sections")
set(CMAKE_CXX_FLAGS_INIT
  "${CMAKE_C_FLAGS_INIT} -fno-exceptions -fno-rtti -fno-threadsafe-statics")
# Behind every library of ours: memcpy and its like, and what the compiler calls by itself.
set(CMAKE_CXX_STANDARD_LIBRARIES "-Wl,--start-group -lc -lgcc -Wl,--end-group")
