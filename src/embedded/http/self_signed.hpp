#pragma once

#include <string>

#include "basalt/base/result.hpp"
#include "embedded/http/server.hpp"

namespace basalt::embedded {

/// A new key and a certificate for it that signs itself, good for a year, for `host` (a name or an address), localhost
/// and 127.0.0.1. Fails with `unavailable` when OpenSSL cannot.
Result<ServerIdentity> make_self_signed(const std::string& host);

}  // namespace basalt::embedded
