#pragma once

#include <gtest/gtest.h>

#include <string>

#include "kube/connect.hpp"

namespace basalt::testing {

/// The libraries that a test of the client runs over. The thread sanitizer does not see the atomics inside Debian's
/// cpprestsdk, which is not built with it, and reports what they guard.
inline const auto kLibraries =
#ifdef __SANITIZE_THREAD__
    ::testing::Values(kube::HttpLibrary::beast);
#else
    ::testing::Values(kube::HttpLibrary::beast, kube::HttpLibrary::cpprestsdk);
#endif

/// Name of a library in the name of a test.
inline std::string library_name(const ::testing::TestParamInfo<kube::HttpLibrary>& info) {
  return info.param == kube::HttpLibrary::beast ? "Beast" : "Cpprestsdk";
}

}  // namespace basalt::testing
