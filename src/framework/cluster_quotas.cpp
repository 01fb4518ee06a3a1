#include <algorithm>

#include "basalt/framework/cluster.hpp"

// The limits of namespaces.
namespace basalt {
namespace {

/// Whether something that `before` refused could fit now.
bool leaves_more_room(const std::vector<ResourceQuotaObject>& before, const std::vector<ResourceQuotaObject>& after) {
  return std::any_of(before.begin(), before.end(), [&](const ResourceQuotaObject& old) {
    const auto now = std::find_if(after.begin(), after.end(),
                                  [&](const ResourceQuotaObject& quota) { return quota.meta.name == old.meta.name; });
    if (now == after.end() || now->scopes != old.scopes) return true;
    return std::any_of(old.lines.begin(), old.lines.end(), [&](const QuotaLine& line) {
      const auto same = std::find_if(now->lines.begin(), now->lines.end(),
                                     [&](const QuotaLine& other) { return other.key == line.key; });
      return same == now->lines.end() || same->hard > line.hard || same->used < line.used;
    });
  });
}

}  // namespace

std::span<const ResourceQuotaObject> Cluster::quotas(std::string_view namespace_name) const {
  const auto known = quotas_.find(namespace_name);
  if (known == quotas_.end()) return {};
  return known->second;
}

void Cluster::set_quotas(const std::string& namespace_name, std::vector<ResourceQuotaObject> quotas) {
  check_between_cycles();
  std::sort(quotas.begin(), quotas.end(), [](const ResourceQuotaObject& left, const ResourceQuotaObject& right) {
    return left.meta.name < right.meta.name;
  });
  const auto known = quotas_.find(namespace_name);
  if (known != quotas_.end() && leaves_more_room(known->second, quotas)) ++claims_moment_;
  if (quotas.empty()) {
    if (known != quotas_.end()) quotas_.erase(known);
  } else {
    quotas_[namespace_name] = std::move(quotas);
  }
}

}  // namespace basalt
