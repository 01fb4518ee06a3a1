#pragma once

#include <string>
#include <vector>

namespace basalt::testing {

/// A certificate and its key, as PEM.
struct Identity {
  std::string certificate;
  std::string key;
};

/// A certificate authority that was made up just now.
Identity make_authority(const std::string& name);

/// A certificate for `name`, signed by `authority`, valid for these "DNS:..." and "IP:..." names.
Identity issue(const Identity& authority, const std::string& name, const std::vector<std::string>& alternative_names);

}  // namespace basalt::testing
