#include <cstdio>

#include "basalt/framework/explanation.hpp"

namespace basalt {
namespace {

std::string quantity(std::string_view kind, std::int64_t amount) { return format_quantity(amount, unit_of(kind)); }

std::string quantities(const NamedAmounts& amounts) {
  std::string text;
  for (const auto& [kind, amount] : amounts) text += (text.empty() ? "" : ", ") + kind + " " + quantity(kind, amount);
  return text;
}

std::string text_of(const ExceededBound& bound) {
  return "queue " + bound.queue + ": " + bound.bound + " " + bound.kind + " " + quantity(bound.kind, bound.limit) +
         ", holds " + quantity(bound.kind, bound.held) +
         (bound.asked == 0 ? "" : ", asks " + quantity(bound.kind, bound.asked)) +
         (bound.over > 0 ? ", " + quantity(bound.kind, bound.over) + " too much" : "");
}

std::string text_of(const Remedy& remedy) {
  const std::string count = std::to_string(remedy.count);
  switch (remedy.kind) {
    case Remedy::Kind::free_on_node: return quantities(remedy.amounts) + " more left on node " + remedy.object;
    case Remedy::Kind::add_nodes:
      return count + " more empty node(s) like " + remedy.object + " (" + quantities(remedy.amounts) + ")";
    case Remedy::Kind::raise_capability:
      return "capability of queue " + remedy.object + " raised to " + quantities(remedy.amounts);
    case Remedy::Kind::lower_minimum: return "minMember of " + remedy.object + " lowered to " + count;
    case Remedy::Kind::create_pods: return count + " more pod(s) of " + remedy.object;
    case Remedy::Kind::end_reservation: return "the end of the reservations of " + remedy.object;
  }
  return {};
}

std::string_view name_of(Remedy::Kind kind) {
  switch (kind) {
    case Remedy::Kind::free_on_node: return "free_on_node";
    case Remedy::Kind::add_nodes: return "add_nodes";
    case Remedy::Kind::raise_capability: return "raise_capability";
    case Remedy::Kind::lower_minimum: return "lower_minimum";
    case Remedy::Kind::create_pods: return "create_pods";
    case Remedy::Kind::end_reservation: return "end_reservation";
  }
  return "unknown";
}

std::string names_of(const std::vector<std::string>& names, std::size_t all) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
  return text + (names.size() < all ? ", ..." : "");
}

std::string print_task(const TaskExplanation& task) {
  const std::vector<std::string> first(
      task.tasks.begin(),
      task.tasks.begin() + static_cast<std::ptrdiff_t>(std::min<std::size_t>(task.tasks.size(), 3)));
  std::string text = "  pods " + names_of(first, task.tasks.size()) + " (" + std::to_string(task.tasks.size()) +
                     (task.role.empty() ? "" : ", role " + task.role) + "; each asks " + quantities(task.request) +
                     ")\n    " + std::string(to_string(task.hindrance)) +
                     (task.sentence.empty() ? "" : ": " + task.sentence) + "\n";
  if (task.hindrance != Hindrance::nothing && task.placeable > 0) {
    text += "    " + std::to_string(task.placeable) + " of them fit\n";
  }
  for (const NodesByReason& nodes : task.nodes) {
    text += "    " + std::to_string(nodes.nodes) + " node(s): " + nodes.reason + " (" +
            names_of(nodes.first, nodes.nodes) + ")\n";
  }
  for (const MissingAmount& amount : task.missing) {
    text += "    missing " + amount.kind + ": " + quantity(amount.kind, amount.missing) + " on " + task.nearest_node +
            ", which has " + quantity(amount.kind, amount.on_nearest) + " left; suitable nodes together have " +
            quantity(amount.kind, amount.in_total) + "\n";
  }
  for (const ExceededBound& bound : task.bounds) text += "    " + text_of(bound) + "\n";
  if (!task.reserved_on.empty()) {
    text += "    hold reservations on " + names_of(task.reserved_on, task.reserved_on.size()) + "\n";
  }
  for (const Holder& holder : task.holders) {
    text += "    job " + holder.job + " holds reservations on node " + holder.node + "\n";
  }
  return text;
}

std::string text_of(const TriedDomain& domain) {
  return "HyperNode " + domain.name + " (tier " + std::to_string(domain.tier) + ", " + std::to_string(domain.nodes) +
         " node(s)): places for " + std::to_string(domain.placeable) + (domain.holds ? ", enough" : "") +
         (domain.lacks.empty() ? "" : "; then " + domain.lacks);
}

std::string text_of(const IncompletePart& part) {
  return "sub-group " + part.name + ": " + std::to_string(part.ready) + " ready, " + std::to_string(part.reserved) +
         " with reservations, of " + std::to_string(part.minimum) + "; " + std::to_string(part.exist) + " exist";
}

std::string text_of(const EvictionOutlook& outlook) {
  if (!outlook.why_not.empty()) return outlook.action + " evicts nobody for it: " + outlook.why_not;
  if (outlook.count == 0) return outlook.action + " finds room without evicting anybody";
  return outlook.action + " could evict " + std::to_string(outlook.count) + " pod(s) (" +
         names_of(outlook.victims, outlook.count) + "), for places on " +
         names_of(outlook.nodes, outlook.nodes.size());
}

/// Writes JSON; every value is followed by a comma, and closing takes the last one back.
class Json {
 public:
  void open(char bracket) { text_ += bracket; }
  void close(char bracket) {
    if (text_.back() == ',') text_.pop_back();
    text_ += bracket;
    text_ += ',';
  }
  void key(std::string_view name) {
    quote(name);
    text_ += ':';
  }
  void value(std::string_view text) {
    quote(text);
    text_ += ',';
  }
  void value(std::int64_t number) { text_ += std::to_string(number) + ","; }
  void value(bool truth) { text_ += truth ? "true," : "false,"; }
  template <class Value>
  void field(std::string_view name, const Value& held) {
    key(name);
    if constexpr (std::is_same_v<Value, bool>) {
      value(held);
    } else if constexpr (std::is_integral_v<Value>) {
      value(static_cast<std::int64_t>(held));
    } else {
      value(std::string_view(held));
    }
  }
  template <class List, class Each>
  void list(std::string_view name, const List& values, Each&& each) {
    key(name);
    open('[');
    for (const auto& one : values) each(one);
    close(']');
  }
  std::string text() && {
    if (!text_.empty() && text_.back() == ',') text_.pop_back();
    return std::move(text_);
  }

