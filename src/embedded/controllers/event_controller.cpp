#include "embedded/controllers/event_controller.hpp"

#include <nlohmann/json.hpp>

namespace basalt::embedded {
namespace {

const ResourceName kCoreEvents{"", "events"};

}  // namespace

void EventController::observe(const Change& change, Agenda& agenda) {
  if (change.kind().resource != kCoreEvents) return;
  if (change.gone()) {
    written_.erase(change.object().key);
  } else {
    agenda.add(change.name());
  }
}

Objection EventController::reconcile(const ObjectName& object, WallTime now, Agenda& agenda) {
  const ObjectPtr present = workplace_.find(object);
  if (!present) return {};
  auto& [revision, since] = written_[object.key];
  if (revision != present->revision) {
    revision = present->revision;
    since = now;
  }
  if (now >= since + life_) return workplace_.remove(object, present->uid);
  agenda.add_at(object, since + life_);
  return {};
}

}  // namespace basalt::embedded
