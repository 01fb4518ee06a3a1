# Every outside library, found once. The Debian packages that hold them are
# listed in cmake/packages.txt.

find_package(Threads REQUIRED)
find_package(OpenSSL 3.0 REQUIRED)
find_package(Boost 1.74 REQUIRED COMPONENTS system)
find_package(nlohmann_json 3.11 REQUIRED)
find_package(yaml-cpp 0.7 REQUIRED)
find_package(spdlog 1.10 REQUIRED)
# Through pkg-config: the library's CMake package asks for its HTTP servers and clients too, which are not used.
find_package(PkgConfig REQUIRED)
pkg_check_modules(RE2 REQUIRED IMPORTED_TARGET re2)
pkg_check_modules(PROMETHEUS REQUIRED IMPORTED_TARGET prometheus-cpp-core>=1.0)
# Without its CMake package, which asks for every library that it could be built with.
find_library(CPPREST_LIBRARY cpprest REQUIRED)
add_library(cpprestsdk INTERFACE)
target_link_libraries(cpprestsdk INTERFACE ${CPPREST_LIBRARY})
if(BUILD_TESTING)
  find_package(GTest 1.12 REQUIRED)
  include(GoogleTest)
endif()
