#pragma once

#include <string>

#include "embedded/api/call.hpp"
#include "embedded/api/faults.hpp"
#include "embedded/api/rendering.hpp"
#include "embedded/cluster/cluster.hpp"
#include "embedded/http/server.hpp"
#include "embedded/objects/adjustable_clock.hpp"

namespace basalt::embedded {

struct ApiOptions {
  std::string token;                 ///< what clients must send as bearer token; empty: nobody is asked
  bool faults = false;               ///< serve /basalt/faults, /basalt/watches, /basalt/compact and /basalt/clock
  AdjustableClock* clock = nullptr;  ///< what /basalt/clock moves; null: it is not there
};

/// Answers the requests of the Kubernetes API out of a Cluster.
class ApiServer final : public HttpHandler {
 public:
  /// REQUIRES: the cluster outlives this.
  ApiServer(Cluster& cluster, ApiOptions options);

  HttpReply answer(HttpRequest request) override;

  [[nodiscard]] Faults& faults() { return faults_; }

 private:
  HttpReply route(HttpRequest request);
  [[nodiscard]] bool is_allowed(const HttpRequest& request) const;
  HttpReply answer_object(HttpRequest request, Target target);
  Outcome<HttpReply> perform(const Call& call);

  // requests that are not about objects; empty when the path is none of theirs
  std::optional<HttpReply> answer_fixed(const HttpRequest& request, const Target& target);
  std::optional<HttpReply> answer_discovery(const HttpRequest& request, const Target& target);
  std::optional<HttpReply> answer_review(const HttpRequest& request, const Target& target);
  HttpReply answer_testing(const HttpRequest& request, const Target& target);

  // reads
  Outcome<HttpReply> get(const Call& call);
  Outcome<HttpReply> list(const Call& call);
  Outcome<HttpReply> watch(const Call& call);
  Outcome<Page> page_of(const Call& call);

  // writes
  Outcome<HttpReply> create(const Call& call);
  Outcome<HttpReply> change(const Call& call);
  Outcome<HttpReply> remove(const Call& call);
  Outcome<HttpReply> remove_collection(const Call& call);
  Outcome<HttpReply> bind(const Call& call);
  Outcome<HttpReply> evict(const Call& call);
  Outcome<HttpReply> scale(const Call& call);
  Outcome<HttpReply> finalize(const Call& call);

  [[nodiscard]] Outcome<HttpReply> object_reply(const Call& call, int status, const Object& object);
  [[nodiscard]] HttpReply refusal_reply(const HttpRequest& request, const Refusal& refusal) const;

  Cluster& cluster_;
  const ApiOptions options_;
  Faults faults_;
};

}  // namespace basalt::embedded
