#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include "basalt/base/result.hpp"
#include "kube/client.hpp"
#include "kube/frames.hpp"
#include "kube/reflector.hpp"

namespace basalt::kube {

/// All pages of one list, whole in memory.
struct FetchedList {
  struct Page {
    std::string body;
    ListPage list;  // views into `body`
  };
  std::deque<Page> pages;        // a deque, so that bodies do not move
  std::string resource_version;  // of the first page
};

/// Lists a resource by client-go's rules for paging and for resourceVersions that are too old or too new.
/// Remembers between lists what the server is like. Not thread-safe.
class ListFetch {
 public:
  /// REQUIRES: both outlive this.
  ListFetch(Client& client, const ReflectorOptions& options) : client_(client), options_(options) {}

  /// Lists everything. `last` is the resourceVersion seen last; empty at first. Counts what was expired in
  /// `expirations`.
  Result<FetchedList> fetch(const std::string& last, std::stop_token stop, std::uint64_t& expirations);

 private:
  struct Attempt {
    std::optional<FetchedList> list;
    ApiStatus refusal;    // if the server refused
    Error error;          // if there is no list
    bool midway = false;  // it failed after the first page
  };

  Attempt attempt(const std::string& resource_version, const std::stop_token& stop);
  Attempt fetch_pages(const std::string& resource_version, std::size_t limit, const std::stop_token& stop);
  bool add_page(const std::string& path, const std::stop_token& stop, Attempt& attempt);
  [[nodiscard]] std::string path(const std::string& resource_version, std::size_t limit,
                                 const std::string& continue_token) const;

  Client& client_;
  const ReflectorOptions& options_;
  bool last_unavailable_ = false;  // the server does not know `last` any more, or not yet
  bool paginated_ = false;         // it cuts even lists from its cache into pages
};

/// "path?a=b&labelSelector=...": the collection with the selectors of the options and these parameters, of which empty
/// ones are left out.
std::string query_path(const ReflectorOptions& options,
                       const std::vector<std::pair<std::string, std::string>>& parameters);

}  // namespace basalt::kube