 private:
  void quote(std::string_view text) {
    text_ += '"';
    for (const char c : text) {
      if (c == '"' || c == '\\') {
        text_ += '\\';
        text_ += c;
      } else if (static_cast<unsigned char>(c) < 0x20) {
        char escaped[8];
        std::snprintf(escaped, sizeof escaped, "\\u%04x", static_cast<unsigned>(static_cast<unsigned char>(c)));
        text_ += escaped;
      } else {
        text_ += c;
      }
    }
    text_ += '"';
  }

  std::string text_;
};

void put(Json& json, std::string_view name, const NamedAmounts& amounts) {
  json.key(name);
  json.open('{');
  for (const auto& [kind, amount] : amounts) json.field(kind, amount);
  json.close('}');
}

void put(Json& json, const std::vector<ExceededBound>& bounds) {
  json.list("bounds", bounds, [&](const ExceededBound& bound) {
    json.open('{');
    json.field("queue", bound.queue);
    json.field("bound", bound.bound);
    json.field("resource", bound.kind);
    json.field("limit", bound.limit);
    json.field("held", bound.held);
    json.field("asked", bound.asked);
    json.field("over", bound.over);
    json.close('}');
  });
}

void put(Json& json, const TaskExplanation& task) {
  json.open('{');
  json.list("pods", task.tasks, [&](const std::string& name) { json.value(name); });
  json.field("role", task.role);
  put(json, "request", task.request);
  json.field("placeable", task.placeable);
  json.field("hindrance", to_string(task.hindrance));
  json.field("sentence", task.sentence);
  json.field("nodesAsked", task.nodes_asked);
  json.list("nodes", task.nodes, [&](const NodesByReason& nodes) {
    json.open('{');
    json.field("reason", nodes.reason);
    json.field("nodes", nodes.nodes);
    json.list("first", nodes.first, [&](const std::string& name) { json.value(name); });
    json.close('}');
  });
  json.field("nearestNode", task.nearest_node);
  json.list("missing", task.missing, [&](const MissingAmount& amount) {
    json.open('{');
    json.field("resource", amount.kind);
    json.field("asked", amount.asked);
    json.field("onNearest", amount.on_nearest);
    json.field("missing", amount.missing);
    json.field("inTotal", amount.in_total);
    json.close('}');
  });
  put(json, task.bounds);
  json.list("reservedBy", task.holders, [&](const Holder& holder) {
    json.open('{');
    json.field("job", holder.job);
    json.field("node", holder.node);
    json.close('}');
  });
  json.list("reservedOn", task.reserved_on, [&](const std::string& node) { json.value(node); });
  json.close('}');
}

}  // namespace

