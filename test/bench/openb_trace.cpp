#include "bench/openb_trace.hpp"

#include <algorithm>
#include <charconv>
#include <fstream>
#include <map>
#include <numeric>
#include <optional>
#include <random>
#include <tuple>

namespace basalt::bench {
namespace {

constexpr std::int64_t kMilli = 1000;
constexpr std::int64_t kMost = std::int64_t{1} << 40U;

std::vector<std::string> split(const std::string& line) {
  std::vector<std::string> fields(1);
  for (const char character : line) {
    if (character == ',') {
      fields.emplace_back();
    } else if (character != '\r') {
      fields.back() += character;
    }
  }
  return fields;
}

std::optional<std::int64_t> number(const std::string& text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || value < 0 || value > kMost) return std::nullopt;
  return value;
}

/// Calls `take` with the fields of each line behind the first, which is `header`.
template <class Take>
Result<void> read_lines(const std::string& path, const std::string& header, Take&& take) {
  std::ifstream file(path);
  if (!file) return Error{ErrorCode::invalid, path + ": cannot be read"};
  std::string line;
  std::getline(file, line);
  if (!line.starts_with(header)) return Error{ErrorCode::invalid, path + ": expected columns " + header};
  for (std::size_t at = 2; std::getline(file, line); ++at) {
    if (!line.empty() && !take(split(line))) {
      return Error{ErrorCode::invalid, path + ":" + std::to_string(at) + ": expected " + header + ", got " + line};
    }
  }
  return {};
}

bool fill(const std::vector<std::string>& fields, std::size_t first, std::initializer_list<std::int64_t*> values) {
  if (fields.size() < first + values.size()) return false;
  for (std::int64_t* value : values) {
    const auto parsed = number(fields[first++]);
    if (!parsed) return false;
    *value = *parsed;
  }
  return true;
}

}  // namespace

std::int64_t Trace::gpu_capacity() const {
  return std::accumulate(nodes.begin(), nodes.end(), std::int64_t{0},
                         [](std::int64_t sum, const TraceNode& node) { return sum + node.gpus * kMilli; });
}

Result<Trace> read_trace(const std::string& folder) {
  Trace trace;
  const auto nodes = read_lines(folder + "/openb_node_list_gpu_node.csv", "sn,cpu_milli,memory_mib,gpu,model",
                                [&](const std::vector<std::string>& fields) {
                                  TraceNode node;
                                  if (!fill(fields, 1, {&node.cpu_milli, &node.memory_mib, &node.gpus})) return false;
                                  node.name = fields[0];
                                  node.model = fields.size() > 4 ? fields[4] : "";
                                  trace.nodes.push_back(std::move(node));
                                  return true;
                                });
  if (!nodes) return nodes.error();
  const auto pods =
      read_lines(folder + "/openb_pod_list_default.csv", "name,cpu_milli,memory_mib,num_gpu,gpu_milli,gpu_spec",
                 [&](const std::vector<std::string>& fields) {
                   TracePod pod;
                   if (!fill(fields, 1, {&pod.cpu_milli, &pod.memory_mib, &pod.gpus, &pod.gpu_milli})) {
                     return false;
                   }
                   pod.models = fields.size() > 5 ? fields[5] : "";
                   trace.pods.push_back(std::move(pod));
                   return true;
                 });
  if (!pods) return pods.error();
  if (trace.nodes.empty() || trace.pods.empty()) return Error{ErrorCode::invalid, folder + ": expected nodes and pods"};
  return trace;
}

std::vector<std::size_t> arrivals(const Trace& trace, std::uint64_t seed, std::int64_t percent) {
  std::mt19937_64 random(seed);
  std::vector<std::size_t> order(trace.pods.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  for (std::size_t i = order.size() - 1; i > 0; --i) std::swap(order[i], order[random() % (i + 1)]);
  std::int64_t demand = 0;
  for (const std::size_t pod : order) demand += trace.pods[pod].gpu_demand();
  while (demand * 100 < trace.gpu_capacity() * percent) {
    order.push_back(random() % trace.pods.size());
    demand += trace.pods[order.back()].gpu_demand();
  }
  return order;
}

ExpectedShapes shapes_of(const Trace& trace) {
  std::map<std::tuple<std::int64_t, std::int64_t, std::int64_t, std::int64_t>, std::int64_t> counts;
  for (const TracePod& pod : trace.pods) ++counts[{pod.cpu_milli, pod.memory_mib, pod.gpus, pod.gpu_milli}];
  ExpectedShapes shapes;
  for (const auto& [shape, count] : counts) {
    const auto& [cpu, memory, gpus, milli] = shape;
    shapes.push_back({{cpu, memory << 20U, static_cast<std::int32_t>(gpus), static_cast<std::int32_t>(milli)}, count});
  }
  return shapes;
}

NodeObject node_object(const TraceNode& node) {
  constexpr std::int64_t kUsers = 100;
  NodeObject object;
  object.meta.name = node.name;
  object.meta.uid = node.name;
  object.allocatable = {{"cpu", node.cpu_milli}, {"memory", node.memory_mib << 20U}, {"pods", 10'000}};
  if (node.gpus == 0) return object;
  object.allocatable.push_back({"volcano.sh/vgpu-cores", node.gpus * 100 * kMilli});
  object.allocatable.push_back({"volcano.sh/vgpu-memory", node.gpus * kMilli * kMilli});
  object.allocatable.push_back({"volcano.sh/vgpu-number", node.gpus * kUsers * kMilli});
  std::string text;
  for (std::int64_t gpu = 0; gpu < node.gpus; ++gpu) {
    text += node.name + "-gpu-" + std::to_string(gpu) + "," + std::to_string(kUsers) + ",1000,NVIDIA-" + node.model +
            ",true,hami-core:";
  }
  object.meta.annotations = {{"volcano.sh/node-vgpu-register", text}};
  return object;
}

PodObject pod_object(const TracePod& pod, std::size_t arrival) {
  PodObject object;
  object.meta.namespace_name = "default";
  object.meta.name = "pod-" + std::to_string(arrival);
  object.meta.uid = object.meta.name;
  object.meta.created = WallTime(std::chrono::seconds(static_cast<std::int64_t>(arrival)));
  object.scheduler_name = "basalt";
  object.request = {{"cpu", pod.cpu_milli}, {"memory", pod.memory_mib << 20U}};
  object.scoring_cpu = pod.cpu_milli;
  object.scoring_memory = pod.memory_mib << 20U;
  if (pod.gpus == 0) return object;
  const bool is_share = pod.gpu_milli < kMilli;
  if (is_share) object.request.push_back({"volcano.sh/vgpu-memory", pod.gpu_milli * kMilli});
  object.request.push_back({"volcano.sh/vgpu-number", pod.gpus * kMilli});
  object.device_requests = {*device_request(object.request)};
  if (!pod.models.empty()) {
    std::string models = pod.models;
    std::replace(models.begin(), models.end(), '|', ',');
    object.meta.annotations = {{"nvidia.com/use-gputype", models}};
  }
  return object;
}

}  // namespace basalt::bench
