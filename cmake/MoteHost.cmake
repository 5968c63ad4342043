# The host build: every room that is there, in the order in which data goes through them.
find_package(GTest REQUIRED)
find_package(Threads REQUIRED)

foreach(room core ops formats device data features project learn compiler lab cli sim bench
    tests fuzz tools)
  if(EXISTS ${CMAKE_SOURCE_DIR}/${room}/CMakeLists.txt)
    add_subdirectory(${room})
  endif()
endforeach()
