#pragma once

#include <chrono>
#include <cstddef>
#include <map>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>

#include "basalt/base/clock.hpp"
#include "basalt/base/result.hpp"
#include "kube/discovery.hpp"
#include "kube/limiter.hpp"
#include "kube/status.hpp"
#include "kube/transport.hpp"
#include "kube/waiting.hpp"

namespace basalt::kube {

/// Which object, or which part of it.
struct ObjectRef {
  Resource resource;
  std::string space;  ///< namespace; empty for cluster-scoped kinds
  std::string name;
  std::string subresource = {};
};

/// What the API server answered: it was reached and has decided.
struct Reply {
  ApiStatus status;                    ///< ok(), or why not
  Encoding encoding = Encoding::json;  ///< of the body
  std::string body;                    ///< of a success: the object or list as sent, envelope included (open_body)
  int attempts = 1;                    ///< more than 1: earlier ones were answered "try later"; see `effect_unknown`
  /// A write may have been done although the status says otherwise: the last answer was a 5xx, or one before it was
  /// (then a conflict or "already exists" may be with ourselves).
  bool effect_unknown = false;

  [[nodiscard]] bool ok() const { return status.ok(); }
};

/// The reply, or its refusal as an `Error` (see to_error) that begins with `what`. For callers that need no details.
Result<Reply> expect_ok(std::string_view what, Result<Reply> reply);

/// How the body of a patch is to be read. Strategic merge is refused by custom resources.
enum class PatchType { merge, strategic, json };

/// Selection and paging of a list. `limit` 0: everything at once.
struct ListQuery {
  std::string label_selector;
  std::string field_selector;
  std::optional<std::string> resource_version;  ///< absent or "": newest by quorum; "0": any the server has at hand
  std::size_t limit = 0;
  std::string continue_token;
};

/// What must hold for a delete to happen; empty fields are not checked. A violation is a Conflict.
struct DeleteOptions {
  std::string uid;
  std::string resource_version;
  std::optional<int> grace_seconds;
};

/// A pod's binding to a node. `uid` makes it a precondition; annotations are merged into the pod.
struct Binding {
  std::string space;
  std::string name;
  std::string uid;
  std::string node;
  std::map<std::string, std::string> annotations;
};

/// A core/v1 Event, as kubectl describe shows it. Names and counts are the caller's (its correlator's).
struct EventRecord {
  std::string space;  ///< of the event: the object's, "default" for cluster-scoped ones
  std::string name;   ///< by convention <object name>.<hex unix nanoseconds>
  std::string involved_api_version;
  std::string involved_kind;
  std::string involved_space;
  std::string involved_name;
  std::string involved_uid;
  std::string type = "Normal";  ///< or "Warning"
  std::string reason;
  std::string message;
  std::string component;  ///< the scheduler's name
  WallTime first;
  WallTime last;
  int count = 1;
};

/// Limits of a client.
struct ClientOptions {
  double qps = 2000;  ///< < 0: unlimited
  int burst = 2000;
  std::chrono::milliseconds time_limit{30'000};  ///< of one attempt of one call
  int retries = 10;                              ///< of one request after "try later" answers
  std::chrono::seconds longest_retry_after{30};  ///< a longer one is not waited for: the refusal is returned
};

/// Requests to the API server with the rules that every one of them needs: rate limit, time limit, repeats, statuses.
///
/// Repeats (client-go's rules): an answer 429 or 5xx with Retry-After is repeated after that time, writes too; a
/// connection that broke is repeated for GET only, one second later. A write that got no answer is never repeated: the
/// caller gets an `Error` (`unavailable`, `timeout`, `stopped`, `invalid`), which always means that its effect is
/// unknown, and has to read before it tries again. An answer, refusals included, is a `Reply`.
/// Two answers with Retry-After are not repeated, because only the caller can decide: an eviction against a disruption
/// budget, and a resourceVersion that is too large. Bodies that are sent are JSON. Thread-safe; calls block.
class Client {
 public:
  /// REQUIRES: all outlive this.
  Client(Transport& transport, const Clock& clock, Waiter& waiter, const ClientOptions& options = {});

  /// `prefer` protobuf: as the server likes, protobuf for built-in kinds.
  Result<Reply> get(const ObjectRef& object, std::stop_token stop = {}, Encoding prefer = Encoding::json);
  /// Built-in kinds come as protobuf.
  Result<Reply> list(const Resource& resource, std::string_view space, const ListQuery& query,
                     std::stop_token stop = {});
  /// POST to the collection, or with a name and subresource (e.g. pods/x/eviction) to that.
  Result<Reply> create(const ObjectRef& object, std::string json, std::stop_token stop = {});
  /// PUT of a whole object: only for objects that were read as JSON and kept whole, such as leases.
  Result<Reply> replace(const ObjectRef& object, std::string json, std::stop_token stop = {});
  Result<Reply> patch(const ObjectRef& object, PatchType type, std::string body, std::stop_token stop = {});
  Result<Reply> remove(const ObjectRef& object, const DeleteOptions& options = {}, std::stop_token stop = {});

  /// POST pods/<name>/binding. "Already bound" is a Conflict, even to the same node: the caller reads the pod.
  Result<Reply> bind(const Binding& binding, std::stop_token stop = {});
  Result<Reply> create_event(const EventRecord& event, std::stop_token stop = {});

  /// What the server serves of these groups ("" is the core group). A group that it does not serve is left out.
  /// Fails when the server cannot be asked.
  Result<Discovery> discover(std::span<const std::string> groups, std::stop_token stop = {});

  /// Any request, under the rules above. Without an "Accept" header, JSON is asked for.
  Result<Reply> send(HttpRequest request, std::chrono::milliseconds time_limit, std::stop_token stop = {});

  /// For streams, which neither the rate limit nor the repeats concern.
  [[nodiscard]] Transport& transport() { return transport_; }
  [[nodiscard]] const RateLimiter& limiter() const { return limiter_; }

 private:
  Result<Reply> send(HttpRequest request, std::stop_token stop);
  [[nodiscard]] std::optional<std::chrono::seconds> pause_before_repeat(const HttpRequest& request,
                                                                        const Result<HttpResponse>& answer) const;

  Transport& transport_;
  Waiter& waiter_;
  const ClientOptions options_;
  RateLimiter limiter_;
};

/// The JSON bodies of the requests above, apart for tests.
std::string binding_json(const Binding& binding);
std::string event_json(const EventRecord& event);
std::string delete_options_json(const DeleteOptions& options);

}  // namespace basalt::kube
