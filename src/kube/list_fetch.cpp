#include "kube/list_fetch.hpp"

#include <utility>

namespace basalt::kube {

std::string query_path(const ReflectorOptions& options,
                       const std::vector<std::pair<std::string, std::string>>& parameters) {
  std::string path = options.path;
  char separator = '?';
  const auto add = [&](const std::string& name, const std::string& value) {
    if (value.empty()) return;
    path += separator + name + "=" + percent_encode(value);
    separator = '&';
  };
  for (const auto& [name, value] : parameters) add(name, value);
  add("labelSelector", options.label_selector);
  add("fieldSelector", options.field_selector);
  return path;
}

std::string ListFetch::path(const std::string& resource_version, std::size_t limit,
                            const std::string& continue_token) const {
  return query_path(options_, {{"limit", limit == 0 ? "" : std::to_string(limit)},
                               {"continue", continue_token},
                               {"resourceVersion", resource_version}});
}

Result<FetchedList> ListFetch::fetch(const std::string& last, std::stop_token stop, std::uint64_t& expirations) {
  const std::string first_try = last_unavailable_ ? "" : last.empty() ? "0" : last;
  Attempt result = attempt(first_try, stop);
  if (!result.list && (result.refusal.expired() || result.refusal.too_large_resource_version())) {
    ++expirations;
    last_unavailable_ = true;
    result = attempt("", stop);
  }
  if (!result.list) return std::move(result.error);
  if (result.list->resource_version.empty()) {
    return Error{ErrorCode::invalid,
                 "LIST " + options_.path + ": no metadata.resourceVersion, expected one to watch from"};
  }
  last_unavailable_ = false;
  return std::move(*result.list);
}

ListFetch::Attempt ListFetch::attempt(const std::string& resource_version, const std::stop_token& stop) {
  // A list at a given version is served from the cache only when it is not paged.
  const bool from_cache = !resource_version.empty() && resource_version != "0";
  const std::size_t limit = from_cache && !paginated_ ? 0 : options_.page_size;
  Attempt result = fetch_pages(resource_version, limit, stop);
  const bool expired_midway = !result.list && result.refusal.expired() && result.midway;
  if (expired_midway) result = fetch_pages(resource_version, 0, stop);
  return result;
}

ListFetch::Attempt ListFetch::fetch_pages(const std::string& resource_version, std::size_t limit,
                                          const std::stop_token& stop) {
  Attempt result;
  result.list.emplace();
  if (!add_page(path(resource_version, limit, {}), stop, result)) return result;
  result.list->resource_version = result.list->pages.front().list.resource_version;
  if (resource_version == "0" && !result.list->pages.front().list.continue_token.empty()) paginated_ = true;
  while (!result.list->pages.back().list.continue_token.empty()) {
    // The token stands for the version: sending both is refused.
    const std::string next = path({}, limit, result.list->pages.back().list.continue_token);
    if (!add_page(next, stop, result)) {
      result.midway = true;
      return result;
    }
  }
  return result;
}

bool ListFetch::add_page(const std::string& path, const std::stop_token& stop, Attempt& attempt) {
  const auto fail = [&attempt](Error error) {
    attempt.list.reset();
    attempt.error = std::move(error);
    return false;
  };
  const std::string what = "LIST " + path;
  HttpRequest request{"GET", path, {{"Accept", "application/vnd.kubernetes.protobuf,application/json"}}, {}};
  auto reply = client_.send(std::move(request), options_.list_limit, stop);
  if (!reply) return fail(Error{reply.error().code, what + ": " + reply.error().message});
  if (!reply->ok()) {
    attempt.refusal = reply->status;
    return fail(to_error(what, reply->status));
  }
  FetchedList::Page& page = attempt.list->pages.emplace_back();
  page.body = std::move(reply->body);
  auto list = split_list(reply->encoding, page.body);
  if (!list) return fail(Error{list.error().code, what + ": " + list.error().message});
  page.list = std::move(*list);
  return true;
}

}  // namespace basalt::kube
