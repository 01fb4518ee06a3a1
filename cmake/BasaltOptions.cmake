# What every target of this project is compiled with. Linked PRIVATE, so that
# nothing of it reaches a project that uses ours.

set(BASALT_SANITIZE "" CACHE STRING "Sanitizers for all targets, comma separated: address,undefined or thread")
option(BASALT_WERROR "Treat warnings as errors (on in CI)" OFF)
option(BASALT_E2E "Build the tests on a real control plane; they run from a release build" ON)
add_feature_info("sanitizers" BASALT_SANITIZE "${BASALT_SANITIZE}")

add_library(basalt_options INTERFACE)
target_compile_features(basalt_options INTERFACE cxx_std_20)
target_compile_options(basalt_options INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Wold-style-cast -Woverloaded-virtual -Wconversion
  -Wno-sign-conversion -Wimplicit-fallthrough
  $<$<BOOL:${BASALT_WERROR}>:-Werror>)
option(BASALT_FUZZ "Instrument everything for libFuzzer, and build test/fuzz as its programs (clang only)" OFF)
add_feature_info("fuzzing" BASALT_FUZZ "libFuzzer programs of test/fuzz")
if(BASALT_FUZZ)
  target_compile_options(basalt_options INTERFACE -fsanitize=fuzzer-no-link)
endif()
if(BASALT_SANITIZE)
  target_compile_options(basalt_options INTERFACE
    -fsanitize=${BASALT_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  target_link_options(basalt_options INTERFACE -fsanitize=${BASALT_SANITIZE})
endif()

# The linker: mold where it is installed, since links dominate small rebuilds.
find_program(BASALT_MOLD mold)
if(BASALT_MOLD)
  target_link_options(basalt_options INTERFACE -fuse-ld=mold)
endif()

set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

# basalt_library(NAME SOURCES... [PUBLIC libs...] [PRIVATE libs...]): a static
# library of this project. Headers are found as "basalt/..." (public) and as
# "<layer>/..." below src (internal).
function(basalt_library name)
  cmake_parse_arguments(ARG "" "" "SOURCES;PUBLIC;PRIVATE" ${ARGN})
  add_library(${name} STATIC ${ARG_SOURCES})
  target_include_directories(${name}
    PUBLIC ${PROJECT_SOURCE_DIR}/include
    PRIVATE ${PROJECT_SOURCE_DIR}/src)
  target_compile_features(${name} PUBLIC cxx_std_20)
  target_link_libraries(${name} PUBLIC ${ARG_PUBLIC} PRIVATE basalt_options ${ARG_PRIVATE})
endfunction()

# basalt_test(NAME SOURCES... LIBRARIES...): a GoogleTest program; each of its
# cases becomes a CTest case.
function(basalt_test name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LIBRARIES;LABELS" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR}/include ${PROJECT_SOURCE_DIR}/src
    ${PROJECT_SOURCE_DIR}/test)
  target_link_libraries(${name} PRIVATE basalt_options ${ARG_LIBRARIES} GTest::gmock GTest::gtest_main)
  gtest_discover_tests(${name} NO_PRETTY_VALUES DISCOVERY_TIMEOUT 60 PROPERTIES TIMEOUT 300 LABELS "${ARG_LABELS}")
endfunction()
