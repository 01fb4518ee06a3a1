#include "basalt/model/pod_request.hpp"

#include <algorithm>

#include "basalt/base/check.hpp"

namespace basalt {
namespace {

/// What kube-scheduler assumes of a container that does not say, when it scores.
constexpr std::int64_t kDefaultCpu = 100;                         // milli
constexpr std::int64_t kDefaultMemory = std::int64_t{200} << 20;  // bytes

std::optional<std::int64_t> find_amount(const NamedAmounts& amounts, std::string_view resource) {
  for (const NamedAmount& named : amounts) {
    if (named.name == resource) return named.amount;
  }
  return std::nullopt;
}

/// Kinds that a pod as a whole can ask for.
bool can_be_pod_level(std::string_view resource) {
  return resource == "cpu" || resource == "memory" || resource.starts_with("hugepages-");
}

bool states_pod_level(const PodResourceFields& fields) {
  return fields.pod_level && std::any_of(fields.pod_level->begin(), fields.pod_level->end(),
                                         [](const NamedAmount& named) { return can_be_pod_level(named.name); });
}

/// Whether anything in the pod asks for this kind, be it for zero of it.
bool states(const PodResourceFields& fields, std::string_view resource) {
  const auto in_container = [resource](const ContainerRequest& container) {
    return find_amount(container.requests, resource).has_value();
  };
  return std::any_of(fields.containers.begin(), fields.containers.end(), in_container) ||
         std::any_of(fields.init_containers.begin(), fields.init_containers.end(), in_container) ||
         find_amount(fields.overhead, resource) ||
         (fields.pod_level && can_be_pod_level(resource) && find_amount(*fields.pod_level, resource));
}

/// The peak of one kind. `assumed` stands in for what a container does not state.
std::int64_t peak_request(const PodResourceFields& fields, std::string_view resource, std::int64_t assumed) {
  const std::int64_t overhead = find_amount(fields.overhead, resource).value_or(0);
  if (fields.pod_level && can_be_pod_level(resource)) {
    if (const auto stated = find_amount(*fields.pod_level, resource)) return *stated + overhead;
  }
  std::int64_t sidecars = 0;
  std::int64_t starting = 0;  // the most that is in use while containers are started one by one
  for (const ContainerRequest& container : fields.init_containers) {
    const std::int64_t own = find_amount(container.requests, resource).value_or(assumed);
    starting = std::max(starting, sidecars + own);
    if (container.restartable) sidecars += own;
  }
  std::int64_t running = sidecars;
  for (const ContainerRequest& container : fields.containers) {
    running += find_amount(container.requests, resource).value_or(assumed);
  }
  return std::max(starting, running) + overhead;
}

/// Every kind that anything in the pod names, sorted, each once.
std::vector<std::string_view> kinds_of(const PodResourceFields& fields) {
  std::vector<std::string_view> kinds;
  const auto collect = [&kinds](const NamedAmounts& amounts) {
    for (const NamedAmount& named : amounts) kinds.emplace_back(named.name);
  };
  for (const ContainerRequest& container : fields.init_containers) collect(container.requests);
  for (const ContainerRequest& container : fields.containers) collect(container.requests);
  collect(fields.overhead);
  if (fields.pod_level) collect(*fields.pod_level);
  std::sort(kinds.begin(), kinds.end());
  kinds.erase(std::unique(kinds.begin(), kinds.end()), kinds.end());
  return kinds;
}

}  // namespace

NamedAmounts effective_request(const PodResourceFields& fields) {
  NamedAmounts request;
  for (const std::string_view kind : kinds_of(fields)) {
    const std::int64_t amount = peak_request(fields, kind, 0);
    if (amount != 0) request.push_back(NamedAmount{std::string(kind), amount});
  }
  return request;
}

std::int64_t scoring_request(const PodResourceFields& fields, std::string_view resource) {
  BASALT_CHECK(resource == "cpu" || resource == "memory", "scores look at cpu and memory only");
  // A pod that states requests as a whole has its silent containers live on those: they are assumed to
  // need the default only when nothing in the pod speaks of this kind.
  const bool silent_ones_count = !states_pod_level(fields) || !states(fields, resource);
  const std::int64_t assumed = resource == "cpu" ? kDefaultCpu : kDefaultMemory;
  return peak_request(fields, resource, silent_ones_count ? assumed : 0);
}

Result<NamedAmount> parse_amount(std::string_view name, std::string_view text, std::int64_t limit) {
  const std::string prefix = "resource \"" + std::string(name) + "\": ";
  const Unit unit = unit_of(name);
  const auto amount = parse_quantity(text, unit);
  if (!amount) return Error{amount.error().code, prefix + amount.error().message};
  const auto refuse = [&](const std::string& expected) {
    return Error{ErrorCode::invalid, prefix + "quantity \"" + std::string(text) + "\": expected " + expected};
  };
  if (*amount < 0) return refuse("an amount that is not negative");
  if (*amount > limit) return refuse("at most " + format_quantity(limit, unit));
  return NamedAmount{std::string(name), *amount};
}

std::optional<DeviceRequest> device_request(const NamedAmounts& requests) {
  constexpr std::int64_t kMilli = 1000;  // kinds with a domain are counted in thousandths
  DeviceRequest request;
  for (const NamedAmount& named : requests) {
    const std::int64_t units = named.amount / kMilli + (named.amount % kMilli > 0 ? 1 : 0);
    if (named.name == "volcano.sh/vgpu-number") request.number = units;
    if (named.name == "volcano.sh/vgpu-memory") request.memory = units;
    if (named.name == "volcano.sh/vgpu-memory-percentage") request.memory_percentage = units;
    if (named.name == "volcano.sh/vgpu-cores") request.cores = units;
  }
  if (request.number == 0 && request.memory == 0) return std::nullopt;
  if (request.number == 0) request.number = 1;
  if (request.memory == 0 && request.memory_percentage == 0) request.memory_percentage = 100;
  return request;
}

bool is_share_of_device(std::string_view resource) { return resource == "volcano.sh/vgpu-memory-percentage"; }

}  // namespace basalt
