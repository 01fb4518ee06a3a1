#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "basalt/base/clock.hpp"
#include "basalt/base/result.hpp"
#include "kube/access.hpp"
#include "kube/transport.hpp"

namespace basalt::kube {

/// The Authorization and Impersonate-* headers of requests. A token file is read again at most once a minute, and at
/// once after a refusal, as rotated service account tokens need (client-go's rule; the second half is ours). White
/// space around the token is cut off; an empty or unreadable file leaves the previous token in force. Thread-safe.
class Credentials {
 public:
  /// REQUIRES: `clock` outlives this.
  Credentials(AuthSettings settings, const Clock& clock);

  /// Headers for a request that is sent now. Fails with `refused` when there is a token file that could never be read
  /// and no token to begin with; says which file.
  Result<std::vector<HttpHeader>> headers();

  /// Tells that the server answered 401 to `sent`. True when there is another token now, so that repeating makes sense.
  bool renew(const std::vector<HttpHeader>& sent);

  /// Why the last reading of the token file failed; empty when it did not.
  [[nodiscard]] std::optional<Error> last_failure() const;

 private:
  void read_token_file();  // REQUIRES: mutex_ held
  [[nodiscard]] std::vector<HttpHeader> compose() const;

  const AuthSettings settings_;
  const Clock& clock_;
  mutable std::mutex mutex_;
  std::string token_;                  // guarded by mutex_
  std::optional<SteadyTime> read_at_;  // guarded by mutex_; last attempt
  std::optional<Error> last_failure_;  // guarded by mutex_
};

/// A transport that adds credentials and a User-Agent to what goes through `inner`, and repeats a request once after a
/// 401 if the token has changed meanwhile (a 401 had no effect, so that is safe for writes too). Headers that a request
/// already has are left alone. REQUIRES: `clock` outlives the result.
std::unique_ptr<Transport> make_authenticated_transport(std::unique_ptr<Transport> inner, AuthSettings settings,
                                                        std::string user_agent, const Clock& clock);

}  // namespace basalt::kube
