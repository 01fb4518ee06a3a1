#include "tools/load/null_bind.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "kube/discovery.hpp"
#include "kube/frames.hpp"
#include "kube/json_access.hpp"

namespace basalt::load {
namespace {

constexpr std::size_t kPage = 5000;

// The keys of all objects of a list, page by page.
Result<std::vector<kube::ObjectKey>> list_keys(kube::Client& client, const kube::Resource& resource,
                                               const std::string& space, const std::string& field_selector,
                                               std::size_t most, const std::stop_token& stop) {
  std::vector<kube::ObjectKey> keys;
  kube::ListQuery query;
  query.field_selector = field_selector;
  query.limit = kPage;
  do {
    const auto reply = kube::expect_ok("list " + resource.plural, client.list(resource, space, query, stop));
    if (!reply) return reply.error();
    const auto page = kube::split_list(reply->encoding, reply->body);
    if (!page) return page.error();
    for (const kube::ObjectBytes& item : page->items) {
      const auto head = kube::read_head(item);
      if (!head) return head.error();
      keys.push_back(head->key);
    }
    query.continue_token = page->continue_token;
  } while (!query.continue_token.empty() && keys.size() < most);
  if (keys.size() > most) keys.resize(most);
  return keys;
}

}  // namespace

Result<NullBindReport> null_bind(kube::Client& client, const Clock& clock, const NullBindOptions& options,
                                 std::stop_token stop) {
  const kube::Resource nodes_resource{"", "v1", "nodes", false};
  const SteadyTime begin = clock.steady_now();
  const auto everything = std::numeric_limits<std::size_t>::max();
  const auto nodes = list_keys(client, nodes_resource, "", "", everything, stop);
  if (!nodes) return nodes.error();
  if (nodes->empty()) return Error{ErrorCode::not_found, "the cluster has no node to bind to"};
  const auto pods = list_keys(client, kube::pods_resource(), options.space, "spec.nodeName=", options.count, stop);
  if (!pods) return pods.error();

  NullBindReport report;
  report.nodes = nodes->size();
  report.listing = clock.steady_now() - begin;
  kube::SystemWaiter waiter;
  Extent extent;
  extent.count = pods->size();
  const auto bind = [&](std::size_t i) {
    return client.bind({(*pods)[i].space, (*pods)[i].name, "", (*nodes)[i % nodes->size()].name, {}}, stop);
  };
  report.binds = send_all(options.pace, extent, clock, waiter, bind, stop);
  return report;
}

std::string json_of(NullBindReport report) {
  const nlohmann::json json = {{"program", "basalt-nullbind"},
                               {"nodes", report.nodes},
                               {"listing_seconds", std::chrono::duration<double>(report.listing).count()},
                               {"binds", kube::parse_json(json_of(std::move(report.binds.tally), report.binds.took))}};
  return kube::print_json(json);
}

}  // namespace basalt::load
