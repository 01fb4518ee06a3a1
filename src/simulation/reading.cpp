#include "simulation/reading.hpp"

#include <simdjson.h>

#include <charconv>

#include "adapter/fields.hpp"
#include "adapter/json_message.hpp"
#include "adapter/protobuf_message.hpp"

namespace basalt::simulation {
namespace {

using adapter::each;
using adapter::Field;
using adapter::flag;
using adapter::integer;
using adapter::message;
using adapter::text;
using adapter::time;

using Texts = std::map<std::string, std::string>;

auto text_map(std::uint32_t number, std::string_view name, Texts& out) {
  return Field{number, name, [&out](const auto& value) {
                 value.entries([&](std::string_view key, const auto& entry) { out[std::string(key)] = entry.text(); });
               }};
}

auto quantity_map(std::uint32_t number, std::string_view name, Texts& out) {
  return Field{
      number, name, [&out](const auto& value) {
        value.entries([&](std::string_view key, const auto& entry) { out[std::string(key)] = entry.quantity(); });
      }};
}

std::optional<std::chrono::seconds> seconds_of(const Texts& annotations, const char* key) {
  const auto found = annotations.find(key);
  if (found == annotations.end()) return std::nullopt;
  const std::string& digits = found->second;
  std::int32_t seconds = 0;
  const auto [end, failure] = std::from_chars(digits.data(), digits.data() + digits.size(), seconds);
  if (digits.empty() || failure != std::errc{} || end != digits.data() + digits.size() || seconds < 0) {
    return std::nullopt;
  }
  return std::chrono::seconds(seconds);
}

Phase phase_of(const std::string& phase) {
  if (phase == "Running") return Phase::running;
  if (phase == "Succeeded") return Phase::succeeded;
  if (phase == "Failed") return Phase::failed;
  return Phase::pending;
}

template <class In>
void read_container_status(const In& in, Pod& pod) {
  in.read(message(2, "state",
                  [&pod](const auto& state) {
                    state.read(message(2, "running", [&pod](const auto& running) {
                      running.read(time(1, "startedAt", pod.containers_begun));
                    }));
                  }),
          integer(5, "restartCount", pod.restarts));
}

template <class In>
void read_pod_message(const In& in, Pod& pod) {
  Texts annotations;
  std::string phase;
  std::int32_t grace = 0;
  in.read(message(1, "metadata",
                  [&](const auto& metadata) {
                    metadata.read(text(1, "name", pod.key.name), text(3, "namespace", pod.key.space),
                                  text(5, "uid", pod.uid), time(9, "deletionTimestamp", pod.deleted),
                                  integer(10, "deletionGracePeriodSeconds", grace),
                                  text_map(12, "annotations", annotations));
                  }),
          message(2, "spec",
                  [&](const auto& spec) {
                    spec.read(each(2, "containers",
                                   [&](const auto& container) {
                                     Pod::Container& read = pod.containers.emplace_back();
                                     container.read(text(1, "name", read.name), text(2, "image", read.image));
                                   }),
                              text(3, "restartPolicy", pod.restart_policy), text(10, "nodeName", pod.node));
                  }),
          message(3, "status", [&](const auto& status) {
            status.read(text(1, "phase", phase), text(6, "podIP", pod.address), time(7, "startTime", pod.begun),
                        each(8, "containerStatuses", [&](const auto& one) { read_container_status(one, pod); }));
          }));
  pod.phase = phase_of(phase);
  pod.grace = std::chrono::seconds(grace);
  pod.run = seconds_of(annotations, kRunSeconds);
  pod.fail_after = seconds_of(annotations, kFailSeconds);
  pod.stop = seconds_of(annotations, kStopSeconds);
}

template <class In>
void read_node_message(const In& in, Node& node) {
  Texts annotations;
  in.read(message(1, "metadata",
                  [&](const auto& metadata) {
                    metadata.read(text(1, "name", node.name), text(5, "uid", node.uid),
                                  text_map(12, "annotations", annotations));
                  }),
          message(3, "status", [&](const auto& status) {
            status.read(quantity_map(1, "capacity", node.capacity), quantity_map(2, "allocatable", node.allocatable),
                        each(4, "conditions",
                             [&](const auto& condition) {
                               std::string type;
                               std::string holds;
                               condition.read(text(1, "type", type), text(2, "status", holds));
                               if (type == "Ready") node.ready = holds;
                             }),
                        each(5, "addresses", [&](const auto& address) {
                          std::string type;
                          std::string value;
                          address.read(text(1, "type", type), text(2, "address", value));
                          if (type == "InternalIP") node.address = value;
                        }));
          }));
  node.down = annotations[kSimulate] == "down";
  node.wanted = wanted_allocatable(node.capacity, annotations[kAllocatable]);
}

// Both encodings by one description of the fields.
template <class Object, class Read>
Result<Object> read_object(const kube::ObjectBytes& bytes, const Read& read) {
  Object object;
  adapter::Reading reading;
  if (bytes.encoding == kube::Encoding::protobuf) {
    read(adapter::ProtobufMessage(bytes.bytes, reading), object);
  } else {
    simdjson::dom::parser parser;
    simdjson::dom::element document;
    simdjson::dom::object members;
    if (parser.parse(bytes.bytes.data(), bytes.bytes.size()).get(document) != simdjson::SUCCESS ||
        document.get(members) != simdjson::SUCCESS) {
      return Error{ErrorCode::invalid, "malformed JSON"};
    }
    read(adapter::JsonMessage(members, reading), object);
    if (reading.malformation()) return Error{ErrorCode::invalid, *reading.malformation()};
    return object;
  }
  if (reading.malformation()) return Error{ErrorCode::invalid, *reading.malformation()};
  return object;
}

}  // namespace

Result<Pod> read_pod(const kube::ObjectBytes& object) {
  return read_object<Pod>(object, [](const auto& in, Pod& pod) { read_pod_message(in, pod); });
}

Result<Node> read_node(const kube::ObjectBytes& object) {
  return read_object<Node>(object, [](const auto& in, Node& node) { read_node_message(in, node); });
}

Texts wanted_allocatable(const Texts& capacity, const std::string& annotation) {
  Texts wanted = capacity;
  std::string_view rest = annotation;
  while (!rest.empty()) {
    const std::string_view part = rest.substr(0, rest.find(','));
    rest.remove_prefix(std::min(rest.size(), part.size() + 1));
    const std::size_t equals = part.find('=');
    if (equals == std::string_view::npos || equals + 1 == part.size()) continue;
    const auto found = wanted.find(std::string(part.substr(0, equals)));
    if (found != wanted.end()) found->second = part.substr(equals + 1);
  }
  return wanted;
}

}  // namespace basalt::simulation