std::string print_line(const JobExplanation& job) {
  return job.name + " " + std::string(to_string(job.hindrance)) + ": " + job.sentence + "\n";
}

std::string print(const JobExplanation& job) {
  std::string text = "job " + job.name + (job.implicit ? " (no PodGroup)" : "") + ", queue " + job.queue + ", " +
                     job.phase + ", as of cycle " + std::to_string(job.cycle) + "\n  " +
                     std::string(to_string(job.hindrance)) + ": " + job.sentence + "\n  minMember " +
                     std::to_string(job.minimum) + ": " + std::to_string(job.ready) + " ready, " +
                     std::to_string(job.reserved) + " with reservations, " + std::to_string(job.pending) + " pending\n";
  for (const MissingMembers& members : job.missing_members) {
    text += "  " + (members.role.empty() ? std::string("the gang") : "role " + members.role) + " has " +
            std::to_string(members.there) + " of the " + std::to_string(members.minimum) + " pods it needs\n";
  }
  for (const ExceededBound& bound : job.bounds) text += "  " + text_of(bound) + "\n";
  if (job.parts_missing > 0) text += "  " + std::to_string(job.parts_missing) + " more sub-group(s) must be complete\n";
  for (const IncompletePart& part : job.parts) text += "  " + text_of(part) + "\n";
  for (const TaskExplanation& task : job.tasks) text += print_task(task);
  for (const TriedDomain& domain : job.domains) text += "  " + text_of(domain) + "\n";
  if (job.domains.size() < job.domains_tried) {
    text += "  and " + std::to_string(job.domains_tried - job.domains.size()) + " more HyperNode(s)\n";
  }
  for (const EvictionOutlook& outlook : job.evictions) text += "  " + text_of(outlook) + "\n";
  for (const Remedy& remedy : job.remedies) text += "  would help: " + text_of(remedy) + "\n";
  return text;
}

std::string print_json(const JobExplanation& job) {
  Json json;
  json.open('{');
  json.field("job", job.name);
  json.field("implicit", job.implicit);
  json.field("queue", job.queue);
  json.field("phase", job.phase);
  json.field("cycle", job.cycle);
  json.field("asOfMicroseconds", std::int64_t{job.now.time_since_epoch().count()});
  json.field("minMember", job.minimum);
  json.field("ready", job.ready);
  json.field("reserved", job.reserved);
  json.field("pending", job.pending);
  json.field("exist", job.exist);
  json.field("placeable", job.placeable);
  json.field("hindrance", to_string(job.hindrance));
  json.field("sentence", job.sentence);
  json.list("missingMembers", job.missing_members, [&](const MissingMembers& members) {
    json.open('{');
    json.field("role", members.role);
    json.field("there", members.there);
    json.field("minimum", members.minimum);
    json.close('}');
  });
  put(json, job.bounds);
  json.field("subGroupsMissing", job.parts_missing);
  json.list("subGroups", job.parts, [&](const IncompletePart& part) {
    json.open('{');
    json.field("name", part.name);
    json.field("exist", part.exist);
    json.field("ready", part.ready);
    json.field("reserved", part.reserved);
    json.field("minimum", part.minimum);
    json.close('}');
  });
  json.field("hyperNodesTried", job.domains_tried);
  json.list("hyperNodes", job.domains, [&](const TriedDomain& domain) {
    json.open('{');
    json.field("name", domain.name);
    json.field("tier", domain.tier);
    json.field("nodes", domain.nodes);
    json.field("placeable", domain.placeable);
    json.field("holds", domain.holds);
    json.field("lacks", domain.lacks);
    json.close('}');
  });
  json.list("evictions", job.evictions, [&](const EvictionOutlook& outlook) {
    json.open('{');
    json.field("action", outlook.action);
    json.field("whyNot", outlook.why_not);
    json.field("count", outlook.count);
    json.list("victims", outlook.victims, [&](const std::string& name) { json.value(name); });
    json.list("nodes", outlook.nodes, [&](const std::string& name) { json.value(name); });
    json.close('}');
  });
  json.list("tasks", job.tasks, [&](const TaskExplanation& task) { put(json, task); });
  json.list("wouldHelp", job.remedies, [&](const Remedy& remedy) {
    json.open('{');
    json.field("kind", name_of(remedy.kind));
    json.field("object", remedy.object);
    put(json, "amounts", remedy.amounts);
    json.field("count", remedy.count);
    json.field("sentence", text_of(remedy));
    json.close('}');
  });
  json.close('}');
  return std::move(json).text();
}

}  // namespace basalt
