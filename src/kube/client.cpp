#include "kube/client.hpp"

#include <algorithm>
#include <iterator>
#include <utility>
#include <vector>

#include "kube/frames.hpp"

namespace basalt::kube {
namespace {

constexpr const char* kJson = "application/json";
constexpr const char* kProtobufOrJson = "application/vnd.kubernetes.protobuf,application/json";
constexpr std::chrono::seconds kPauseAfterBrokenRead{1};

const char* content_type(PatchType type) {
  switch (type) {
    case PatchType::merge: return "application/merge-patch+json";
    case PatchType::strategic: return "application/strategic-merge-patch+json";
    case PatchType::json: return "application/json-patch+json";
  }
  return "";
}

std::string list_path(const Resource& resource, std::string_view space, const ListQuery& query) {
  std::string path = collection_path(resource, space);
  char separator = '?';
  const auto add = [&](const char* name, const std::string& value) {
    if (value.empty()) return;
    path += separator + std::string(name) + "=" + percent_encode(value);
    separator = '&';
  };
  add("labelSelector", query.label_selector);
  add("fieldSelector", query.field_selector);
  if (query.limit > 0) add("limit", std::to_string(query.limit));
  add("continue", query.continue_token);
  if (query.continue_token.empty()) add("resourceVersion", query.resource_version.value_or(""));
  return path;
}

bool has_accept(const HttpRequest& request) {
  return std::any_of(request.headers.begin(), request.headers.end(),
                     [](const HttpHeader& header) { return header.name == "Accept"; });
}

HttpRequest reading(std::string path, Encoding prefer) {
  return {"GET", std::move(path), {{"Accept", prefer == Encoding::protobuf ? kProtobufOrJson : kJson}}, {}};
}

HttpRequest writing(const char* method, std::string path, const char* type, std::string body) {
  return {method, std::move(path), {{"Accept", kJson}, {"Content-Type", type}}, std::move(body)};
}

std::string path_of(const ObjectRef& object) {
  return object_path(object.resource, object.space, object.name, object.subresource);
}

// Only the caller can decide whether to ask again.
bool is_for_the_caller(const ApiStatus& status) {
  return status.has_cause("DisruptionBudget") || status.too_large_resource_version();
}

Error interrupted(const HttpRequest& request) {
  return Error{ErrorCode::stopped, request.method + " " + request.path + ": interrupted by a stop request"};
}

}  // namespace

Result<Reply> expect_ok(std::string_view what, Result<Reply> reply) {
  if (!reply) return Error{reply.error().code, std::string(what) + ": " + reply.error().message};
  if (!reply->ok()) return to_error(what, reply->status);
  return reply;
}

Client::Client(Transport& transport, const Clock& clock, Waiter& waiter, const ClientOptions& options)
    : transport_(transport), waiter_(waiter), options_(options), limiter_(options.qps, options.burst, clock, waiter) {}

Result<Reply> Client::get(const ObjectRef& object, std::stop_token stop, Encoding prefer) {
  return send(reading(path_of(object), prefer), std::move(stop));
}

Result<Reply> Client::list(const Resource& resource, std::string_view space, const ListQuery& query,
                           std::stop_token stop) {
  return send(reading(list_path(resource, space, query), Encoding::protobuf), std::move(stop));
}

Result<Reply> Client::create(const ObjectRef& object, std::string json, std::stop_token stop) {
  std::string path = object.subresource.empty() ? collection_path(object.resource, object.space) : path_of(object);
  return send(writing("POST", std::move(path), kJson, std::move(json)), std::move(stop));
}

Result<Reply> Client::replace(const ObjectRef& object, std::string json, std::stop_token stop) {
  return send(writing("PUT", path_of(object), kJson, std::move(json)), std::move(stop));
}

Result<Reply> Client::patch(const ObjectRef& object, PatchType type, std::string body, std::stop_token stop) {
  return send(writing("PATCH", path_of(object), content_type(type), std::move(body)), std::move(stop));
}

Result<Reply> Client::remove(const ObjectRef& object, const DeleteOptions& options, std::stop_token stop) {
  return send(writing("DELETE", path_of(object), kJson, delete_options_json(options)), std::move(stop));
}

Result<Reply> Client::bind(const Binding& binding, std::stop_token stop) {
  return create({pods_resource(), binding.space, binding.name, "binding"}, binding_json(binding), std::move(stop));
}

Result<Reply> Client::create_event(const EventRecord& event, std::stop_token stop) {
  return create({events_resource(), event.space, event.name}, event_json(event), std::move(stop));
}

Result<Discovery> Client::discover(std::span<const std::string> groups, std::stop_token stop) {
  const auto read = [&](const std::string& path) {
    return expect_ok("discovery, GET " + path, send(reading(path, Encoding::json), stop));
  };
  const auto group_list = read("/apis");
  if (!group_list) return group_list.error();
  auto served = read_group_list(group_list->body);
  if (!served) return served.error();
  served->push_back({"", {"v1"}});  // the core group has had this one version since Kubernetes 1.0

  std::vector<Discovery::Entry> entries;
  for (const GroupVersions& group : *served) {
    if (std::find(groups.begin(), groups.end(), group.group) == groups.end()) continue;
    for (const std::string& version : group.versions) {
      const auto list = read((group.group.empty() ? "/api/" : "/apis/" + group.group + "/") + version);
      if (!list) return list.error();
      auto resources = read_resource_list(group.group, version, list->body);
      if (!resources) return resources.error();
      std::move(resources->begin(), resources->end(), std::back_inserter(entries));
    }
  }
  return Discovery(std::move(entries));
}

Result<Reply> Client::send(HttpRequest request, std::stop_token stop) {
  return send(std::move(request), options_.time_limit, std::move(stop));
}

std::optional<std::chrono::seconds> Client::pause_before_repeat(const HttpRequest& request,
                                                                const Result<HttpResponse>& answer) const {
  if (!answer) {
    const bool broken_read = request.method == "GET" && answer.error().code == ErrorCode::unavailable;
    return broken_read ? std::optional(kPauseAfterBrokenRead) : std::nullopt;
  }
  if (answer->status != 429 && answer->status < 500) return std::nullopt;
  if (answer->header("Retry-After").empty()) return std::nullopt;
  const ApiStatus status = status_of(request.method, *answer);
  if (!status.retry_after || *status.retry_after > options_.longest_retry_after) return std::nullopt;
  return is_for_the_caller(status) ? std::nullopt : status.retry_after;
}

Result<Reply> Client::send(HttpRequest request, std::chrono::milliseconds time_limit, std::stop_token stop) {
  if (!has_accept(request)) request.headers.push_back({"Accept", kJson});
  bool server_failed = false;
  for (int attempt = 1;; ++attempt) {
    if (!limiter_.acquire(stop)) return interrupted(request);
    auto answer = transport_.call(request, time_limit, stop);
    server_failed = server_failed || (answer && answer->status >= 500);
    const auto pause = attempt <= options_.retries ? pause_before_repeat(request, answer) : std::nullopt;
    if (pause) {
      if (!waiter_.wait(*pause, stop)) return interrupted(request);
      continue;
    }
    if (!answer) return std::move(answer).error();
    Reply reply;
    reply.status = status_of(request.method, *answer);
    const auto encoding = encoding_of(answer->header("Content-Type"));
    if (encoding) reply.encoding = *encoding;
    reply.body = std::move(answer->body);
    reply.attempts = attempt;
    reply.effect_unknown = request.method != "GET" && !reply.ok() && server_failed;
    return reply;
  }
}

}  // namespace basalt::kube
